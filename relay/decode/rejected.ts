/** A record that cannot become a row, and why: a value that flows to the dead letters, never a throw. (D1) */
export class Rejected {
  /** What was found, what was expected and, where there is one, the way out. Holds at most a short piece of the data. */
  readonly reason: string;
  /** How far beyond the clock its event is, µs; null where that is not the reason. (W21) */
  readonly aheadUs: number | null;

  constructor(reason: string, aheadUs: number | null = null) {
    this.reason = reason;
    this.aheadUs = aheadUs;
  }
}
