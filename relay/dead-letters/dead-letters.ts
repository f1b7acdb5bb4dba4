import type { Clock } from '../../contract/clock.ts';
import type { Rejected } from '../decode/rejected.ts';
import { isLoss } from '../log/log-trouble.ts';
import type { Place } from '../log/segments.ts';
import type { RawRecord } from '../sources/source.ts';
import { goneMarks } from './gone-rows.ts';
import { type DeadLetter, decodeLetter, encodeLetter, isOf, makeLetter, startBytes } from './letter.ts';
import { LetterBook } from './letter-book.ts';
import { type DeadLetterBounds, LetterBounds } from './letter-bounds.ts';
import { LetterDamaged } from './letter-damaged.ts';
import type { LetterEntry, LetterIndex } from './letter-index.ts';
import { LetterWriter, type Trouble } from './letter-writer.ts';
import { encodeMark, type Mark } from './mark.ts';
import { type LetterFiles, MemorySegments } from './memory-segments.ts';

/**
 * The dead letters of one stream, in segments like its log's: letters, and behind them what became of them. (X1–X4)
 *
 *     record that is no row ─▶ writer ─▶ files          what is written ─▶ book: where each is, and what became of it
 *     what becomes of it ─────▶ mark ──┘
 *
 * Beyond its bounds the oldest go (letter-bounds.ts). A letter that cannot be read any more is let go when that is found.
 */
export const DISK_BOUNDS: DeadLetterBounds = { maxBytes: 256 * 2 ** 20, maxLetters: 200_000 };
export const MEMORY_BOUNDS: DeadLetterBounds = { maxBytes: 32 * 2 ** 20, maxLetters: 20_000 };
/** Opens files: every body that is in them is given to `restore`, and each new segment begins with `opening`. */
export type OpenLetterFiles = (use: {
  readonly segmentBytes: number;
  readonly opening: () => Uint8Array[];
  readonly restore: (body: Uint8Array, place: Place) => void;
}) => Promise<{ readonly files: LetterFiles; readonly isDamaged: boolean }>;

/** Of a letter, read at once: more is not needed of most. */
const FIRST_BYTES = 4096;
/** So that letting one go lets go of little. */
const SEGMENTS = 32;

export class DeadLetters {
  readonly #clock: Clock;
  readonly #files: LetterFiles;
  readonly #book: LetterBook;
  readonly #writer: LetterWriter;
  readonly #bounds: LetterBounds;
  /** Letters before this id may be of other records than those that have their offsets now: partition → from where on. */
  #counted: { readonly before: number; readonly from: ReadonlyMap<number, number> } | null = null;
  #rejected = 0;
  /** Letters that are not written yet. */
  #unwritten = 0;

