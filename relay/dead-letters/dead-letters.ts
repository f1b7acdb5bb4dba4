import type { Clock } from '../../contract/clock.ts';
import type { Rejected } from '../decode/rejected.ts';
import type { Place } from '../log/segments.ts';
import type { RawRecord } from '../sources/source.ts';
import { type DeadLetter, decodeLetter, encodeLetter, isOf, LETTER, makeLetter } from './letter.ts';
import { type LetterEntry, LetterIndex } from './letter-index.ts';
import { decodeMark, encodeMark, MARK, type Mark } from './mark.ts';
import { type LetterFiles, MemorySegments } from './memory-segments.ts';

/**
 * The dead letters of one stream, in segments like its log's: letters, and behind them what became of them. (X1–X4)
 *
 *     add ─▶ appended (a killed process loses nothing) ─▶ sync: on the disk, before the source hears `committed`
 *             └─ the disk is full: it waits in memory, `room` is not there, and the source is read no further
 *
 * Beyond its bounds the oldest segment goes, and the letters in it that waited are counted.
 */
export interface DeadLetterBounds {
  readonly maxBytes: number;
  readonly maxLetters: number;
}

export const DISK_BOUNDS: DeadLetterBounds = { maxBytes: 256 * 2 ** 20, maxLetters: 200_000 };
export const MEMORY_BOUNDS: DeadLetterBounds = { maxBytes: 32 * 2 ** 20, maxLetters: 20_000 };
/** Opens files: every body that is in them is given to `restore`, and each new segment begins with `opening`. */
export type OpenLetterFiles = (use: {
  readonly segmentBytes: number;
  readonly opening: () => Uint8Array[];
  readonly restore: (body: Uint8Array, place: Place) => void;
}) => Promise<{ readonly files: LetterFiles; readonly isDamaged: boolean }>;

/** So that letting one go lets go of little. */
const SEGMENTS = 32;
const RETRY_MS = 1_000;

export interface Trouble {
  readonly message: string;
  readonly fix: string;
}

export class DeadLetters {
  readonly index = new LetterIndex();
  readonly #clock: Clock;
  readonly #bounds: DeadLetterBounds;
  #files: LetterFiles;
  #nextId = 1;
  /** Letters before this id may be of other records than those that have their offsets now: partition → from where on. */
  #counted: { readonly before: number; readonly from: ReadonlyMap<number, number> } | null = null;
  #letGo = 0;
  /** Of those, unreadable on the disk: between the first id that is kept there and the newest. */
  #missing = 0;
  #firstKept: number | null = null;
  #rejected = 0;
  #lastReason: string | null = null;
  /** Epoch → next offset of its replay partition, as far as marks say. */
  readonly #replayedTo = new Map<string, number>();
  /** A replay that a crash interrupted, or that is under way. */
  readonly #replaying = new Map<string, Extract<Mark, { mark: 'replaying' }>>();
  /** Not written yet, for the disk is full. */
  #held: (readonly Uint8Array[] | DeadLetter)[] = [];
  #trouble: Trouble | null = null;
  /** It will not get better. */
  #broken: Trouble | null = null;
  #room: Promise<void> = Promise.resolve();
  #waitingForRoom = false;
  #closed = false;

  private constructor(clock: Clock, bounds: DeadLetterBounds, files: LetterFiles) {
    this.#clock = clock;
    this.#bounds = bounds;
    this.#files = files;
  }

  static inMemory(clock: Clock, bounds: DeadLetterBounds = MEMORY_BOUNDS): DeadLetters {
    return new DeadLetters(clock, bounds, new MemorySegments(Math.ceil(bounds.maxBytes / SEGMENTS)));
  }

