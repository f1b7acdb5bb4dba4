import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrame, encodeFrame, type Frame, type FramePart, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { type PlacedRow, readRows } from '../batch/read-frame.ts';
import type { Log, LogEntry, LogExtent } from '../log/log.ts';
import { encodeRows } from './encode-rows.ts';
import { Turns } from './turns.ts';

/**
 * A log's past in few frames. Of a slow stream each frame holds a handful of rows in kilobytes of Arrow, ten times a
 * second: who opens a page an hour later would be sent, and would decode, tens of thousands of them. (F10)
 *
 *     log       │ 64 entries │ 64 entries │ 64 entries │ 17 …      the last ones are sent as they are
 *     packed    │ p0 ── │ p1 │ p0 ─ late p0 ─ │ not worth it        a block is packed once, for all readers
 *
 * Rows are judged late by the newest watermark that came before them. So frames with late rows go as they are, with the
 * watermark they would have met; the others, where none is late, wait to be one frame for as long as what is sent before
 * it makes none of their rows late. What a tab counts is the same, but for `dedup`: the first of doubles counts, until the
 * watermark has passed it. Of a stream that a window takes doubles from (boards/packings.ts), only frames next to each
 * other become one, which says by what watermark each of them came.
 */
export interface PackedBlock {
  /** Sequence after its last entry. */
  readonly end: number;
  readonly entries: readonly LogEntry[];
}

/** A packed block on its way: `at` is the next of its entries. */
export interface PackedRun extends PackedBlock {
  at: number;
}

export function isBlockStart(sequence: number): boolean {
  return sequence % BLOCK_ENTRIES === 0;
}

/** Is all of the block that begins here there, and does it fit? */
function isWhole(log: Log, sequence: number, fits: (extent: LogExtent) => boolean): boolean {
  if (sequence < log.start || sequence + BLOCK_ENTRIES > log.end) return false;
  for (let at = sequence; at < sequence + BLOCK_ENTRIES; at++) {
    const extent = log.extent(at);
    if (extent === null || !fits(extent)) return false;
  }
  return true;
}

/** Would rows before `next`, by partition, come again? */
export function isPartlyHad({ entries }: PackedBlock, next: Readonly<Record<string, number>>): boolean {
  return entries.some(({ partition, firstOffset, nextOffset }) => {
    const from = next[partition] ?? 0;
    return firstOffset < from && from < nextOffset;
  });
}

const BLOCK_ENTRIES = 64;
/** A block of larger payloads than this, by mean, is not worth packing, and no frame grows beyond it by much. */
const LARGE_BYTES = 32 * 2 ** 10;
const MAX_PACKED_BYTES = 512 * 2 ** 10;
/** Nor is one with fewer frames to be one, by mean. */
const FEW_FRAMES = 4;
const MAX_ROWS = 8_192;
const MAX_CACHE_BYTES = 16 * 2 ** 20;

type FrameEntry = Extract<LogEntry, { kind: 'frame' }>;

/** An entry and what its message says. */
interface OpenFrame extends Frame {
  readonly entry: FrameEntry;
}

/** Of all streams of this process. */
const turns = new Turns();

export class PackedLog {
  readonly #log: Log;
  readonly #schemaOf: (version: number) => StreamSchema | null;
  /** By the sequence of its first entry; null: it is not worth it. The oldest used goes first. */
  readonly #blocks = new Map<number, PackedBlock | null>();
  readonly #waiting = new Map<number, Set<() => void>>();
  /** Could not be read: whoever asks next is sent the log's own entries, and waits for those. */
  readonly #unread = new Set<number>();
  readonly #inOrder: boolean;
  #bytes = 0;

  /** `inOrder`: rows of all partitions come as in the log, each with the watermark before it. */
  constructor(log: Log, schemaOf: (version: number) => StreamSchema | null, { inOrder = false } = {}) {
    this.#log = log;
    this.#schemaOf = schemaOf;
    this.#inOrder = inOrder;
  }