  private constructor(clock: Clock, bounds: DeadLetterBounds, files: LetterFiles, book: LetterBook) {
    this.#clock = clock;
    this.#files = files;
    this.#book = book;
    const writer = new LetterWriter(clock, files, () => this.#bounds.fit());
    this.#writer = writer;
    this.#bounds = new LetterBounds({ clock, bounds, files, book, writer, mark: (mark) => this.#mark(mark) });
  }

  static inMemory(clock: Clock, bounds: DeadLetterBounds = MEMORY_BOUNDS): DeadLetters {
    const files = new MemorySegments(Math.ceil(bounds.maxBytes / SEGMENTS));
    return new DeadLetters(clock, bounds, files, new LetterBook());
  }

  /** Over files that are there: on-disk.ts. */
  static async over(clock: Clock, bounds: DeadLetterBounds, open: OpenLetterFiles): Promise<DeadLetters> {
    const book = new LetterBook();
    const { files, isDamaged } = await open({
      segmentBytes: Math.ceil(bounds.maxBytes / SEGMENTS),
      opening: () => [...book.opening()],
      restore: (body, place) => book.take(body, place),
    });
    if (isDamaged) book.countMissing();
    const letters = new DeadLetters(clock, bounds, files, book);
    letters.#bounds.fit();
    return letters;
  }

  get index(): LetterIndex {
    return this.#book.index;
  }

  /** Rejected and no rows yet, those that were let go among them. */
  get count(): number {
    return this.index.waiting + this.letGo + this.#unwritten;
  }

  /** Rejected since this process began. */
  get rejected(): number {
    return this.#rejected;
  }

  /** Let go because there was no room for them, of those that waited, or because the disk has damaged them: they can be neither seen nor replayed. */
  get letGo(): number {
    return this.#book.letGo;
  }

  get lastReason(): string | null {
    return this.#book.lastReason;
  }

  get bytes(): number {
    return this.#files.bytes;
  }

  /** Why letters cannot be kept now, or not be let go; null when all is well. */
  get trouble(): Trouble | null {
    return this.#writer.trouble ?? this.#bounds.trouble;
  }

  /**
   * Of a source whose offsets count arrivals: what it gives from here on has offsets that an earlier run, ended by a crash,
   * may have given to others. Partition → offset; of one that is not named all.
   */
  countsAgainFrom(offsets: ReadonlyMap<number, number>): void {
    this.#counted = { before: this.#book.nextId, from: new Map(offsets) };
    this.#book.countsAgainFrom(offsets);
  }

  /** Keeps a record that is no row. One that its source gave before, under the same epoch and offset, is kept once. */
  add(epoch: string, partition: number, record: RawRecord, rejected: Rejected): void {
    if (this.#of(epoch, partition, record) !== null || this.#book.isGoneRow(epoch, partition, record.offset)) return;
    this.#rejected++;
    this.#book.lastReason = rejected.reason;
    const letter = makeLetter(this.#book.nextId++, epoch, partition, record, rejected, this.#clock.nowMs());
    this.#unwritten++;
    this.#writer.write(encodeLetter(letter), (place) => {
      this.#unwritten--;
      this.#book.add(letter, place);
    });
  }

  /**
   * A record has become a row. May it go on? Not one that is a row already by replay. One that waited is a row now: its
   * source gave it again, and it is read by other rules, or its time has come.
   */
  accept(epoch: string, partition: number, record: RawRecord): boolean {
    const entry = this.#of(epoch, partition, record);
    if (entry === null) return !this.#book.isGoneRow(epoch, partition, record.offset);
    if (entry.state === 'replayed' || entry.state === 'replaying') return false;
    if (entry.state === 'read') return true;
    this.#mark({ mark: 'read', id: entry.id });
    return true;
  }

  /** Is what is at this offset no row of the log in its own place? Another reading of the same stream must tell the same. */
  isElsewhere(epoch: string, partition: number, offset: number): boolean {
    const entry = this.index.at(epoch, partition, offset);
    return entry === null ? this.#book.isGoneRow(epoch, partition, offset) : entry.state !== 'read';
  }

  /** Throws `LetterDamaged` where it is not whole any more: it is let go then. */
  read(entry: LetterEntry): DeadLetter {
    try {
      return decodeLetter(this.#files.read(entry.place));
    } catch (error) {
      if (!isLoss(error)) throw error;
      this.#lose(entry);
      throw new LetterDamaged(entry.id, error);
    }
  }

  /** A letter of whose value only the start may be there. `cost`: the bytes that were read. Throws as `read` does. */
  readStart(entry: LetterEntry): { readonly letter: DeadLetter; readonly cost: number } {
    let cost = 0;
    try {
      let body = new Uint8Array();
      for (let wanted = 1; body.length < Math.min(wanted, entry.place.bytes); wanted = startBytes(body)) {
        const { length } = body;
        body = new Uint8Array(this.#files.readStart(entry.place, Math.max(wanted, FIRST_BYTES)));
        cost += body.length;
        if (body.length <= length) throw new Error('the file has become shorter');
      }
      return { letter: decodeLetter(body), cost };
    } catch {
      // What is not checked may look damaged: the letter as a whole tells, or fails for the same reason.
      return { letter: this.read(entry), cost: cost + entry.place.bytes };
    }
  }

  /** Resolves when letters can be kept again, or nobody wants to any more. */
  room(signal: AbortSignal | null = null): Promise<void> {
    return this.#writer.room(signal);
  }

  /** Are there letters or marks that are not written, for there is no room? */
  get holds(): boolean {
    return this.#writer.holds;
  }

  /** Resolves when every letter and mark so far is on the disk. */
  async sync(): Promise<void> {
    await this.#writer.room(null);
    await this.#writer.sync();
  }

  /** As `sync`, without those that are held: it does not wait for room. */
  syncWritten(): Promise<void> {
    return this.#writer.sync();
  }

  /** They are gone for good; how many of them waited. */
  drop(entries: readonly LetterEntry[]): number {
    const waiting = entries.filter(({ state }) => state === 'waiting');
    for (let at = 0; at < waiting.length; at += MAX_IDS)
      this.#mark({ mark: 'dropped', ids: waiting.slice(at, at + MAX_IDS).map(({ id }) => id) });
    return waiting.length;
  }

  /** Forgets how many were let go. */
  forgetLetGo(): void {
    this.#book.letGo = 0;
    this.#mark(this.#book.counts());
  }

  // -- Replay: relay/dead-letters/replay.ts -------------------------------------------------------------------------

  /** The replay partition's next offset in an epoch, as far as is known here. */
  replayedTo(epoch: string): number {
    return this.#book.replayedTo(epoch);
  }

  /** As `replayedTo`, with what was begun and may be in the log or not. */
  replayBegunTo(epoch: string): number {
    const begun = this.#book.replaying().filter((mark) => mark.epoch === epoch);
    return Math.max(this.replayedTo(epoch), ...begun.map(({ base, ids }) => base + ids.length));
  }

  /** From now on these are rows of the log from `base` on, as far as the log has them. */
  beginReplay(epoch: string, base: number, entries: readonly LetterEntry[]): void {
    this.#mark({ mark: 'replaying', epoch, base, ids: entries.map(({ id }) => id) });
  }

  /** The log's replay partition reaches `head`: what was begun below it is done, what lies beyond waits again. */
  endReplay(epoch: string, head: number): void {
    // A log of another epoch has been dropped, and its rows with it.
    for (const { base, epoch: of } of this.#book.replaying())
      this.#mark({ mark: 'replayed', epoch: of, base, until: of === epoch ? head : base });
    this.#bounds.fit();
  }

  /** There is no log but the one of this epoch; null: one that is new. What had been replayed into others waits again. */
  keepRowsOf(epoch: string | null): void {
    if (this.#book.hasRowsBut(epoch)) this.#mark({ mark: 'again', log: epoch });
  }

  close(): Promise<void> {
    this.#bounds.close();
    return this.#writer.close();
  }

  /** The letter this record is already. */
  #of(epoch: string, partition: number, record: RawRecord): LetterEntry | null {
    const entry = this.index.at(epoch, partition, record.offset);
    if (entry === null) return null;
    if (!this.#isInDoubt(entry)) return entry;
    try {
      return isOf(this.read(entry), record) ? entry : null;
    } catch {
      // Nobody can tell: a letter too many rather than none.
      return null;
    }
  }

  /** Is what its source gives at this offset perhaps another record? */
  #isInDoubt({ id, partition, offset }: LetterEntry): boolean {
    if (this.#counted === null) return false;
    const { before, from } = this.#counted;
    return id < before && offset >= (from.get(partition) ?? 0);
  }

  /** It cannot be read any more. One that a replay is about is let go when that is over. */
  #lose(entry: LetterEntry): void {
    if (entry.state === 'replaying' || this.index.get(entry.id) !== entry) return;
    if (!this.#isInDoubt(entry)) for (const mark of goneMarks([entry])) this.#mark(mark);
    this.#book.lose(entry);
    this.#mark(this.#book.counts());
  }

  #mark(mark: Mark): void {
    this.#book.apply(mark);
    this.#writer.write([encodeMark(mark)]);
  }
}

/** Of one mark. */
export const MAX_IDS = 10_000;
