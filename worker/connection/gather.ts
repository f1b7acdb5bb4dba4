/** Rows of one full frame: a tick of so many is worth its fixed cost. */
const FEW_ROWS = 8_192;
const MAX_WAIT_MS = 50;
/** A tick of live rows that takes longer is of a computer that is busy. */
const BUSY_MS = 40;

/**
 * A tick costs milliseconds whatever is in it. While history comes, or on a computer that is busy, ticks of one frame each
 * would take all there is while frames pile up in the browser: so a small tick is then followed by a pause as long as it
 * took, in which the next one's frames come. Live rows do not wait.
 *
 *     few rows    ▓▓▓▓······▓▓▓▓▓······    ▓ tick  · frames gather
 *     many rows   ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓
 */
export class Gather {
  #untilMs = Number.NEGATIVE_INFINITY;

  /** A tick of so many rows, and so many live ones among them, is over. Times are monotonic. */
  ticked({ rows, liveRows }: { rows: number; liveRows: number }, startMs: number, endMs: number): void {
    const tookMs = endMs - startMs;
    const waits = rows < FEW_ROWS && (liveRows === 0 || tookMs > BUSY_MS);
    this.#untilMs = waits ? endMs + Math.min(tookMs, MAX_WAIT_MS) : Number.NEGATIVE_INFINITY;
  }

  /** How long the next one is to wait. */
  waitMs(nowMs: number): number {
    return Math.max(0, this.#untilMs - nowMs);
  }
}
