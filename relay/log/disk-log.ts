import type { Clock } from '../../contract/clock.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { type Position, REPLAY_PARTITION, UNKNOWN_SPAN } from '../../contract/protocol/position.ts';
import type { FloorGap } from './entry-index.ts';
import { GroupSync } from './group-sync.ts';
import { KeptLog } from './kept-log.ts';
import type { Log, LogEntry, LogEvents, LogExtent } from './log.ts';
import { LogReader, RETRY_MS } from './log-reader.ts';
import { decodeRecord, encodeRecord, isRecordKind } from './log-records.ts';
import { diskFailed, type LogTrouble, noRoom, stopped } from './log-trouble.ts';
import { LogWriter } from './log-writer.ts';
import { checkFollows } from './memory.ts';
import { Retention } from './retention.ts';
import type { SegmentFiles } from './segment-files.ts';
import { type Damage, type Place, Segments, segmentBytesFor } from './segments.ts';

/**
 * A log in a folder, which another start of the relay goes on with. (L1–L6)
 *
 *     append ─▶ written (a killed process does not lose it) ─ every 20 ms ─▶ synced (a power cut does not) ─▶ kept
 *         └─ no room: waiting, in order, tried again every second
 *
 * Shown to readers is what is written; of a source that keeps no past, and of replayed dead letters, only what is synced,
 * for what a power cut takes would come again under offsets that a tab already has rows of.
 */
export interface DiskLogOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Can the source be read again? Of one that cannot, only what is synced is shown, and damage is told as a gap. */
  readonly replayable: boolean;
  /** Is there nothing before what it is given first? */
  readonly fromEarliest: boolean;
  readonly schemaOf: (version: number) => StreamSchema | null;
  readonly events: LogEvents;
  /** Records could not be read back. */
  readonly onDamage?: (damage: Damage) => void;
  readonly files?: SegmentFiles;
  /** Default: a sixteenth of the whole, at most 64 MiB. */
  readonly segmentBytes?: number;
  /** Of the newest messages, so that readers who keep up cost no reading. Default 32 MiB. */
  readonly cacheBytes?: number;
}

/** What a relay has to know to go on where the one before it stopped. */
export interface Kept {
  readonly log: DiskLog;
  readonly begin: Position;
  readonly schemas: readonly StreamSchema[];
  /** Partition → where what is whole ends. A head beyond it: what was there may have been shown, and is lost. */
  readonly certain: ReadonlyMap<number, number>;
  /** There are rows of a version whose fields are not known any more. */
  readonly lacksVersion: boolean;
}

export const END_DAMAGED =
  'the end of what the relay kept was damaged, by a power cut or the disk: records may be lost, and nobody knows which';
const LOST = 'the disk of the relay has lost what it kept of these records';
const CACHE_BYTES = 32 * 2 ** 20;

export class DiskLog implements Log {
  readonly #options: DiskLogOptions;
  readonly #segments: Segments;
  readonly #kept: KeptLog;
  readonly #reader: LogReader;
  /** Where the next entry of a partition begins, those that wait included. */
  readonly #tail: Map<number, number>;
  readonly #shownHead: Map<number, number>;
  #shownEnd: number;
  /** What is written is not shown before it is synced. */
  #hides: boolean;
  readonly #writer: LogWriter;
  #waiting: LogEntry[] = [];
  #trouble: LogTrouble | null = null;
  /** It will not get better. */
  #broken: Error | null = null;
  #roomMade: (() => void)[] = [];
  #cancelRetry: () => void = () => undefined;
  readonly #retention: Retention;
  readonly #syncs: GroupSync;
  /** The newest sequence that could not be read back: it and all before it are gone. */
  #lostUpTo = -1;
  #closed = false;

