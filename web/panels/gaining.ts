/** Looked back so far: a slow reader gains little in a second. */
const KEPT_MS = 30_000;
const STEP_MS = 1_000;
/** What comes in bursts gains as much with each, and loses it again before the next. */
const LEAST_GAIN_MS = 10_000;

/**
 * Tells a stream that is catching up from one that is late: does its newest event move on faster than the clock? Told the
 * newest event and the clock whenever one of them has moved, in milliseconds.
 *
 *     behind ┤███▆▅▃▂        gaining: late, and less so by the second
 *     behind ┤███████▇███    not: as late as before
 */
export function createGaining(): (eventMs: number | null, nowMs: number) => boolean {
  let kept: { readonly nowMs: number; readonly behindMs: number }[] = [];
  return (eventMs, nowMs) => {
    if (eventMs === null) {
      kept = [];
      return false;
    }
    const behindMs = nowMs - eventMs;
    if (nowMs - (kept.at(-1)?.nowMs ?? 0) >= STEP_MS)
      kept = [...kept.filter((one) => nowMs - one.nowMs <= KEPT_MS), { nowMs, behindMs }];
    return kept.some((one) => one.behindMs - behindMs > LEAST_GAIN_MS);
  };
}
