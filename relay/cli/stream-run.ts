import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrame, type Frame, MAX_TIME_US, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { Batcher } from '../batch/batcher.ts';
import { Rejected } from '../decode/rejected.ts';
import { type RowRules, readRow, SAMPLE_RECORDS, sampleRecord } from '../read-row.ts';
import type { RawRecord } from '../sources/source.ts';
import { Watermark } from '../watermark.ts';
import type { HeadlessEngine } from './engine.ts';
import type { Input } from './input.ts';
import { type PartitionOf, type PartitionRule, partitionOf } from './partitions.ts';
import { type Piece, piecesOf } from './pieces.ts';

/**
 * One stream read from an input, batch by batch, by the stages a relay has:
 *
 *     pieces ─▶ decode ─▶ shape ─▶ frames ─▶ engine.apply          each frame with the watermark from before its batch
 *                 └──────────┴─▶ dead letters                      └ at the end of the batch: engine.progress
 *
 * Nothing depends on a clock: the same bytes give the same rows.
 */
export interface StreamRunParts {
  readonly stream: string;
  readonly rules: RowRules;
  readonly delayUs: number;
  readonly input: Input;
  readonly batchRecords: number;
  readonly partitions: PartitionRule;
  readonly engine: HeadlessEngine;
  readonly signal: AbortSignal;
}

export interface StreamCounts {
  records: number;
  rows: number;
  deadLetters: number;
  /** Of the first dead letter: `line 17: the record is not JSON: …`. */
  firstReason: string | null;
}

/** Where nothing in so many lines is a record, what was declared must do. */
const MAX_SAMPLED_LINES = 10_000;
const EPOCH = 'run';
/** Frames the engine takes at once. */
const MAX_FRAMES = 64;

export class StreamRun {
  readonly #parts: StreamRunParts;
  readonly #pieces: AsyncIterator<Piece>;
  readonly #held: Piece[] = [];
  readonly #batcher: Batcher;
  readonly #watermark: Watermark;
  #partitionOf: PartitionOf = () => 0;
  /** Partition → offset of its next row. */
  readonly #offsets = new Map<number, number>();
  #watermarkUs = MIN_TIME_US;
  #frames: Frame[] = [];
  #announced = 0;
  #ended = false;
  readonly counts: StreamCounts = { records: 0, rows: 0, deadLetters: 0, firstReason: null };

  constructor(parts: StreamRunParts) {
    this.#parts = parts;
    const { stream, delayUs, input, batchRecords, partitions, signal } = parts;
    this.#pieces = piecesOf(input.chunks(signal), batchRecords)[Symbol.asyncIterator]();
    this.#watermark = new Watermark(delayUs, Number.POSITIVE_INFINITY, STOPPED_CLOCK);
    if ('count' in partitions)
      for (let partition = 0; partition < partitions.count; partition++) this.#watermark.open(partition);
    this.#batcher = new Batcher({
      stream,
      epoch: EPOCH,
      clock: STOPPED_CLOCK,
      limits: { maxRows: 8192, maxBytes: 4 * 2 ** 20, maxAgeMs: Number.POSITIVE_INFINITY },
      watermarkUs: () => this.#watermarkUs,
      emit: (entry, maxEventTimeUs) => {
        this.#watermark.observe(entry.partition, maxEventTimeUs);
        if (entry.kind === 'frame') this.#frames.push(decodeFrame(entry.message));
      },
    });
  }

  get stream(): string {
    return this.#parts.stream;
  }

  /** Looks at the first records, and tells the engine the fields they have. (D3) */
  async open(): Promise<StreamSchema> {
    const { stream, rules, engine, partitions } = this.#parts;
    for (let lines = 0; rules.shaper.sampled < SAMPLE_RECORDS && lines < MAX_SAMPLED_LINES; ) {
      const next = await this.#pieces.next();
      if (next.done) break;
      const piece = next.value;
      this.#held.push(piece);
      lines += piece.lines.length;
      for (const line of piece.lines) {
        if (rules.shaper.sampled >= SAMPLE_RECORDS) break;
        sampleRecord(this.#recordOf(line), rules.shaper);
      }
    }
    const schema = rules.shaper.settle();
    this.#announce();
    engine.begin(stream, 'fresh', { epoch: EPOCH, next: {} });
    if (rules.shaper.sampled > 0) this.#partitionOf = partitionOf(partitions, schema);
    return schema;
  }

  /** Has some record been seen that says what fields there are? */
  get isSampled(): boolean {
    return this.#parts.rules.shaper.sampled > 0;
  }

  /** Takes the next batch into the engine; false: there was none. */
  async nextBatch(): Promise<boolean> {
    while (!this.#ended) {
      const piece = this.#held.shift() ?? (await this.#pull());
      if (piece === null || this.#parts.signal.aborted) break;
      for (const line of piece.lines) this.#take(this.#recordOf(line));
      if (this.#frames.length >= MAX_FRAMES) this.#apply();
      if (!piece.ends) continue;
      this.#endBatch();
      return true;
    }
    return false;
  }

  /** The input is over: all that is open closes. */
  close(): void {
    this.#parts.engine.progress(this.stream, {}, MAX_TIME_US);
  }

  async #pull(): Promise<Piece | null> {
    const next = await this.#pieces.next();
    if (!next.done) return next.value;
    this.#ended = true;
    return null;
  }

  #take(record: RawRecord): void {
    const { shaper } = this.#parts.rules;
    const row = readRow(record, this.#parts.rules);
    const number = this.counts.records++;
    if (row instanceof Rejected) {
      this.counts.deadLetters++;
      this.counts.firstReason ??= `line ${record.offset + 1}: ${row.reason}`;
      return;
    }
    this.counts.rows++;
    const partition = this.#partitionOf(number, row);
    const offset = this.#offsets.get(partition) ?? 0;
    this.#offsets.set(partition, offset + 1);
    const { schema } = shaper;
    if (schema !== null) this.#batcher.append(partition, offset, row, schema, record.value?.length ?? 0);
  }

  #apply(): void {
    this.#announce();
    const { engine, rules } = this.#parts;
    engine.apply(this.#frames, rules.nowMs());
    this.#frames = [];
  }

  #endBatch(): void {
    this.#batcher.sealAll();
    if (this.#frames.length > 0) this.#apply();
    this.#watermarkUs = this.#watermark.currentUs();
    if (this.#watermarkUs > MIN_TIME_US) this.#parts.engine.progress(this.stream, {}, this.#watermarkUs);
  }

  /** Each version of the fields comes before its first frame. (F4) */
  #announce(): void {
    const { engine, rules } = this.#parts;
    for (let next = rules.shaper.schemaOf(this.#announced + 1); next !== null; ) {
      engine.schema(next);
      this.#announced++;
      next = rules.shaper.schemaOf(this.#announced + 1);
    }
  }

  #recordOf({ offset, value }: { readonly offset: number; readonly value: Uint8Array }): RawRecord {
    const { label, timestampMs } = this.#parts.input;
    return { offset, topic: label, timestampMs, key: null, value };
  }
}

/** Batches end when their records say so, and a silent partition holds the others back: it is read like them. */
const STOPPED_CLOCK = { nowMs: () => 0, after: () => () => undefined };
