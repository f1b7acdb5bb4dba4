import type { Clock } from '../contract/clock.ts';
import type { ReplayResult } from '../contract/dead-letters.ts';
import type { SourceState, StreamSchema } from '../contract/protocol/down.ts';
import { MIN_TIME_US } from '../contract/protocol/frame.ts';
import { type Position, REPLAY_PARTITION } from '../contract/protocol/position.ts';
import type { Packing } from './boards/packings.ts';
import type { DeadLetters } from './dead-letters/dead-letters.ts';
import { FeedReplay } from './dead-letters/feed-replay.ts';
import type { LetterFilter } from './dead-letters/search.ts';
import type { Rejected } from './decode/rejected.ts';
import { withEpochSuffix, withoutSuffix } from './epoch-suffix.ts';
import { FeedLag } from './feed-lag.ts';
import { FeedLog, type OpenedLog } from './feed-log.ts';
import { FeedOrder } from './feed-order.ts';
import { startOf } from './feed-start.ts';
import { stateOf, told } from './feed-state.ts';
import { type FeedCounts, FeedTally } from './feed-tally.ts';
import type { Log, LogEntry } from './log/log.ts';
import type { LeftEpoch, LogStore, LogUse } from './log/store.ts';
import { Pipeline, type PipelineParts, type PipelineSink } from './pipeline.ts';
import type { PackedLog } from './serve/packed-log.ts';
import { PackedLogs } from './serve/packed-logs.ts';
import type { Shaper } from './shape/shaper.ts';
import type { RawRecord, Source, StartFrom } from './sources/source.ts';
import { untilAborted } from './sources/wait.ts';

/**
 * One stream as the relay has it: read once from its source into a log, for any number of readers.
 *
 *     restoring ─▶ connecting ─▶ opened (epoch, log) ─▶ reset ─▶ opened (another epoch, another log) ─▶ …
 *         └─ an earlier run left a log ─▶ opened, and read from its head
 *
 * A disk without room holds the source up; whoever reads from the log goes on.
 */
export interface FeedParts extends Omit<PipelineParts, 'shaper' | 'stood'> {
  readonly from: StartFrom;
  /** From the versions a log has; of none, when it is new. */
  readonly makeShaper: (restored: readonly StreamSchema[]) => Shaper;
  readonly store: LogStore;
  readonly deadLetters: DeadLetters;
  /** How far back a tab without a position begins, by event time; null: as far as it goes. (P7) */
  readonly backfillUs: number | null;
  /** How its past may be packed now. Left out: by partition. (F10) */
  readonly packing?: () => Packing;
}

export interface FeedListener {
  /** Delivery can start, or start again after `reset`. */
  opened?(): void;
  appended?(): void;
  /** All that was there has been read. */
  atEnd?(): void;
  /** The log was dropped; the next `opened` has another epoch. */
  reset?(reason: string): void;
  schema?(schema: StreamSchema): void;
}

