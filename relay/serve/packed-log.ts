import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrame, encodeFrame, type FrameHeader, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { type PlacedRow, readRows } from '../batch/read-frame.ts';
import type { Log, LogEntry } from '../log/log.ts';
import { encodeRows } from './encode-rows.ts';

/**
 * A log's past in few frames. Of a slow stream each frame holds a handful of rows in kilobytes of Arrow, ten times a
 * second: who opens a page an hour later would be sent, and would decode, tens of thousands of them. (F10)
 *
 *     log       │ 64 entries │ 64 entries │ 64 entries │ 17 …      the last ones are sent as they are
 *     packed    │ p0 ── │ p1 │ p0 ─ late p0 ─ │ not worth it        a block is packed once, for all readers
 *
 * Rows are judged late by the newest watermark that came before them. So frames with late rows go as they are, with the
 * watermark they would have met; the others, where none is late, wait to be one frame for as long as what is sent before
 * it makes none of their rows late. What a tab counts is the same.
 */
export interface PackedBlock {
  /** Sequence after its last entry. */
  readonly end: number;
  readonly entries: readonly LogEntry[];
}

const BLOCK_ENTRIES = 64;
/** Of more offsets to a frame than this, a block is not worth packing. */
const FEW_OFFSETS = 256;
const MAX_ROWS = 8_192;
const MAX_CACHE_BYTES = 32 * 2 ** 20;

type Frame = Extract<LogEntry, { kind: 'frame' }>;

export class PackedLog {
  readonly #log: Log;
  readonly #schemaOf: (version: number) => StreamSchema | null;
  /** By the sequence of its first entry; null: it is not worth it. The oldest used goes first. */
  readonly #blocks = new Map<number, PackedBlock | null>();
  readonly #waiting = new Map<number, Set<() => void>>();
  #bytes = 0;
  #working = false;

  constructor(log: Log, schemaOf: (version: number) => StreamSchema | null) {
    this.#log = log;
    this.#schemaOf = schemaOf;
  }

