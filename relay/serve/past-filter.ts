import type { LogExtent } from '../log/log.ts';

/**
 * While the past is read from a time on, frames that only have older events are not sent, up to each partition's first that
 * has others: nothing after it is left out, in whatever order it came. (P7)
 */
export class PastFilter {
  readonly #sinceUs: number | null;
  /** Partitions of which that frame has come. */
  readonly #begun = new Set<number>();

  /** null: everything is sent. */
  constructor(sinceUs: number | null) {
    this.#sinceUs = sinceUs;
  }

  isTooOld({ partition, maxEventTimeUs }: Extract<LogExtent, { kind: 'frame' }>): boolean {
    if (this.#sinceUs === null || this.#begun.has(partition)) return false;
    if (maxEventTimeUs < this.#sinceUs) return true;
    this.#begun.add(partition);
    return false;
  }
}
