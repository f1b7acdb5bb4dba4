/** Time as an argument: nothing outside a `main` file or an adapter reads the wall clock or starts a timer itself. */
export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch. */
  nowMs(): number;
  /** Calls `run` once after `delayMs`; the returned function cancels it and may be called more than once. */
  after(delayMs: number, run: () => void): () => void;
}

/** The real clock, for `main` files and adapters. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