  /** Over files that are there: on-disk.ts. */
  static async over(clock: Clock, bounds: DeadLetterBounds, open: OpenLetterFiles): Promise<DeadLetters> {
    const letters = new DeadLetters(clock, bounds, new MemorySegments(1));
    const { files, isDamaged } = await open({
      segmentBytes: Math.ceil(bounds.maxBytes / SEGMENTS),
      opening: () => [encodeMark(letters.#counts())],
      restore: (body, place) => letters.#restore(body, place),
    });
    letters.#files = files;
    if (isDamaged) letters.#countMissing();
    letters.#bound();
    return letters;
  }

  /** Rejected and no rows yet, those that were let go among them. */
  get count(): number {
    return this.index.waiting + this.#letGo + this.#held.filter((what) => 'id' in what).length;
  }

  /** Rejected since this process began. */
  get rejected(): number {
    return this.#rejected;
  }

  /** Let go because there was no room for them, of those that waited, or because the disk has damaged them: they can be neither seen nor replayed. */
  get letGo(): number {
    return this.#letGo;
  }

  get lastReason(): string | null {
    return this.#lastReason;
  }

  get bytes(): number {
    return this.#files.bytes;
  }

  /** Why letters cannot be kept now; null when all is well. */
  get trouble(): Trouble | null {
    return this.#broken ?? this.#trouble;
  }

  /**
   * Of a source whose offsets count arrivals: what it gives from here on has offsets that an earlier run, ended by a crash,
   * may have given to others. Partition → offset; of one that is not named all.
   */
  countsAgainFrom(offsets: ReadonlyMap<number, number>): void {
    this.#counted = { before: this.#nextId, from: new Map(offsets) };
  }

  /** Keeps a record that is no row. One that its source gave before, under the same epoch and offset, is kept once. */
  add(epoch: string, partition: number, record: RawRecord, rejected: Rejected): void {
    if (this.#of(epoch, partition, record) !== null) return;
    this.#rejected++;
    this.#lastReason = rejected.reason;
    const letter = makeLetter(this.#nextId++, epoch, partition, record, rejected, this.#clock.nowMs());
    this.#write(letter);
  }

  /**
   * A record has become a row. May it go on? Not one that is a row already by replay. One that waited is a row now: its
   * source gave it again, and it is read by other rules, or its time has come.
   */
  accept(epoch: string, partition: number, record: RawRecord): boolean {
    const entry = this.#of(epoch, partition, record);
    if (entry === null) return true;
    if (entry.state === 'replayed' || entry.state === 'replaying') return false;
    if (entry.state === 'read') return true;
    this.#mark({ mark: 'read', id: entry.id });
    this.index.turn(entry, 'read');
    return true;
  }

  /** Is what is at this offset a row of the log in its own place? Another reading of the same stream must tell the same. */
  isElsewhere(epoch: string, partition: number, offset: number): boolean {
    const entry = this.index.at(epoch, partition, offset);
    return entry !== null && entry.state !== 'read';
  }

  read(entry: LetterEntry): DeadLetter {
    return decodeLetter(this.#files.read(entry.place));
  }

  /** Resolves when letters can be kept again, or nobody wants to any more. */
  async room(signal: AbortSignal | null = null): Promise<void> {
    if (signal?.aborted === true) return;
    const stopped = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([this.#room, stopped]);
  }

  /** Are there letters or marks that are not written, for there is no room? */
  get holds(): boolean {
    return this.#held.length > 0;
  }

  /** Resolves when every letter and mark so far is on the disk. */
  async sync(): Promise<void> {
    await this.#room;
    await this.syncWritten();
  }

  /** As `sync`, without those that are held: it does not wait for room. */
  async syncWritten(): Promise<void> {
    try {
      await this.#files.sync();
    } catch (error) {
      // Nobody can know what a disk that failed has of what it was given: nothing more is read.
      this.#broken ??= {
        message: `reading has stopped: the disk of its dead letters failed (${error instanceof Error ? error.message : String(error)})`,
        fix: 'check the disk, and start the relay again: it goes on from what is whole',
      };
      this.#room = new Promise(() => undefined);
      throw error;
    }
  }

  /** They are gone for good; how many of them waited. */
  drop(entries: readonly LetterEntry[]): number {
    const waiting = entries.filter(({ state }) => state === 'waiting');
    for (let at = 0; at < waiting.length; at += MAX_IDS) {
      const some = waiting.slice(at, at + MAX_IDS);
      this.#mark({ mark: 'dropped', ids: some.map(({ id }) => id) });
      for (const entry of some) this.index.turn(entry, 'dropped');
    }
    return waiting.length;
  }

  /** Forgets how many were let go. */
  forgetLetGo(): void {
    this.#letGo = 0;
    this.#mark(this.#counts());
  }

  // -- Replay: relay/dead-letters/replay.ts -------------------------------------------------------------------------

  /** The replay partition's next offset in an epoch, as far as is known here. */
  replayedTo(epoch: string): number {
    return this.#replayedTo.get(epoch) ?? 0;
  }

  /** From now on these are rows of the log from `base` on, as far as the log has them. */
  beginReplay(epoch: string, base: number, entries: readonly LetterEntry[]): void {
    const mark = { mark: 'replaying', epoch, base, ids: entries.map(({ id }) => id) } as const;
    this.#mark(mark);
    this.#turnReplaying(mark);
  }

  /** The log's replay partition reaches `head`: what was begun below it is done, what lies beyond waits again. */
  endReplay(epoch: string, head: number): void {
    for (const { base, epoch: of } of [...this.#replaying.values()]) {
      // A log of another epoch has been dropped, and its rows with it.
      const until = of === epoch ? head : base;
      this.#mark({ mark: 'replayed', epoch: of, base, until });
      this.#turnReplayed(of, base, until);
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

  /** The letter this record is already. */
  #of(epoch: string, partition: number, record: RawRecord): LetterEntry | null {
    const entry = this.index.at(epoch, partition, record.offset);
    if (entry === null || this.#counted === null) return entry;
    const { before, from } = this.#counted;
    if (entry.id >= before || record.offset < (from.get(partition) ?? 0)) return entry;
    return isOf(this.read(entry), record) ? entry : null;
  }

  #write(what: DeadLetter | readonly Uint8Array[]): void {
    this.#held.push(what);
    if (this.#held.length === 1) this.#writeHeld();
  }

  #mark(mark: Mark): void {
    this.#write([encodeMark(mark)]);
  }

  /** Writes what is held, in order, as far as the disk takes it. */
  #writeHeld(): boolean {
    let written = 0;
    try {
      for (const what of this.#held) {
        if ('id' in what) this.index.add(what, this.#files.append(...encodeLetter(what)));
        else this.#files.append(...what);
        written++;
      }
      this.#trouble = null;
    } catch (error) {
      this.#trouble = {
        message: `its dead letters cannot be written: ${error instanceof Error ? error.message : String(error)}`,
        fix: 'make room on the disk, or mend it; reading goes on by itself then',
      };
    }
    this.#held = this.#held.slice(written);
    if (this.#held.length === 0) this.#bound();
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

  /** Lets the oldest go until all is within its bounds. */
  #bound(): void {
    const { maxBytes, maxLetters } = this.#bounds;
    let letGo = 0;
    while (this.#files.bytes > maxBytes || this.index.size > maxLetters) {
      const dropped = this.#files.dropOldest();
      if (dropped === null) break;
      letGo += this.index.forget(dropped.number);
    }
    if (letGo === 0) return;
    this.#letGo += letGo;
    this.#mark(this.#counts());
  }

  #counts(): Mark {
    return {
      mark: 'counts',
      nextId: this.#nextId,
      letGo: this.#letGo,
      missing: this.#missing,
      replayedTo: Object.fromEntries(this.#replayedTo),
    };
  }

  /** Ids are given without holes: those that are not there were damaged. */
  #countMissing(): void {
    const missing = this.#nextId - (this.#firstKept ?? this.#nextId) - this.index.size;
    this.#letGo += Math.max(0, missing - this.#missing);
    this.#missing = missing;
  }

  #restore(body: Uint8Array, place: Place): void {
    if (body[0] === LETTER) {
      const letter = decodeLetter(body);
      this.#firstKept ??= letter.id;
      this.index.add(letter, place);
      this.#nextId = Math.max(this.#nextId, letter.id + 1);
      this.#lastReason = letter.reason;
    } else if (body[0] === MARK) this.#apply(decodeMark(body));
  }

  #apply(mark: Mark): void {
    switch (mark.mark) {
      case 'replaying':
        this.#turnReplaying(mark);
        return;
      case 'replayed':
        this.#turnReplayed(mark.epoch, mark.base, mark.until);
        return;
      case 'read':
      case 'dropped':
        for (const id of mark.mark === 'read' ? [mark.id] : mark.ids) {
          const entry = this.index.get(id);
          if (entry !== null) this.index.turn(entry, mark.mark);
        }
        return;
      case 'counts':
        this.#nextId = Math.max(this.#nextId, mark.nextId);
        this.#letGo = mark.letGo;
        this.#missing = mark.missing ?? 0;
        for (const [epoch, next] of Object.entries(mark.replayedTo)) this.#reached(epoch, next);
    }
  }

  #turnReplaying(mark: Extract<Mark, { mark: 'replaying' }>): void {
    this.#replaying.set(`${mark.epoch}/${mark.base}`, mark);
    for (const id of mark.ids) {
      const entry = this.index.get(id);
      if (entry !== null) this.index.turn(entry, 'replaying');
    }
  }

  #turnReplayed(epoch: string, base: number, until: number): void {
    const begun = this.#replaying.get(`${epoch}/${base}`);
    this.#replaying.delete(`${epoch}/${base}`);
    for (const [place, id] of (begun?.ids ?? []).entries()) {
      const entry = this.index.get(id);
      if (entry?.state === 'replaying') this.index.turn(entry, base + place < until ? 'replayed' : 'waiting');
    }
    this.#reached(epoch, Math.min(until, base + (begun?.ids.length ?? 0)));
  }

  #reached(epoch: string, next: number): void {
    this.#replayedTo.set(epoch, Math.max(next, this.#replayedTo.get(epoch) ?? 0));
  }
}

/** Of one mark. */
export const MAX_IDS = 10_000;
