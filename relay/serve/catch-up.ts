import { MIN_TIME_US } from '../../contract/protocol/frame.ts';
import type { Position } from '../../contract/protocol/position.ts';
import type { LogEntry } from '../log/log.ts';
import type { Pipeline } from '../pipeline.ts';
import type { StreamFeed } from '../stream-feed.ts';

/**
 * A reader of its own for a subscription whose position the log does not reach: from the source again, at the pace the
 * tab takes it, until the log does reach.
 *
 *     source ─▶ pipeline ─▶ queue ─▶ tab            reading waits while the queue holds anything
 */
export interface CatchUpEvents {
  /** The first answer of the source: where it begins, and what it said is lost or another past. */
  begun(position: Position, lost: CatchUpLoss | null): void;
  /** Something may be taken, or nothing more is to be waited for. */
  moved(): void;
  failed(message: string): void;
}

export type CatchUpLoss = { readonly kind: 'gap' | 'reset'; readonly reason: string; readonly missing: number | null };

export class CatchUp {
  readonly #controller = new AbortController();
  readonly #pipeline: Pipeline;
  readonly #queue: LogEntry[] = [];
  #begun = false;
  #emptied: (() => void) | null = null;

  constructor(feed: StreamFeed, from: Position, events: CatchUpEvents) {
    let loss: CatchUpLoss | null = null;
    this.#pipeline = feed.replay({
      opened: (position) => {
        if (this.#begun) return;
        this.#begun = true;
        const behind = loss === null ? missed(from, position) : 0;
        const floor = `the ${behind} records before this are no longer kept by the source`;
        events.begun(position, behind > 0 ? { kind: 'gap', reason: floor, missing: behind } : loss);
      },
      entry: (entry) => {
        if (!this.#begun && entry.kind === 'gap') {
          const missing = entry.nextOffset - entry.firstOffset + (loss?.missing ?? 0);
          loss = { kind: loss?.kind ?? 'gap', reason: entry.reason, missing };
          return;
        }
        this.#queue.push(entry);
        events.moved();
      },
      // The feed's own reading has counted it.
      reject: () => undefined,
      reset: (reason) => {
        loss = { kind: 'reset', reason, missing: null };
        this.#begun = false;
        this.#queue.length = 0;
      },
      state: () => undefined,
      handled: () => undefined,
      caughtUp: () => undefined,
      ready: async () => {
        events.moved();
        if (this.#queue.length > 0)
          await new Promise<void>((resolve) => {
            this.#emptied = resolve;
          });
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    this.#pipeline.run(from, this.#controller.signal).then(events.moved, (error: unknown) => {
      if (!this.#controller.signal.aborted) events.failed(error instanceof Error ? error.message : String(error));
    });
  }

  peek(): LogEntry | null {
    return this.#queue[0] ?? null;
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

  #release(): void {
    this.#emptied?.();
    this.#emptied = null;
  }
}

function missed(from: Position, position: Position): number {
  return Object.entries(position.next).reduce(
    (sum, [partition, offset]) => sum + Math.max(0, offset - (from.next[partition] ?? offset)),
    0,
  );
}