export class StreamFeed {
  readonly #parts: FeedParts;
  readonly #listeners = new Set<FeedListener>();
  #announcedVersion = 0;
  readonly #lag = new FeedLag();
  #shaper: Shaper;
  #source: Source;
  /** null until what an earlier run left was looked at. */
  #pipeline: Pipeline | null = null;
  #signal: AbortSignal | null = null;
  readonly #kept: FeedLog;
  readonly #order: FeedOrder;
  readonly #replay: FeedReplay;
  readonly #tally = new FeedTally();
  readonly #packed: PackedLogs;
  #state: SourceState = { state: 'connecting', message: null, fix: null };

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#shaper = parts.makeShaper([]);
    this.#source = parts.source;
    this.#packed = new PackedLogs((version) => this.schemaOf(version), parts.packing ?? (() => 'by partition'));
    this.#kept = new FeedLog(parts.store, this.#logUse(), parts.clock);
    this.#order = new FeedOrder(parts.deadLetters, (entry) => this.opened?.log.append(entry));
    this.#replay = new FeedReplay({
      ...parts,
      letters: parts.deadLetters,
      shaper: () => this.#shaper,
      isLasting: parts.store.isLasting,
      opened: () => this.opened,
      watermarkUs: () => this.watermarkUs ?? MIN_TIME_US,
      append: (entry, maxEventTimeUs) => {
        this.#append(entry);
        this.#pipeline?.replayed(maxEventTimeUs);
      },
    });
  }

  get deadLetters(): DeadLetters {
    return this.#parts.deadLetters;
  }

  /** Dead letters that are rows by the rules of now enter the log as such. (X5) */
  replayDeadLetters(filter: LetterFilter): Promise<ReplayResult> {
    return this.#replay.replay(filter);
  }

  /** What `replayDeadLetters` would do. */
  tryDeadLetters(filter: LetterFilter): Promise<ReplayResult> {
    return this.#replay.try(filter);
  }

  get name(): string {
    return this.#parts.stream;
  }

  get counts(): FeedCounts {
    return this.#tally.counts;
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
  get opened(): OpenedLog | null {
    return this.#kept.opened;
  }

  /** What the disk says, then the source; where that is nothing, what is held apart or passed over. */
  get state(): SourceState {
    return stateOf({
      source: this.#state,
      trouble: this.opened?.log.trouble ?? this.deadLetters.trouble,
      noLog: this.#kept.noLog,
      aheadInARow: this.#tally.aheadInARow,
      aheadUs: this.#tally.aheadUs,
      ignored: this.#shaper.ignored,
    });
  }

  /** Values passed over because their names are too many. */
  get ignoredValues(): number {
    return this.#shaper.ignored?.values ?? 0;
  }

  /** The newest version; null before the first records. */
  get schema(): StreamSchema | null {
    return this.#shaper.schema;
  }

  schemaOf(version: number): StreamSchema | null {
    return this.#shaper.schemaOf(version);
  }

  /** A log's past in few frames, for readers who are behind. (F10) */
  packed(log: Log): PackedLog | null {
    return this.#packed.of(log);
  }

  get watermarkUs(): number | null {
    const us = this.#pipeline?.watermarkUs ?? this.#kept.stood?.watermarkUs ?? MIN_TIME_US;
    return us === MIN_TIME_US ? null : us;
  }

  /** Why and when an epoch was left, so that its readers find another past; null where that is not known. */
  left(epoch: string): LeftEpoch | null {
    const { startsAnew: reason } = this.#source;
    if (reason !== undefined && epoch !== this.opened?.position.epoch) return { epoch, reason };
    return this.#parts.store.left.find((left) => left.epoch === epoch) ?? null;
  }

  /** Has all that the source had been read, as far as it says? */
  get atEnd(): boolean {
    return this.#lag.atEnd;
  }

  /** Where a tab without a position begins; null: not known yet. (P7) */
  get start(): 'start' | { readonly sinceUs: number } | null {
    const { backfillUs, clock } = this.#parts;
    const newestUs = this.opened?.log.newestUs() ?? MIN_TIME_US;
    return startOf({ backfillUs, newestUs, atEnd: this.atEnd, nowUs: clock.nowMs() * 1000 });
  }

  /** Records the source has beyond what was read; null when it cannot say. */
  get lagRecords(): number | null {
    return this.#lag.records;
  }

  listen(listener: FeedListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads until `signal` aborts or the source ends. Rejects only when trying again cannot help. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    let cancelTick = (): void => undefined;
    try {
      const from = await this.#restore();
      const pipeline = new Pipeline(this.#pipelineParts(), this.#sink());
      this.#pipeline = pipeline;
      const tick = (): void => {
        pipeline.tellProgress();
        cancelTick = this.clock.after(PROGRESS_MS, tick);
      };
      tick();
      await pipeline.run(from, signal);
    } catch (error) {
      const { message, fix } = told(error);
      this.#state = { state: 'failed', message, fix };
      throw error;
    } finally {
      cancelTick();
      // A source that ends, or fails, leaves what was read for those who come later.
      if (signal.aborted) await this.opened?.log.close();
    }
  }

  /** Before a stop: what was read is kept, and the source told so, or it would all come again. */
  async flush(): Promise<void> {
    this.#pipeline?.seal();
    this.#pipeline?.tellProgress();
    await this.opened?.log.flush();
  }

  /** Closes a log that was left open for readers after the source had ended. */
  async close(): Promise<void> {
    this.#replay.close();
    this.#order.clear();
    await this.opened?.log.close();
    await this.deadLetters.close();
  }

  /** Another reading of the same stream, at the reader's own pace, by the same shape. */
  replay(sink: Omit<PipelineSink, 'accept'>): Pipeline {
    return new Pipeline(
      { ...this.#pipelineParts(), pacer: null, stood: null },
      {
        ...sink,
        accept: (partition, { offset }) => !this.deadLetters.isElsewhere(this.#sourceEpoch, partition, offset),
        opened: (position) => sink.opened(position),
        entry: (entry) => {
          this.#announceSchema();
          sink.entry(entry);
        },
      },
    );
  }

  /** Goes on from the log an earlier run left, where that fits; where to read from. */
  async #restore(): Promise<StartFrom> {
    const { store, source, from, makeShaper } = this.#parts;
    const opened = await this.#kept.restore((schemas) => {
      this.#shaper = makeShaper(schemas);
      return this.#shaper.incompatible;
    });
    this.#source = withEpochSuffix(source, store.epochSuffix);
    if (!source.replayable) this.deadLetters.countsAgainFrom(opened?.log.head() ?? new Map());
    if (opened === null) return from;
    const { epoch } = opened.position;
    const { certain } = this.#kept;
    this.#replay.restored(opened, this.#kept.certain.get(REPLAY_PARTITION));
    // Until the source says otherwise.
    this.#lag.reachEnd();
    this.#announceSchema();
    for (const listener of this.#listeners) listener.opened?.();
    const heads = [...opened.log.head()].filter(([partition]) => partition !== REPLAY_PARTITION);
    const isWhole = heads.every(([partition, head]) => certain.get(partition) === head);
    return { epoch, next: Object.fromEntries(heads), ...(!isWhole && { certain: Object.fromEntries(certain) }) };
  }

  #pipelineParts(): PipelineParts {
    return { ...this.#parts, source: this.#source, shaper: this.#shaper, stood: this.#kept.stood };
  }

  #logUse(): LogUse {
    return {
      schemaOf: (version) => this.schemaOf(version),
      events: {
        shown: () => {
          if (this.opened !== null) this.packed(this.opened.log)?.grown();
          for (const listener of this.#listeners) listener.appended?.();
        },
        keeping: () => this.deadLetters.syncWritten(),
        // Dead letters below it are kept too: entries follow them, to the log and to the disk. (S8)
        kept: (next) => {
          this.#replay.kept(next);
          this.#source.committed?.(next);
        },
      },
    };
  }

  #announceSchema(): void {
    const { schema } = this.#shaper;
    if (schema === null || schema.version === this.#announcedVersion) return;
    this.#announcedVersion = schema.version;
    for (const listener of this.#listeners) listener.schema?.(schema);
  }

  #sink(): PipelineSink {
    return {
      opened: (position) => this.#open(position),
      entry: (entry) => this.#append(entry),
      reject: (partition: number, record: RawRecord, rejected: Rejected) => {
        this.deadLetters.add(this.#sourceEpoch, partition, record, rejected);
        this.#tally.rejected(rejected);
      },
      accept: (partition, record) => this.deadLetters.accept(this.#sourceEpoch, partition, record),
      reset: (reason) => this.#reset(reason),
      state: (state) => {
        this.#state = state;
        if (state.state === 'ended') this.#reachEnd();
      },
      handled: (partition, records, bytes, behind) => {
        this.#tally.handled(records, bytes);
        this.#lag.handled(partition, behind);
      },
      caughtUp: () => this.#reachEnd(),
      ready: async () => {
        // Sockets, timers and other streams get their turn between events, however fast the source is.
        await new Promise((resolve) => setImmediate(resolve));
        if (this.opened?.log.trouble != null && this.#signal !== null)
          await untilAborted(this.opened.log.room(), this.#signal);
        if (this.deadLetters.trouble !== null) await this.deadLetters.room(this.#signal);
        await this.#order.settled(this.#signal);
      },
    };
  }

  async #open(position: Position): Promise<void> {
    await this.#order.settled(this.#signal);
    if (this.opened !== null && this.opened.position.epoch !== position.epoch)
      await this.#reset('the source is another than the one that was read before');
    const behind = [...(this.opened?.log.head() ?? [])].some(
      ([partition, head]) => (position.next[partition] ?? head) < head,
    );
    if (behind) await this.#reset('the source begins before what was read of it: it has another past');
    const { log } = this.opened ?? (await this.#create(position));
    for (const [partition, offset] of Object.entries(position.next)) {
      const head = log.head().get(Number(partition)) ?? offset;
      log.open(Number(partition), offset);
      const lost = { partition: Number(partition), firstOffset: head, nextOffset: offset };
      if (head < offset)
        this.#append({
          kind: 'gap',
          ...lost,
          reason: 'the source went on beyond what was read of it',
          foundAtMs: this.clock.nowMs(),
        });
    }
    for (const listener of this.#listeners) listener.opened?.();
  }

  async #create({ epoch, next }: Position): Promise<OpenedLog> {
    const replayed = this.#replay.begin(epoch);
    const begin = { epoch, next: { ...next, ...(replayed !== null && { [REPLAY_PARTITION]: replayed }) } };
    const opened = await this.#kept.create(begin, this.#signal);
    this.#replay.beganNew(opened);
    return opened;
  }

  async #reset(reason: string): Promise<void> {
    this.#lag.clear();
    this.#order.clear();
    const dropped = this.#kept.drop();
    for (const listener of this.#listeners) listener.reset?.(reason);
    await dropped;
  }

  #reachEnd(): void {
    if (this.#lag.reachEnd()) for (const listener of this.#listeners) listener.atEnd?.();
  }

  /** As the source itself calls it, whatever logs were left. */
  get #sourceEpoch(): string {
    return withoutSuffix(this.opened?.position.epoch ?? '', this.#parts.store.epochSuffix);
  }

  #append(entry: LogEntry): void {
    this.#announceSchema();
    this.#tally.appended(entry);
    this.#order.append(entry);
  }
}

/** How often what has no rows is told to readers, and kept. */
const PROGRESS_MS = 200;
