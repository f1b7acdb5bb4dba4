import type { Clock } from '../contract/clock.ts';
import { HighwaterError } from '../contract/errors.ts';
import type { SourceState, StreamSchema } from '../contract/protocol/down.ts';
import { MIN_TIME_US } from '../contract/protocol/frame.ts';
import type { Position } from '../contract/protocol/position.ts';
import { DeadLetters } from './dead-letters.ts';
import type { Rejected } from './decode/rejected.ts';
import type { Log, LogEntry } from './log/log.ts';
import { Pipeline, type PipelineParts, type PipelineSink } from './pipeline.ts';
import { spanText } from './shape/ahead.ts';
import type { RawRecord, StartFrom } from './sources/source.ts';

/**
 * One stream as the relay has it: read once from its source into a log, for any number of readers.
 *
 *     connecting ─▶ opened (epoch, log) ─▶ reset ─▶ opened (another epoch, another log) ─▶ …
 */
export interface FeedParts extends PipelineParts {
  readonly from: StartFrom;
  readonly makeLog: () => Log;
}

export interface FeedListener {
  /** Delivery can start, or start again after `reset`. */
  opened?(): void;
  appended?(): void;
  /** The log was dropped; the next `opened` has another epoch. */
  reset?(reason: string): void;
  schema?(schema: StreamSchema): void;
}

export interface FeedCounts {
  records: number;
  bytes: number;
  /** Of them, those held apart for their event is too far in the future. (W21) */
  ahead: number;
  frames: number;
  frameBytes: number;
}

