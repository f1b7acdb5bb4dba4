/**
 * When tabs that are sent away come back: each at a moment of its own, evenly over a window that grows with their
 * number, so that however many there are, they come at one pace. (C4)
 */
const EARLIEST_MS = 500;
const LEAST_WINDOW_MS = 1_000;
/** 200 sessions a second. */
const PER_SESSION_MS = 5;
const LONGEST_WINDOW_MS = 60_000;

/** `chance` in [0, 1). */
export function retryAfterMs(sessions: number, chance: number): number {
  const windowMs = Math.min(LONGEST_WINDOW_MS, Math.max(LEAST_WINDOW_MS, sessions * PER_SESSION_MS));
  return Math.round(EARLIEST_MS + chance * windowMs);
}
