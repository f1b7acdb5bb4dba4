import type { Clock } from '../../contract/clock.ts';
import { told } from '../feed-state.ts';
import type { LetterBook } from './letter-book.ts';
import type { LetterWriter, Trouble } from './letter-writer.ts';
import type { Mark } from './mark.ts';
import type { LetterFiles } from './memory-segments.ts';

/** How many letters are kept. Beyond it the oldest segment goes, and the letters in it that waited are counted. (X3) */
export interface DeadLetterBounds {
  readonly maxBytes: number;
  readonly maxLetters: number;
}

export interface LetterBoundsParts {
  readonly clock: Clock;
  readonly bounds: DeadLetterBounds;
  readonly files: LetterFiles;
  readonly book: LetterBook;
  readonly writer: LetterWriter;
  readonly mark: (mark: Mark) => void;
}

/** Before a file that could not be deleted is tried again. */
const RETRY_MS = 10_000;

export class LetterBounds {
  readonly #parts: LetterBoundsParts;
  #fits = false;
  #trouble: Trouble | null = null;
  #cancel: () => void = () => undefined;

  constructor(parts: LetterBoundsParts) {
    this.#parts = parts;
  }

  /** Why there are more than there may be; null: there are not. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** Lets the oldest go until all is within its bounds. What cannot be deleted is kept, and tried again later. */
  fit(): void {
    // Marks that it writes come back here.
    if (this.#fits || this.#trouble !== null) return;
    this.#fits = true;
    const { book, mark, writer } = this.#parts;
    const { letGo } = book;
    try {
      while (this.#isBeyond() && !writer.holds && this.#letOldestGo());
      if (book.letGo > letGo) mark(book.counts());
    } finally {
      this.#fits = false;
    }
  }

  close(): void {
    this.#cancel();
  }

  #isBeyond(): boolean {
    const { bounds, files, book } = this.#parts;
    return files.bytes > bounds.maxBytes || book.index.size > bounds.maxLetters;
  }

  /** False where none can: it is the only one, or a replay is about what is in it, or the disk does not let it go. */
  #letOldestGo(): boolean {
    const { files, book, writer, mark } = this.#parts;
    const [oldest, next] = files.list;
    if (oldest === undefined || next === undefined) return false;
    const marks = book.marksBeforeGoing(oldest.number);
    if (marks === null) return false;
    for (const each of marks) mark(each);
    if (writer.holds) return false;
    try {
      files.dropOldest();
    } catch (error) {
      this.#tryLater(error);
    }
    // What can be read no more is not waited for, whatever became of its file.
    if (files.list.includes(oldest)) return false;
    book.forget(oldest.number);
    return true;
  }

  #tryLater(error: unknown): void {
    this.#trouble = {
      message: `its dead letters are more than are to be kept, and the oldest cannot be deleted: ${told(error).message}`,
      fix: 'let the relay delete files in its data folder; it reads on, and tries again by itself',
    };
    this.#cancel = this.#parts.clock.after(RETRY_MS, () => {
      this.#trouble = null;
      this.fit();
    });
  }
}