export class StreamFeed {
  readonly #parts: FeedParts;
  readonly #listeners = new Set<FeedListener>();
  #announcedVersion = 0;
  /** Events ahead of the clock since the last one that was not, and by how much the newest of them is. */
  #aheadInARow = 0;
  #aheadUs = 0;
  /** Records rejected since `handled` was last told. */
  #rejected = 0;
  readonly #behind = new Map<number, number | null>();
  readonly #pipeline: Pipeline;
  readonly deadLetters = new DeadLetters();
  readonly counts: FeedCounts = { records: 0, bytes: 0, ahead: 0, frames: 0, frameBytes: 0 };
  #opened: { readonly position: Position; readonly log: Log } | null = null;
  #state: SourceState = { state: 'connecting', message: null, fix: null };

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#pipeline = new Pipeline(parts, this.#sink());
  }

  get name(): string {
    return this.#parts.stream;
  }

  get label(): string {
    return this.#parts.source.label;
  }

  get replayable(): boolean {
    return this.#parts.source.replayable;
  }

  /** Records come at the pace of their event time: reading ahead of the log would show the future. */
  get paced(): boolean {
    return this.#parts.pacer !== null;
  }

  get clock(): Clock {
    return this.#parts.clock;
  }

  /** Where this relay began to read, and what it has kept since; null until the source is opened. */
  get opened(): { readonly position: Position; readonly log: Log } | null {
    return this.#opened;
  }

  /** What the source says; where that is nothing, what is held apart or passed over. */
  get state(): SourceState {
    const { ignored } = this.#parts.shaper;
    if (this.#state.message !== null) return this.#state;
    if (this.#aheadInARow >= MANY_AHEAD)
      return {
        state: this.#state.state,
        message: `the last ${this.#aheadInARow} events are held apart, for they are ahead of this relay's clock, the last of them by ${spanText(this.#aheadUs)}`,
        fix: 'set the clock right, of this relay or of what sends them; or let more in: time: { ahead: 1d }, or any',
      };
    if (ignored === null) return this.#state;
    return {
      state: this.#state.state,
      message: `its records have too many different names: values of new ones, the first being "${shortened(ignored.first)}", are passed over`,
      fix: 'declare the fields you need, or send names that are data as values: [{"key": …, "value": …}]',
    };
  }

  /** Values passed over because their names are too many. */
  get ignoredValues(): number {
    return this.#parts.shaper.ignored?.values ?? 0;
  }

  /** The newest version; null before the first records. */
  get schema(): StreamSchema | null {
    return this.#parts.shaper.schema;
  }

  schemaOf(version: number): StreamSchema | null {
    return this.#parts.shaper.schemaOf(version);
  }

  get watermarkUs(): number | null {
    const us = this.#pipeline.watermarkUs;
    return us === MIN_TIME_US ? null : us;
  }

  /** Partition → offset below which nothing more will be appended. */
  settled(): Record<string, number> {
    return this.#pipeline.settled();
  }

  /** Records the source has beyond what was read; null when it cannot say. */
  get lagRecords(): number | null {
    const behind = [...this.#behind.values()];
    return behind.includes(null) ? null : behind.reduce<number>((sum, records) => sum + (records ?? 0), 0);
  }

  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads until `signal` aborts or the source ends. Rejects only when trying again cannot help. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#pipeline.run(this.#parts.from, signal);
    } catch (error) {
      const { message, fix } = told(error);
      this.#state = { state: 'failed', message, fix };
      throw error;
    } finally {
      // A source that ends, or fails, leaves what was read for those who come later.
      if (signal.aborted) this.#opened?.log.close();
    }
  }

  /** Another reading of the same stream, at the reader's own pace, by the same shape. */
  replay(sink: PipelineSink): Pipeline {
    return new Pipeline(
      { ...this.#parts, pacer: null },
      {
        ...sink,
        opened: (position) => sink.opened(position),
        entry: (entry) => {
          this.#announceSchema();
          sink.entry(entry);
        },
      },
    );
  }

  #announceSchema(): void {
    const { schema } = this.#parts.shaper;
    if (schema === null || schema.version === this.#announcedVersion) return;
    this.#announcedVersion = schema.version;
    for (const listener of this.#listeners) listener.schema?.(schema);
  }

  #sink(): PipelineSink {
    return {
      opened: (position) => {
        if (this.#opened?.position.epoch !== position.epoch) this.#opened = { position, log: this.#parts.makeLog() };
        for (const [partition, offset] of Object.entries(position.next))
          this.#opened.log.open(Number(partition), offset);
        for (const listener of this.#listeners) listener.opened?.();
      },
      entry: (entry) => this.#append(entry),
      reject: (partition: number, record: RawRecord, rejected: Rejected) => {
        this.deadLetters.add(partition, record, rejected.reason, this.clock.nowMs());
        this.#rejected++;
        if (rejected.aheadUs === null) return;
        this.counts.ahead++;
        this.#aheadInARow++;
        this.#aheadUs = rejected.aheadUs;
      },
      reset: (reason) => {
        this.#opened?.log.close();
        this.#opened = null;
        this.#behind.clear();
        for (const listener of this.#listeners) listener.reset?.(reason);
      },
      state: (state) => {
        this.#state = state;
      },
      handled: (partition, records, bytes, behind) => {
        this.counts.records += records;
        this.counts.bytes += bytes;
        if (records > this.#rejected) this.#aheadInARow = 0;
        this.#rejected = 0;
        this.#behind.set(partition, behind);
      },
      caughtUp: () => {
        for (const partition of this.#behind.keys()) this.#behind.set(partition, 0);
      },
      // Sockets, timers and other streams get their turn between events, however fast the source is.
      ready: () => new Promise((resolve) => setImmediate(resolve)),
    };
  }

  #append(entry: LogEntry): void {
    this.#announceSchema();
    if (entry.kind === 'frame') {
      this.counts.frames++;
      this.counts.frameBytes += entry.message.length;
    }
    this.#opened?.log.append(entry);
    for (const listener of this.#listeners) listener.appended?.();
  }
}

/** So many in a row, and no row beside them, are no device's fault. */
const MANY_AHEAD = 10;

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function told(error: unknown): { message: string; fix: string | null } {
  if (error instanceof HighwaterError) return { message: error.message, fix: error.fix };
  return { message: error instanceof Error ? error.message : String(error), fix: null };
}
