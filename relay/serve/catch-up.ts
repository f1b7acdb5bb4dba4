import { MIN_TIME_US } from '../../contract/protocol/frame.ts';
import type { Position } from '../../contract/protocol/position.ts';
import { told } from '../feed-state.ts';
import type { LogEntry } from '../log/log.ts';
import type { Pipeline } from '../pipeline.ts';
import type { StartFrom } from '../sources/source.ts';
import type { StreamFeed } from '../stream-feed.ts';

/**
 * A reader of its own for a subscription whose position the log does not reach: from the source again, at the pace the
 * tab takes it, until the log does reach.
 *
 *     source ─▶ pipeline ─▶ queue ─▶ tab            reading waits while the queue holds anything
 */
export interface CatchUpEvents {
  /** The source's first answer: where it begins, after what it said is lost. */
  begun(position: Position, lost: CatchUpLoss | null): void;
  /** The position is not of this past. Nothing more comes. */
  reset(reason: string): void;
  /** Something may be taken, or nothing more is to be waited for. */
  moved(): void;
  failed(message: string): void;
}

export interface CatchUpLoss {
  readonly reason: string;
  readonly missing: number | null;
  readonly foundAtMs: number;
}

export class CatchUp {
  readonly #controller = new AbortController();
  readonly #pipeline: Pipeline;
  readonly #queue: LogEntry[] = [];
  readonly #events: CatchUpEvents;
  /** Opened, and perhaps about to be told of losses right after. */
  #opening: { position: Position; loss: CatchUpLoss | null } | null = null;
  #emptied: (() => void) | null = null;
  #finished = false;

  constructor(feed: StreamFeed, from: StartFrom, events: CatchUpEvents) {
    this.#events = events;
    this.#pipeline = feed.replay({
      opened: (position) => {
        this.#opening = { position, loss: null };
      },
      entry: (entry) => {
        if (this.#opening !== null && entry.kind === 'gap') this.#lose(this.#opening, entry);
        else this.#push(entry);
      },
      // The feed's own reading has counted it.
      reject: () => undefined,
      reset: (reason) => {
        this.close();
        events.reset(reason);
      },
      state: () => this.#begin(),
      handled: () => this.#begin(),
      caughtUp: () => this.#begin(),
      ready: () => this.#ready(),
    });
    this.#pipeline.run(from, this.#controller.signal).then(
      () => {
        this.#finished = true;
        this.#begin();
        events.moved();
      },
      (error: unknown) => {
        if (!this.#controller.signal.aborted) events.failed(told(error).message);
      },
    );
  }

  /** The source has ended: what is queued is the last. */
  get finished(): boolean {
    return this.#finished;
  }

  take(): LogEntry | null {
    const entry = this.#queue.shift() ?? null;
    if (this.#queue.length === 0) this.#release();
    return entry;
  }

  /** Partition → offset below which nothing more comes, once the queue is empty. */
  settled(): Record<string, number> {
    return this.#pipeline.settled();
  }

  get watermarkUs(): number | null {
    const us = this.#pipeline.watermarkUs;
    return us === MIN_TIME_US ? null : us;
  }

  close(): void {
    this.#controller.abort();
    this.#queue.length = 0;
    this.#release();
  }

  #begin(): void {
    if (this.#opening === null || this.#controller.signal.aborted) return;
    const { position, loss } = this.#opening;
    this.#opening = null;
    this.#events.begun(position, loss);
  }

  /** A loss told before anything else is part of the answer. */
  #lose(opening: { position: Position; loss: CatchUpLoss | null }, gap: Extract<LogEntry, { kind: 'gap' }>): void {
    const { epoch, next } = opening.position;
    opening.position = { epoch, next: { ...next, [gap.partition]: gap.nextOffset } };
    const missing = (opening.loss?.missing ?? 0) + gap.nextOffset - gap.firstOffset;
    opening.loss = { reason: gap.reason, missing, foundAtMs: gap.foundAtMs };
  }

  #push(entry: LogEntry): void {
    this.#begin();
    this.#queue.push(entry);
    this.#events.moved();
  }

  async #ready(): Promise<void> {
    this.#events.moved();
    if (this.#queue.length > 0)
      await new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
    await new Promise((resolve) => setImmediate(resolve));
  }

  #release(): void {
    this.#emptied?.();
    this.#emptied = null;
  }
}
