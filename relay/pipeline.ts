import type { Clock } from '../contract/clock.ts';
import type { SourceState } from '../contract/protocol/down.ts';
import { MIN_TIME_US } from '../contract/protocol/frame.ts';
import { type Position, REPLAY_PARTITION } from '../contract/protocol/position.ts';
import { Batcher, type BatchLimits } from './batch/batcher.ts';
import { Rejected } from './decode/rejected.ts';
import type { LogEntry } from './log/log.ts';
import { type RowRules, readRow, SAMPLE_RECORDS, sampleRecord } from './read-row.ts';
import type { Row } from './shape/row.ts';
import type { Shaper } from './shape/shaper.ts';
import type { Pacer } from './sources/pace.ts';
import type { RawRecord, Source, SourceEvent, StartFrom } from './sources/source.ts';
import { Watermark } from './watermark.ts';

/**
 * The stages of one reading of one stream, in order:
 *
 *     source.read ─▶ decode ─▶ shape ─▶ batch ─▶ sink.entry
 *                      └──────────┴─▶ rejected ─▶ sink.reject          while fields are unsettled, records are held
 */
export interface PipelineParts {
  readonly stream: string;
  readonly source: Source;
  /** Shared by all readings of a stream. */
  readonly shaper: Shaper;
  readonly clock: Clock;
  readonly delayUs: number;
  /** Of a silent partition. (W20) */
  readonly idleMs: number;
  /** How far beyond the clock an event may be; null: any. (W21) */
  readonly aheadUs: number | null;
  readonly limits: BatchLimits;
  /** Slows records down to their event time. */
  readonly pacer: Pacer | null;
  /** Where the stream stood when it was last read: lateness goes on from there. */
  readonly stood?: Stood | null;
}

export interface Stood {
  readonly epoch: string;
  readonly watermarkUs: number;
  /** Partition → newest event time. */
  readonly newestUs: ReadonlyMap<number, number>;
}

export interface PipelineSink {
  opened(position: Position): void | Promise<void>;
  entry(entry: LogEntry): void;
  reject(partition: number, record: RawRecord, rejected: Rejected): void;
  /** May the row of this record go on? Not where it is one already, as a dead letter that was replayed. (X5) */
  accept(partition: number, record: RawRecord): boolean;
  reset(reason: string): void | Promise<void>;
  state(state: SourceState): void;
  /** Records were handled; `behind` as the source says. */
  handled(partition: number, records: number, bytes: number, behind: number | null): void;
  caughtUp(): void;
  /** Asked after every event: reading goes on when it resolves. */
  ready(): Promise<void>;
}

const SAMPLE_MS = 300;

type Records = Extract<SourceEvent, { kind: 'records' }>;

