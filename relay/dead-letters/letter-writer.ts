import type { Clock } from '../../contract/clock.ts';
import { told } from '../feed-state.ts';
import type { Place } from '../log/segments.ts';
import type { LetterFiles } from './memory-segments.ts';

/**
 * Letters and marks on their way to the disk, in order:
 *
 *     write ─▶ appended (a killed process loses nothing) ─▶ sync: on the disk
 *         └─ the disk is full: held in memory, tried again every second; `room` is not there meanwhile
 */
export interface Trouble {
  readonly message: string;
  readonly fix: string;
}

interface Held {
  readonly body: readonly Uint8Array[];
  readonly written: (place: Place) => void;
}

const RETRY_MS = 1_000;

export class LetterWriter {
  readonly #clock: Clock;
  readonly #files: LetterFiles;
  readonly #emptied: () => void;
  #held: Held[] = [];
  #trouble: Trouble | null = null;
  /** It will not get better. */
  #broken: Trouble | null = null;
  #room: Promise<void> = Promise.resolve();
  #waitingForRoom = false;
  #closed = false;

  /** `emptied`: nothing is held. */
  constructor(clock: Clock, files: LetterFiles, emptied: () => void) {
    this.#clock = clock;
    this.#files = files;
    this.#emptied = emptied;
  }

  get trouble(): Trouble | null {
    return this.#broken ?? this.#trouble;
  }

  get holds(): boolean {
    return this.#held.length > 0;
  }

  write(body: readonly Uint8Array[], written: (place: Place) => void = () => undefined): void {
    this.#held.push({ body, written });
    if (this.#held.length === 1) this.#writeHeld();
  }

  /** Resolves when letters can be kept again, or nobody wants to any more. */
  async room(signal: AbortSignal | null): Promise<void> {
    if (signal?.aborted === true || (!this.#waitingForRoom && this.#broken === null)) return;
    const stopped = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([this.#room, stopped]);
  }

  /** Resolves when what was written is on the disk; what is held is not waited for. */
  async sync(): Promise<void> {
    try {
      await this.#files.sync();
    } catch (error) {
      // Nobody can know what a disk that failed has of what it was given: nothing more is read.
      this.#broken ??= {
        message: `reading has stopped: the disk of its dead letters failed (${told(error).message})`,
        fix: 'check the disk, and start the relay again: it goes on from what is whole',
      };
      this.#room = new Promise(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    try {
      await this.#files.close();
    } catch (error) {
      // Of a disk that failed before, `trouble` has told.
      if (this.#broken === null) throw error;
    }
  }

  /** Writes what is held, in order, as far as the disk takes it. */
  #writeHeld(): boolean {
    let done = 0;
    try {
      for (const { body, written } of this.#held) {
        written(this.#files.append(...body));
        done++;
      }
      this.#trouble = null;
    } catch (error) {
      this.#trouble = {
        message: `its dead letters cannot be written: ${told(error).message}`,
        fix: 'make room on the disk, or mend it; reading goes on by itself then',
      };
    }
    this.#held = this.#held.slice(done);
    if (this.#held.length === 0) this.#emptied();
    else this.#waitForRoom();
    return this.#held.length === 0;
  }

  #waitForRoom(): void {
    if (this.#waitingForRoom) return;
    this.#waitingForRoom = true;
    this.#room = new Promise((resolve) => {
      const again = (): void => {
        if (!this.#closed && !this.#writeHeld()) {
          this.#clock.after(RETRY_MS, again);
          return;
        }
        this.#waitingForRoom = false;
        resolve();
      };
      this.#clock.after(RETRY_MS, again);
    });
  }
}