  /**
   * What is sent in place of the block that begins at `sequence`; null: the log's own entries are, as no whole block
   * begins there, or it is not worth it. `wait`: it is being made, and `made` is called.
   */
  at(sequence: number, made: () => void): PackedBlock | 'wait' | null {
    if (sequence % BLOCK_ENTRIES !== 0 || sequence < this.#log.start || sequence + BLOCK_ENTRIES > this.#log.end)
      return null;
    const block = this.#blocks.get(sequence);
    if (block !== undefined) {
      this.#keep(sequence, block);
      return block;
    }
    this.#want(sequence).add(made);
    return 'wait';
  }

  /** The log has grown: a block that is whole now is packed while nobody waits for it. */
  grown(): void {
    const end = this.#log.end - (this.#log.end % BLOCK_ENTRIES);
    const newest = end - BLOCK_ENTRIES;
    if (newest >= this.#log.start && !this.#blocks.has(newest)) this.#want(newest);
  }

  #want(sequence: number): Set<() => void> {
    const waiting = this.#waiting.get(sequence) ?? new Set();
    this.#waiting.set(sequence, waiting);
    this.#work();
    return waiting;
  }

  /** One block to a turn: sockets, timers and sources have theirs between. */
  #work(): void {
    if (this.#working) return;
    this.#working = true;
    setImmediate(() => {
      this.#working = false;
      const next = this.#waiting.entries().next().value;
      if (next === undefined) return;
      const [sequence, waiting] = next;
      this.#waiting.delete(sequence);
      this.#keep(sequence, this.#pack(sequence));
      for (const made of waiting) made();
      if (this.#waiting.size > 0) this.#work();
    });
  }

  #keep(sequence: number, block: PackedBlock | null): void {
    const known = this.#blocks.get(sequence);
    if (known === undefined) this.#bytes += bytesOf(block);
    this.#blocks.delete(sequence);
    this.#blocks.set(sequence, block);
    for (const [oldest, kept] of this.#blocks) {
      if (this.#bytes <= MAX_CACHE_BYTES || oldest === sequence) return;
      this.#blocks.delete(oldest);
      this.#bytes -= bytesOf(kept);
    }
  }

  #pack(sequence: number): PackedBlock | null {
    const end = sequence + BLOCK_ENTRIES;
    if (!this.#isWorthIt(sequence, end)) return null;
    const entries: LogEntry[] = [];
    for (let at = sequence; at < end; at++) {
      const entry = this.#log.get(at);
      if (entry === null) return null;
      entries.push(entry);
    }
    const packed = packEntries(entries, this.#schemaOf);
    return packed === null ? null : { end, entries: packed };
  }

  #isWorthIt(sequence: number, end: number): boolean {
    let frames = 0;
    let offsets = 0;
    for (let at = sequence; at < end; at++) {
      const extent = this.#log.extent(at);
      if (extent?.kind !== 'frame') continue;
      frames++;
      offsets += extent.nextOffset - extent.firstOffset;
    }
    return frames > 1 && offsets < frames * FEW_OFFSETS;
  }
}

/** The same records in fewer frames, each partition's in its order; null: a schema is not known any more. */
export function packEntries(
  entries: readonly LogEntry[],
  schemaOf: (version: number) => StreamSchema | null,
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
    if (entry.kind !== 'frame') {
      if (entry.kind === 'progress' && entry.watermarkUs !== null) {
        watermarkUs = Math.max(watermarkUs, entry.watermarkUs);
        closeBefore(watermarkUs);
      }
      close(partition);
      packed.push(entry);
      continue;
    }
    const { header } = decodeFrame(entry.message);
    const schema = schemaOf(header.schemaVersion);
    if (schema === null) return null;
    watermarkUs = Math.max(watermarkUs, header.watermarkBeforeUs);
    if (header.minEventTimeUs <= watermarkUs) {
      close(partition);
      closeBefore(watermarkUs);
      packed.push(withWatermark(entry, watermarkUs));
      continue;
    }
    if (open.get(partition)?.takes(header) === false) close(partition);
    const run = open.get(partition);
    if (run === undefined) open.set(partition, new Run(entry, { ...header, watermarkBeforeUs: watermarkUs }, schema));
    else run.add(entry, header);
  }
  for (const partition of [...open.keys()]) close(partition);
  return packed;
}

/** Frames of one partition and schema version, one after the other, on their way to be one. */
class Run {
  readonly #schema: StreamSchema;
  readonly #first: FrameHeader;
  readonly #frames: Frame[] = [];
  #last: FrameHeader;
  #rows = 0;
  /** What its rows will be judged by. */
  readonly watermarkUs: number;
  minEventTimeUs = Number.POSITIVE_INFINITY;

  constructor(entry: Frame, header: FrameHeader, schema: StreamSchema) {
    this.#schema = schema;
    this.#first = header;
    this.#last = header;
    this.watermarkUs = header.watermarkBeforeUs;
    this.add(entry, header);
  }

  takes({ rows, schemaVersion }: FrameHeader): boolean {
    return schemaVersion === this.#schema.version && this.#rows + rows <= MAX_ROWS;
  }

  add(entry: Frame, header: FrameHeader): void {
    this.#frames.push(entry);
    this.#last = header;
    this.#rows += header.rows;
    this.minEventTimeUs = Math.min(this.minEventTimeUs, header.minEventTimeUs);
  }

  entry(): Frame {
    const [only] = this.#frames;
    if (only !== undefined && this.#frames.length === 1) return withWatermark(only, this.watermarkUs);
    const rows: PlacedRow[] = [];
    for (const { message } of this.#frames) {
      const { header, payload } = decodeFrame(message);
      rows.push(...readRows(payload, header.firstOffset, this.#schema));
    }
    const { stream, epoch, partition, firstOffset, watermarkBeforeUs } = this.#first;
    const { nextOffset, sealedAtUs } = this.#last;
    const place = { stream, epoch, partition, firstOffset, nextOffset, watermarkBeforeUs, sealedAtUs };
    return encodeRows(place, this.#schema, rows);
  }
}

function withWatermark(entry: Frame, watermarkBeforeUs: number): Frame {
  const { header, payload } = decodeFrame(entry.message);
  if (header.watermarkBeforeUs === watermarkBeforeUs) return entry;
  return { ...entry, message: encodeFrame({ ...header, watermarkBeforeUs }, payload) };
}

/** A block costs something even where nothing is kept of it. */
function bytesOf(block: PackedBlock | null): number {
  let bytes = 100;
  for (const entry of block?.entries ?? []) bytes += entry.kind === 'frame' ? entry.message.length + 200 : 200;
  return bytes;
}