export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #sink: PipelineSink;
  readonly #rules: RowRules;
  #batcher: Batcher | null = null;
  #watermark: Watermark;
  /** The newest that an entry told of, or that follows from rows alone. */
  #toldWatermarkUs: number;
  /** Entries since `tellProgress`. */
  #entries = 0;
  #held: Records[] = [];
  #cancelSample: () => void = () => undefined;
  /** Held records on their way, which those that come after must not overtake. */
  #settling: Promise<void> = Promise.resolve();

  constructor(parts: PipelineParts, sink: PipelineSink) {
    this.#parts = parts;
    this.#sink = sink;
    const { shaper, aheadUs, clock } = parts;
    this.#rules = { shaper, aheadUs, nowMs: () => clock.nowMs() };
    this.#watermark = this.#newWatermark(parts.stood?.epoch ?? null);
    this.#toldWatermarkUs = this.#watermark.currentUs();
  }

  get watermarkUs(): number {
    return this.#watermark.currentUs();
  }

  /** Partition → offset below which no entry will come any more. */
  settled(): Record<string, number> {
    const next = this.#batcher?.settled() ?? {};
    for (const event of this.#held)
      next[event.partition] = Math.min(next[event.partition] ?? event.firstOffset, event.firstOffset);
    return next;
  }

  /** Rows came that were dead letters before. */
  replayed(maxEventTimeUs: number): void {
    this.#watermark.observe(REPLAY_PARTITION, maxEventTimeUs);
    this.#entries++;
  }

  /** Makes frames of all rows there are. */
  seal(): void {
    this.#batcher?.sealAll();
  }

  /** Makes entries of what was read and has no rows, and of a watermark that has moved on without any. */
  tellProgress(): void {
    const batcher = this.#batcher;
    if (batcher === null) return;
    const watermarkUs = this.#watermark.currentUs();
    const told = watermarkUs === MIN_TIME_US ? null : watermarkUs;
    const extents = batcher.skipRowless();
    for (const extent of extents) this.#sink.entry({ kind: 'progress', ...extent, watermarkUs: told });
    const moved = watermarkUs > this.#toldWatermarkUs && this.#entries === 0 && extents.length === 0;
    if (moved) {
      const [first] = Object.entries(batcher.settled());
      if (first === undefined) return;
      const [partition, offset] = [Number(first[0]), first[1]];
      this.#sink.entry({ kind: 'progress', partition, firstOffset: offset, nextOffset: offset, watermarkUs: told });
    }
    if (moved || extents.length > 0) this.#toldWatermarkUs = watermarkUs;
    this.#entries = 0;
  }

  /** Reads until the source ends or `signal` aborts. Rejects with what the source throws. */
  async run(from: StartFrom, signal: AbortSignal): Promise<void> {
    try {
      for await (const event of this.#parts.source.read(from, signal)) {
        if (signal.aborted) return;
        this.#watermark.handling();
        await this.#take(event, signal);
        await this.#sink.ready();
        this.#watermark.reading();
      }
      if (!signal.aborted) await this.#settle(signal);
      this.#batcher?.sealAll();
      if (!signal.aborted) this.tellProgress();
    } finally {
      this.#cancelSample();
      this.#batcher?.discard();
    }
  }

  async #take(event: SourceEvent, signal: AbortSignal): Promise<void> {
    await this.#settling;
    switch (event.kind) {
      case 'opened':
        return this.#open(event.position);
      case 'records':
        return this.#parts.shaper.schema === null ? this.#hold(event, signal) : this.#handle(event, signal);
      case 'partition-at-end':
        return this.#watermark.atEnd(event.partition, true);
      case 'caught-up':
        this.#watermark.atEnd(null, true);
        return this.#sink.caughtUp();
      case 'gap':
        await this.#settle(signal);
        this.#batcher?.skip(event.partition, event.nextOffset);
        return this.#sink.entry({ ...event, foundAtMs: event.foundAtMs ?? this.#parts.clock.nowMs() });
      case 'reset':
        await this.#settle(signal);
        this.#batcher?.sealAll();
        this.#batcher?.discard();
        this.#batcher = null;
        return this.#sink.reset(event.reason);
      case 'state':
        // What was held is still to come: a source has not ended before its records have.
        if (event.state.state === 'ended') await this.#settle(signal);
        return this.#sink.state(event.state);
      case 'ended':
        await this.#settle(signal);
        return this.#batcher?.sealAll();
    }
  }

  async #open(position: Position): Promise<void> {
    await this.#sink.opened(position);
    if (this.#batcher === null) {
      const { stream, clock, limits } = this.#parts;
      const watermark = this.#newWatermark(position.epoch);
      this.#watermark = watermark;
      this.#batcher = new Batcher({
        stream,
        epoch: position.epoch,
        clock,
        limits,
        watermarkUs: () => watermark.currentUs(),
        emit: (entry, maxEventTimeUs) => {
          watermark.observe(entry.partition, maxEventTimeUs);
          this.#entries++;
          this.#sink.entry(entry);
        },
      });
    }
    for (const [partition, offset] of Object.entries(position.next)) {
      this.#batcher.open(Number(partition), offset);
      this.#watermark.open(Number(partition));
    }
  }

  /** The first records wait until enough of them are seen to say what their fields are. (D3) */
  async #hold(event: Records, signal: AbortSignal): Promise<void> {
    const { shaper, clock } = this.#parts;
    if (this.#held.length === 0)
      this.#cancelSample = clock.after(SAMPLE_MS, () => {
        this.#settling = this.#settle(signal);
      });
    this.#held.push(event);
    for (const record of event.records) {
      if (shaper.sampled >= SAMPLE_RECORDS) break;
      sampleRecord(record, shaper);
    }
    if (shaper.sampled >= SAMPLE_RECORDS) await this.#settle(signal);
  }

  async #settle(signal: AbortSignal): Promise<void> {
    this.#cancelSample();
    const { shaper } = this.#parts;
    if (shaper.schema === null && shaper.sampled > 0) shaper.settle();
    for (let event = this.#held.shift(); event !== undefined; event = this.#held.shift())
      await this.#handle(event, signal);
  }

  async #handle(event: Records, signal: AbortSignal): Promise<void> {
    const { partition, firstOffset, nextOffset, behind, records } = event;
    const { pacer } = this.#parts;
    // A partition added later comes without another `opened`.
    this.#batcher?.open(partition, firstOffset);
    this.#watermark.open(partition);
    if (pacer === null) {
      let bytes = 0;
      for (const record of records) bytes += this.#record(partition, record);
      this.#sink.handled(partition, records.length, bytes, behind);
    } else
      for (const record of records) {
        const bytes = await this.#paced(partition, record, pacer, signal);
        if (signal.aborted) return;
        this.#sink.handled(partition, 1, bytes, behind);
      }
    this.#batcher?.advance(partition, nextOffset);
    if (behind !== null) this.#watermark.atEnd(partition, behind === 0);
  }

  /** Decodes, shapes and batches one record; its size. */
  #record(partition: number, record: RawRecord): number {
    const row = this.#shape(partition, record);
    const size = record.value?.length ?? 0;
    if (row !== null) this.#append(partition, record, row, size);
    return size;
  }

  async #paced(partition: number, record: RawRecord, pacer: Pacer, signal: AbortSignal): Promise<number> {
    const row = this.#shape(partition, record);
    const size = record.value?.length ?? 0;
    if (row === null) return size;
    await pacer.until(row.eventTimeUs, signal);
    if (!signal.aborted) this.#append(partition, record, row, size);
    return size;
  }

  #shape(partition: number, record: RawRecord) {
    const row = readRow(record, this.#rules);
    if (!(row instanceof Rejected)) return this.#sink.accept(partition, record) ? row : null;
    this.#sink.reject(partition, record, row);
    return null;
  }

  #append(partition: number, record: RawRecord, row: Row, size: number): void {
    const { schema } = this.#parts.shaper;
    if (schema !== null) this.#batcher?.append(partition, record.offset, row, schema, size);
  }

  #newWatermark(epoch: string | null): Watermark {
    const { delayUs, idleMs, clock, stood } = this.#parts;
    const watermark = new Watermark(delayUs, idleMs, clock);
    if (stood != null && stood.epoch === epoch) watermark.restore(stood.watermarkUs, stood.newestUs);
    return watermark;
  }
}