  /**
   * What is sent in place of the block that begins at `sequence`; null: the log's own entries are, as no whole block
   * begins there of which all `fits`, or it is not worth it. `wait`: it is being made, and `made` is called.
   */
  at(sequence: number, made: () => void, fits = (_: LogExtent) => true): PackedBlock | 'wait' | null {
    if (!isBlockStart(sequence) || !isWhole(this.#log, sequence, fits) || this.#unread.delete(sequence)) return null;
    const block = this.#blocks.get(sequence);
    if (block !== undefined) {
      this.#keep(sequence, block);
      return block;
    }
    this.#want(sequence).add(made);
    return 'wait';
  }

  /** The log has grown: a block that is whole now is packed while nobody waits for it, if nothing else is to be packed. */
  grown(): void {
    const end = this.#log.end - (this.#log.end % BLOCK_ENTRIES);
    const newest = end - BLOCK_ENTRIES;
    if (this.#blocks.has(newest) || !turns.idle) return;
    if (isWhole(this.#log, newest, () => true)) this.#want(newest);
  }

  #want(sequence: number): Set<() => void> {
    const known = this.#waiting.get(sequence);
    if (known !== undefined) return known;
    const waiting = new Set<() => void>();
    this.#waiting.set(sequence, waiting);
    turns.add(() => {
      this.#waiting.delete(sequence);
      const block = this.#pack(sequence);
      if (block === 'unread') this.#unread.add(sequence);
      else this.#keep(sequence, block);
      for (const made of waiting) made();
    });
    return waiting;
  }

  #keep(sequence: number, block: PackedBlock | null): void {
    if (!this.#blocks.has(sequence)) this.#bytes += bytesOf(block);
    this.#blocks.delete(sequence);
    this.#blocks.set(sequence, block);
    for (const [oldest, kept] of this.#blocks) {
      const isGone = oldest < this.#log.start;
      if (oldest === sequence || (!isGone && this.#bytes <= MAX_CACHE_BYTES)) return;
      this.#blocks.delete(oldest);
      this.#bytes -= bytesOf(kept);
    }
  }

  #pack(sequence: number): PackedBlock | 'unread' | null {
    const end = sequence + BLOCK_ENTRIES;
    if (!this.#isWorthIt(sequence, end)) return null;
    const entries: LogEntry[] = [];
    for (let at = sequence; at < end; at++) {
      const entry = this.#log.get(at);
      if (entry === null) return 'unread';
      entries.push(entry);
    }
    const packed = packEntries(entries, this.#schemaOf, this.#inOrder);
    return packed === null ? null : { end, entries: packed };
  }

  #isWorthIt(sequence: number, end: number): boolean {
    const partitions = new Set<number>();
    let newest: number | null = null;
    let runs = 0;
    let frames = 0;
    let bytes = 0;
    for (let at = sequence; at < end; at++) {
      const extent = this.#log.extent(at);
      if (extent?.kind !== 'frame') continue;
      if (this.#inOrder ? extent.partition !== newest : !partitions.has(extent.partition)) runs++;
      partitions.add(extent.partition);
      newest = extent.partition;
      frames++;
      bytes += extent.payloadBytes;
    }
    return frames >= FEW_FRAMES * runs && bytes < frames * LARGE_BYTES;
  }
}

/** The same records in fewer frames, each partition's in its order, or all; null: a schema is not known any more. */
export function packEntries(
  entries: readonly LogEntry[],
  schemaOf: (version: number) => StreamSchema | null,
  inOrder: boolean,
): readonly LogEntry[] | null {
  const packed: LogEntry[] = [];
  /** By partition, in the order they were begun. */
  const open = new Map<number, Run>();
  const close = (partition: number) => {
    const run = open.get(partition);
    if (run === undefined) return;
    for (const [other, earlier] of [...open]) {
      if (earlier === run) break;
      if (earlier.minEventTimeUs <= run.watermarkUs) close(other);
    }
    open.delete(partition);
    packed.push(run.entry());
  };
  /** What comes next makes late what is not newer. */
  const closeBefore = (watermarkUs: number) => {
    for (const [partition, { minEventTimeUs }] of [...open]) if (minEventTimeUs <= watermarkUs) close(partition);
  };
  let watermarkUs = MIN_TIME_US;
  for (const entry of entries) {
    const { partition } = entry;
    if (inOrder) for (const other of [...open.keys()]) if (entry.kind !== 'frame' || other !== partition) close(other);
    if (entry.kind !== 'frame') {
      if (entry.kind === 'progress' && entry.watermarkUs !== null) {
        watermarkUs = Math.max(watermarkUs, entry.watermarkUs);
        closeBefore(watermarkUs);
      }
      // What a loss has touched is said by the newest event before it, of whatever partition.
      if (entry.kind === 'gap') for (const other of [...open.keys()]) close(other);
      close(partition);
      packed.push(entry);
      continue;
    }
    const frame = { entry, ...decodeFrame(entry.message) };
    const { header } = frame;
    const schema = schemaOf(header.schemaVersion);
    if (schema === null) return null;
    watermarkUs = Math.max(watermarkUs, header.watermarkBeforeUs);
    if (header.minEventTimeUs <= watermarkUs || entry.payloadBytes > LARGE_BYTES) {
      close(partition);
      closeBefore(watermarkUs);
      packed.push(withWatermark(frame, watermarkUs));
      continue;
    }
    if (open.get(partition)?.takes(frame) === false) close(partition);
    const run = open.get(partition);
    if (run === undefined) open.set(partition, new Run(frame, schema, watermarkUs, inOrder));
    else run.add(frame, watermarkUs);
  }
  for (const partition of [...open.keys()]) close(partition);
  return packed;
}

/** Frames of one partition and schema version, one after the other, on their way to be one. */
class Run {
  readonly #schema: StreamSchema;
  readonly #first: OpenFrame;
  readonly #frames: OpenFrame[] = [];
  /** Null: they are not told. */
  readonly #parts: FramePart[] | null;
  #last: OpenFrame;
  #rows = 0;
  /** Of payloads as they were. */
  #bytes = 0;
  /** What its rows will be judged by. */
  readonly watermarkUs: number;
  minEventTimeUs = Number.POSITIVE_INFINITY;

  constructor(first: OpenFrame, schema: StreamSchema, watermarkUs: number, tellsParts: boolean) {
    this.#schema = schema;
    this.#first = first;
    this.#last = first;
    this.#parts = tellsParts ? [] : null;
    this.watermarkUs = watermarkUs;
    this.add(first, watermarkUs);
  }

  takes({ entry, header }: OpenFrame): boolean {
    if (header.schemaVersion !== this.#schema.version) return false;
    return this.#rows + header.rows <= MAX_ROWS && this.#bytes + entry.payloadBytes <= MAX_PACKED_BYTES;
  }

  add(frame: OpenFrame, watermarkBeforeUs: number): void {
    const { entry, header } = frame;
    this.#frames.push(frame);
    this.#parts?.push({ rows: header.rows, watermarkBeforeUs });
    this.#last = frame;
    this.#rows += header.rows;
    this.#bytes += entry.payloadBytes;
    this.minEventTimeUs = Math.min(this.minEventTimeUs, header.minEventTimeUs);
  }

  entry(): FrameEntry {
    if (this.#frames.length === 1) return withWatermark(this.#first, this.watermarkUs);
    const rows: PlacedRow[] = [];
    for (const { header, payload } of this.#frames) rows.push(...readRows(payload, header.firstOffset, this.#schema));
    const { stream, epoch, partition, firstOffset } = this.#first.header;
    const { nextOffset, sealedAtUs } = this.#last.header;
    const place = {
      stream,
      epoch,
      partition,
      firstOffset,
      nextOffset,
      sealedAtUs,
      watermarkBeforeUs: this.watermarkUs,
    };
    return encodeRows(this.#parts === null ? place : { ...place, parts: this.#parts }, this.#schema, rows);
  }
}

function withWatermark({ entry, header, payload }: OpenFrame, watermarkBeforeUs: number): FrameEntry {
  if (header.watermarkBeforeUs === watermarkBeforeUs) return entry;
  return { ...entry, message: encodeFrame({ ...header, watermarkBeforeUs }, payload) };
}

/** A block costs something even where nothing is kept of it. */
function bytesOf(block: PackedBlock | null): number {
  let bytes = 100;
  for (const entry of block?.entries ?? []) bytes += entry.kind === 'frame' ? entry.message.length + 200 : 200;
  return bytes;
}
