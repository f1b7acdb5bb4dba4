import type { Clock } from '../contract/clock.ts';
import type { StreamSchema } from '../contract/protocol/down.ts';
import type { Position } from '../contract/protocol/position.ts';
import { told } from './feed-state.ts';
import type { Log } from './log/log.ts';
import type { LogStore, LogUse } from './log/store.ts';
import type { Stood } from './pipeline.ts';
import { sleep } from './sources/wait.ts';

/**
 * The log a feed writes to, one at a time:
 *
 *     none ─ restore: an earlier run left one that fits ─▶ opened ─ drop: another past ─▶ none ─ create ─▶ opened
 *                                                                        no room on the disk: waits, and says so ─┘
 */
export interface OpenedLog {
  /** Where the relay began to read, in this epoch. */
  readonly position: Position;
  readonly log: Log;
}

const ROOM_RETRY_MS = 1_000;

export class FeedLog {
  readonly #store: LogStore;
  readonly #use: LogUse;
  readonly #clock: Clock;
  #opened: OpenedLog | null = null;
  #stood: Stood | null = null;
  #certain: ReadonlyMap<number, number> = new Map();
  #noLog: string | null = null;

  constructor(store: LogStore, use: LogUse, clock: Clock) {
    this.#store = store;
    this.#use = use;
    this.#clock = clock;
  }

  get opened(): OpenedLog | null {
    return this.#opened;
  }

  /** Where the stream stood when an earlier run stopped; null: nowhere. */
  get stood(): Stood | null {
    return this.#stood;
  }

  /** Partition → where what an earlier run left is whole. Its head is beyond that where the end was damaged. */
  get certain(): ReadonlyMap<number, number> {
    return this.#certain;
  }

  /** Why there is none yet: the disk. */
  get noLog(): string | null {
    return this.#noLog;
  }

  /** Takes the log an earlier run left. `misfit`: why rows cannot follow those of its versions; null: they can. */
  async restore(misfit: (schemas: readonly StreamSchema[]) => string | null): Promise<OpenedLog | null> {
    const restored = await this.#store.restore(this.#use);
    if (restored === null) return null;
    const { log, begin, schemas, certain, watermarkUs, newestUs } = restored;
    // Asked in any case: it also says what the versions to come are numbered from.
    const why = misfit(schemas);
    const reason = restored.unfit ?? why;
    if (reason !== null) {
      await log.close();
      await this.#store.leave({ epoch: begin.epoch, reason, atMs: this.#clock.nowMs() });
      return null;
    }
    this.#stood = { epoch: begin.epoch, watermarkUs, newestUs };
    this.#certain = certain;
    this.#opened = { position: begin, log };
    return this.#opened;
  }

  /** Waits for room on the disk where there is none, until `signal` aborts. */
  async create(position: Position, signal: AbortSignal | null): Promise<OpenedLog> {
    for (;;) {
      try {
        const log = await this.#store.create(position, this.#use);
        this.#noLog = null;
        this.#opened = { position, log };
        return this.#opened;
      } catch (error) {
        if (signal === null || signal.aborted) throw error;
        this.#noLog = `reading stands still: its log cannot be made (${told(error).message})`;
        await sleep(this.#clock, ROOM_RETRY_MS, signal);
      }
    }
  }

  /** From here on there is none; resolves when the old one is closed. */
  async drop(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    this.#stood = null;
    await opened?.log.close();
  }
}