  private constructor(options: DiskLogOptions, segments: Segments, kept: KeptLog) {
    this.#options = options;
    this.#segments = segments;
    this.#kept = kept;
    const { folder, clock, cacheBytes = CACHE_BYTES } = options;
    this.#reader = new LogReader({ folder, segments, clock, cacheBytes, readable: () => options.events.shown() });
    this.#tail = new Map(kept.index.head);
    this.#shownHead = new Map(kept.index.head);
    this.#shownEnd = kept.index.end;
    this.#hides = !options.replayable;
    this.#writer = new LogWriter(segments, kept, options);
    this.#syncs = new GroupSync(options.clock, () => this.#sync());
    this.#retention = new Retention({
      ...options,
      segments,
      kept,
      shownEnd: () => this.#shownEnd,
      due: () => this.#age(),
    });
  }

  /** A new log in an empty folder. Throws what the file system says. */
  static async create(options: DiskLogOptions, begin: Position): Promise<DiskLog> {
    const kept = newKept(options);
    kept.epoch = begin.epoch;
    kept.begin = begin.next;
    for (const [partition, offset] of Object.entries(begin.next))
      kept.index.open(Number(partition), offset, offset === 0 || options.fromEarliest);
    const nothing = () => undefined;
    const segments = await Segments.open(segmentsOptions(options, kept), nothing, nothing);
    segments.begin();
    await segments.sync();
    return new DiskLog(options, segments, kept);
  }

  /** What the folder holds; null: no log, or nothing that says what it is of. */
  static async open(options: DiskLogOptions): Promise<Kept | null> {
    const kept = newKept(options);
    const segments = await Segments.open(
      segmentsOptions(options, kept),
      (body, place) => {
        if (!kept.take(decodeRecord(body), place))
          throw new Error(
            `${options.folder}: the record at byte ${place.at} of segment ${place.segment} follows nothing`,
          );
      },
      (damage) => {
        kept.damaged();
        options.onDamage?.(damage);
      },
    );
    if (kept.epoch === '') {
      await segments.close();
      return null;
    }
    while ((segments.list[0]?.number ?? kept.firstSegment) < kept.firstSegment) segments.dropOldest();
    const certain = new Map(kept.index.head);
    const { lacksVersion } = kept;
    const inDoubt = kept.settle();
    const log = new DiskLog(options, segments, kept);
    // The source gives its own records again, under the same offsets.
    await log.#goOnAbove(inDoubt.filter((partition) => !options.replayable || partition === REPLAY_PARTITION));
    return { log, begin: { epoch: kept.epoch, next: kept.begin }, schemas: kept.schemas, certain, lacksVersion };
  }

  get start(): number {
    return this.#kept.index.start;
  }

  get end(): number {
    return this.#shownEnd;
  }

  get bytes(): number {
    return this.#segments.bytes;
  }

  get trouble(): LogTrouble | null {
    return this.#trouble ?? this.#reader.trouble;
  }

  get hidden(): number {
    return this.#kept.index.end - this.#shownEnd + this.#waiting.length;
  }

  newestUs(): number {
    return Math.max(MIN_TIME_US, ...this.newestByPartition().values());
  }

  /** Where the stream stood: partition → newest event time; MIN_TIME_US where there was none. */
  newestByPartition(): ReadonlyMap<number, number> {
    return this.#kept.index.newestUs();
  }

  get watermarkUs(): number {
    return this.#kept.watermarkUs;
  }

  extent(sequence: number): LogExtent | null {
    return sequence < this.#shownEnd ? this.#kept.index.at(sequence) : null;
  }

  get(sequence: number): LogEntry | null {
    const entry = sequence < this.#shownEnd ? this.#kept.index.at(sequence) : null;
    if (entry === null) return null;
    if (entry.kind === 'frame') {
      const message = this.#message(sequence, entry.place);
      if (message === null) return null;
      const { place: _, ...frame } = entry;
      return { ...frame, message };
    }
    const { place: _, ...rest } = entry;
    return rest;
  }

  append(entry: LogEntry): void {
    this.open(entry.partition, entry.firstOffset);
    checkFollows(entry, this.#tail.get(entry.partition));
    this.#tail.set(entry.partition, entry.nextOffset);
    this.#waiting.push(entry);
    if (this.#trouble === null) this.#writeWaiting();
  }

  open(partition: number, offset: number): void {
    if (this.#tail.has(partition)) return;
    this.#tail.set(partition, offset);
    this.#shownHead.set(partition, offset);
    this.#kept.index.open(partition, offset, offset === 0 || this.#options.fromEarliest);
  }

  floor(): ReadonlyMap<number, number> {
    return this.#kept.index.floor;
  }

  head(): ReadonlyMap<number, number> {
    return this.#shownHead;
  }

  floorGaps(): ReadonlyMap<number, FloorGap> {
    return this.#kept.index.floorGaps;
  }

  seek(next: Readonly<Record<string, number>>): number | null {
    return this.#kept.index.seek(next);
  }

  since(eventTimeUs: number): { next: Readonly<Record<string, number>>; whole: boolean } {
    return this.#kept.index.since(eventTimeUs);
  }

  lostReason(sequence: number): string | null {
    return sequence <= this.#lostUpTo ? LOST : null;
  }

  async room(): Promise<void> {
    if (this.#broken !== null) throw this.#broken;
    if (this.#trouble !== null && !this.#closed) await new Promise<void>((resolve) => this.#roomMade.push(resolve));
    if (this.#broken !== null) throw this.#broken;
  }

  async flush(): Promise<void> {
    await this.#syncs.now();
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry();
    this.#reader.close();
    this.#retention.close();
    this.#release();
    await this.#syncs.close();
    await this.#segments.close();
  }

  /** Null: it cannot be read for now, or never again. It and all before it are let go then, as what is too old is. (L2) */
  #message(sequence: number, place: Place): Uint8Array | null {
    const message = this.#reader.message(sequence, place);
    if (typeof message !== 'string') return message;
    if (message === 'later') return null;
    while (this.#kept.index.start <= sequence) this.#kept.index.dropFirst();
    this.#lostUpTo = Math.max(this.#lostUpTo, sequence);
    this.#options.onDamage?.({ ...place, isTail: false });
    return null;
  }

  /** What was at the ends of these partitions may be in a tab: its offsets are given to nothing else. */
  async #goOnAbove(partitions: readonly number[]): Promise<void> {
    for (const partition of partitions) {
      const offset = (this.#tail.get(partition) ?? 0) + UNKNOWN_SPAN;
      const at = { partition, firstOffset: offset, nextOffset: offset };
      this.#shownHead.set(partition, offset);
      this.append({ kind: 'gap', ...at, reason: END_DAMAGED, foundAtMs: this.#options.clock.nowMs() });
    }
    if (partitions.length === 0) return;
    // Where there is no room it is written later, but holds already.
    if (this.#trouble === null) await this.flush();
  }

  /** Writes what waits, oldest first, as far as there is room. */
  #writeWaiting(): void {
    while (!this.#closed && this.#broken === null) {
      const [entry] = this.#waiting;
      try {
        // What is written counts as written, whatever comes of this.
        this.#retention.fit();
        if (entry === undefined) break;
        this.#write(entry);
      } catch (error) {
        this.#noRoom(error);
        return;
      }
      this.#waiting.shift();
      if (entry.partition === REPLAY_PARTITION) this.#hides = true;
      if (!this.#hides) this.#show(this.#kept.index.end);
    }
    if (this.#waiting.length === 0 && this.#broken === null) {
      this.#trouble = null;
      this.#release();
    }
  }

  #write(entry: LogEntry): void {
    this.#retention.age();
    const sequence = this.#kept.index.end;
    if (!this.#writer.write(entry))
      this.#break(new Error(`an entry of partition ${entry.partition} at ${entry.firstOffset} follows nothing there`));
    if (entry.kind === 'frame') this.#reader.add(sequence, entry.message);
    this.#syncs.want();
  }

  /** Also while nothing comes. */
  #age(): void {
    try {
      if (this.#trouble !== null) return;
      this.#retention.age();
      this.#retention.fit();
    } catch (error) {
      this.#noRoom(error);
    }
  }

  #noRoom(error: unknown): void {
    this.#trouble = noRoom(this.#options.folder, error);
    this.#cancelRetry();
    this.#cancelRetry = this.#options.clock.after(RETRY_MS, () => this.#writeWaiting());
  }

  #release(): void {
    const made = this.#roomMade;
    this.#roomMade = [];
    for (const resolve of made) resolve();
  }

  async #sync(): Promise<void> {
    if (this.#broken !== null) return;
    const { end, head } = this.#kept.index;
    const next = Object.fromEntries(head);
    try {
      await this.#options.events.keeping?.();
      await this.#segments.sync();
    } catch (error) {
      this.#break(error);
      return;
    }
    if (this.#closed) return;
    if (this.#hides) this.#show(end);
    // What came meanwhile may be replayed letters: it is in the next sync.
    this.#hides = !this.#options.replayable || this.#kept.index.end > end;
    this.#options.events.kept(next);
  }

  #show(end: number): void {
    if (end <= this.#shownEnd) return;
    for (let sequence = this.#shownEnd; sequence < end; sequence++) {
      const entry = this.#kept.index.at(sequence);
      if (entry !== null) this.#shownHead.set(entry.partition, entry.nextOffset);
    }
    this.#shownEnd = end;
    this.#options.events.shown();
  }

  #break(error: unknown): void {
    this.#broken = diskFailed(this.#options.folder, error);
    this.#trouble = stopped(this.#broken);
    this.#release();
  }
}

function newKept({ replayable, clock }: DiskLogOptions): KeptLog {
  return new KeptLog({ replayable, nowMs: clock.nowMs() });
}

function segmentsOptions({ folder, maxBytes, segmentBytes, files, clock }: DiskLogOptions, kept: KeptLog) {
  return {
    folder,
    segmentBytes: segmentBytes ?? segmentBytesFor(maxBytes),
    opening: (segment: number) => [encodeRecord({ kind: 'opening', ...kept.opening(segment, clock.nowMs()) })],
    isFirstByte: isRecordKind,
    ...(files !== undefined && { files }),
  };
}
