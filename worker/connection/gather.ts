/** Rows of one full frame: a tick of so many is worth its fixed cost. */
const FEW_ROWS = 8_192;
const MAX_WAIT_MS = 50;

/**
 * A tick costs milliseconds whatever is in it. On a computer that is busy, ticks of one frame each would take all there
 * is while frames pile up in the browser: so a small tick is followed by a pause as long as it took, in which the next
 * one's frames come. Where a tick takes 3 ms, an event is seen 3 ms later at most.
 *
 *     few rows    ▓▓▓▓······▓▓▓▓▓······    ▓ tick  · frames gather
 *     many rows   ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
 */
export class Gather {
  #untilMs = Number.NEGATIVE_INFINITY;

  /** A tick of so many rows is over. Times are monotonic. */
  ticked(rows: number, startMs: number, endMs: number): void {
    this.#untilMs = rows < FEW_ROWS ? endMs + Math.min(endMs - startMs, MAX_WAIT_MS) : Number.NEGATIVE_INFINITY;
  }

  /** How long the next one is to wait. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }
}
