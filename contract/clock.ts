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
    let timer: ReturnType<typeof setTimeout>;
    const wait = (restMs: number): void => {
      const piece = Math.min(restMs, MAX_TIMER_MS);
      timer = setTimeout(() => (restMs > piece ? wait(restMs - piece) : run()), piece);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};

/** What waits longer at once fires at once: the delay is a signed number of 32 bits. */
const MAX_TIMER_MS = 2 ** 31 - 1;
