/** Of so many of the newest, one a second, the least is believed. */
const KEPT = 60;

/**
 * How far this computer's clock is ahead of the relay's. Every message that says when it was sent is a guess that is too
 * high by the time it was on its way, so the least of the newest is the best; older ones are let go, for clocks are set.
 */
export class ClockAhead {
  #guesses: readonly number[] = [];

  /** `sentAtMs` by the relay's clock, `nowMs` by this computer's. */
  heard(sentAtMs: number, nowMs: number): void {
    this.#guesses = [...this.#guesses.slice(1 - KEPT), nowMs - sentAtMs];
  }

  /** Null before the relay has said anything; negative: the relay's clock is ahead. */
  get ms(): number | null {
    return this.#guesses.length === 0 ? null : Math.min(...this.#guesses);
  }
}
