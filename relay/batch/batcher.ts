import type { Clock } from '../../contract/clock.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { encodeFrame } from '../../contract/protocol/frame.ts';
import type { LogEntry } from '../log/log.ts';
import type { Row } from '../shape/row.ts';
import { OpenBatch } from './open-batch.ts';

/**
 * When a batch becomes a frame. (F7)
 *
 *     partition:  sealed ──────────── read        offsets in [sealed, read) are in the open batch, or had no rows
 *                    └─ the next frame's first offset
 */
export interface BatchLimits {
  readonly maxRows: number;
  /** Of undecoded records. */
  readonly maxBytes: number;
  /** Since the first record. */
  readonly maxAgeMs: number;
}

export const BATCH_LIMITS: BatchLimits = { maxRows: 8192, maxBytes: 1024 * 1024, maxAgeMs: 50 };

export interface BatcherParts {
  readonly stream: string;
  readonly epoch: string;
  readonly clock: Clock;
  readonly limits: BatchLimits;
  /** The stream's watermark now; asked when a batch begins. (W5) */
  readonly watermarkUs: () => number;
  /** Each frame as it is sealed, with the newest event time in it. */
  readonly emit: (entry: LogEntry, maxEventTimeUs: number) => void;
}

interface Partition {
  readonly number: number;
  sealed: number;
  read: number;
  batch: OpenBatch | null;
  bytes: number;
  watermarkBeforeUs: number;
  cancelAge: () => void;
}

export class Batcher {
  readonly #parts: BatcherParts;
  readonly #partitions = new Map<number, Partition>();

  constructor(parts: BatcherParts) {
    this.#parts = parts;
  }

  open(partition: number, offset: number): void {
    if (this.#partitions.has(partition)) return;
    this.#partitions.set(partition, {
      number: partition,
      sealed: offset,
      read: offset,
      batch: null,
      bytes: 0,
      watermarkBeforeUs: 0,
      cancelAge: () => undefined,
    });
  }

  append(partition: number, offset: number, row: Row, schema: StreamSchema, recordBytes: number): void {
    const state = this.#partition(partition);
    if (state.batch !== null && state.batch.schema !== schema) {
      this.seal(partition);
      state.batch = null;
    }
    state.batch ??= new OpenBatch(schema);
    if (state.batch.rows === 0) {
      const { clock, limits } = this.#parts;
      state.bytes = 0;
      state.watermarkBeforeUs = this.#parts.watermarkUs();
      state.cancelAge = clock.after(limits.maxAgeMs, () => this.seal(partition));
    }
    state.batch.append(offset, row);
    state.bytes += recordBytes;
    state.read = offset + 1;
    if (state.batch.rows >= this.#parts.limits.maxRows || state.bytes >= this.#parts.limits.maxBytes)
      this.seal(partition);
  }

  /** Everything below `nextOffset` has been handled, rows or not. */
  advance(partition: number, nextOffset: number): void {
    const state = this.#partition(partition);
    state.read = Math.max(state.read, nextOffset);
  }

  /** Offsets `[sealed, nextOffset)` will not come. */
  skip(partition: number, nextOffset: number): void {
    this.seal(partition);
    const state = this.#partition(partition);
    state.read = Math.max(state.read, nextOffset);
    state.sealed = state.read;
  }

  /** What was read since the partitions' last frames and has no rows: no frame will begin before its end. */
  skipRowless(): { partition: number; firstOffset: number; nextOffset: number }[] {
    return [...this.#partitions.values()].flatMap((state) => {
      const { number: partition, batch, sealed: firstOffset, read: nextOffset } = state;
      if ((batch !== null && batch.rows > 0) || nextOffset === firstOffset) return [];
      state.sealed = nextOffset;
      return [{ partition, firstOffset, nextOffset }];
    });
  }

  seal(partition: number): void {
    const state = this.#partition(partition);
    const { batch } = state;
    if (batch === null || batch.rows === 0) return;
    state.cancelAge();
    const { stream, epoch, clock, emit } = this.#parts;
    const { sealed: firstOffset, read: nextOffset } = state;
    const { rows, minEventTimeUs, maxEventTimeUs, schema } = batch;
    const { payload, contiguous } = batch.encode(firstOffset);
    batch.reset();
    state.sealed = nextOffset;
    const message = encodeFrame(
      {
        stream,
        epoch,
        partition,
        firstOffset,
        nextOffset,
        rows,
        minEventTimeUs,
        maxEventTimeUs,
        watermarkBeforeUs: state.watermarkBeforeUs,
        sealedAtUs: clock.nowMs() * 1000,
        schemaVersion: schema.version,
        contiguous,
      },
      payload,
    );
    emit(
      {
        kind: 'frame',
        partition,
        firstOffset,
        nextOffset,
        schemaVersion: schema.version,
        maxEventTimeUs,
        message,
        payloadBytes: payload.length,
      },
      maxEventTimeUs,
    );
  }

  sealAll(): void {
    for (const partition of this.#partitions.keys()) this.seal(partition);
  }

  /** Partition → offset below which no frame will come any more. */
  settled(): Record<string, number> {
    const next: Record<string, number> = {};
    for (const { number, batch, sealed, read } of this.#partitions.values())
      next[number] = batch !== null && batch.rows > 0 ? sealed : read;
    return next;
  }

  /** Lets go of what is open, unsealed. */
  discard(): void {
    for (const state of this.#partitions.values()) state.cancelAge();
    this.#partitions.clear();
  }

  #partition(partition: number): Partition {
    this.open(partition, 0);
    return this.#partitions.get(partition) as Partition;
  }
}
