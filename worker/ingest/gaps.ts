import type { FrameHeader } from '../../contract/protocol/frame.ts';

/** Of more than so many, the oldest are taken together. */
const KEPT = 100;

/** Of the stream, when the gap was told. */
interface Times {
  readonly watermarkUs: number | null;
  readonly maxEventTimeUs: number | null;
}

interface Range {
  readonly fromUs: number;
  readonly untilUs: number;
}

interface Open {
  readonly fromUs: number;
  /** How far the newest event was ahead of the watermark. */
  readonly aheadUs: number;
}

/**
 * In which event time records of a stream are known to be missing. Of what is lost nothing is known but what came before
 * and after it: if it was in time, it was no older than the watermark before it, and no newer than the first frame of its
 * partition after it, or than events are ahead of the watermark. Until that frame comes it may be of any time since.
 *
 *     rows ───┊ watermark ──▶    lost    ┊ watermark + ahead ──▶ rows
 *             └────────── missing ───────┘
 */
export class Gaps {
  /** By partition. */
  readonly #open = new Map<number, Open>();
  #closed: readonly Range[] = [];

  /** Records of a partition were lost, up to what comes next of it. */
  add(partition: number, { watermarkUs, maxEventTimeUs }: Times): void {
    if (this.#open.has(partition)) return;
    const fromUs = watermarkUs ?? Number.NEGATIVE_INFINITY;
    const aheadUs = maxEventTimeUs === null || watermarkUs === null ? 0 : Math.max(0, maxEventTimeUs - watermarkUs);
    this.#open.set(partition, { fromUs, aheadUs });
  }

  /** A frame of the stream was counted, with the watermark as it was before it. */
  counted({ partition, minEventTimeUs, maxEventTimeUs }: FrameHeader, watermarkUs: number | null): void {
    const open = this.#open.get(partition);
    if (!open) return;
    this.#open.delete(partition);
    const fromUs = Math.min(open.fromUs, minEventTimeUs);
    const newestUs = watermarkUs === null ? maxEventTimeUs : Math.max(minEventTimeUs, watermarkUs + open.aheadUs);
    this.#closed = [...this.#closed, { fromUs, untilUs: newestUs + 1 }];
    const [first, second, ...others] = this.#closed;
    if (first && second && this.#closed.length > KEPT) this.#closed = [both(first, second), ...others];
  }

  /** May records with event times in [fromUs, untilUs) be missing? */
  touch(fromUs: number, untilUs: number): boolean {
    for (const open of this.#open.values()) if (open.fromUs < untilUs) return true;
    return this.#closed.some((gap) => gap.fromUs < untilUs && gap.untilUs > fromUs);
  }

  clear(): void {
    this.#open.clear();
    this.#closed = [];
  }
}

function both(left: Range, right: Range): Range {
  return { fromUs: Math.min(left.fromUs, right.fromUs), untilUs: Math.max(left.untilUs, right.untilUs) };
}
