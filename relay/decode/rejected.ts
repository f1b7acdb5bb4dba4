/** A record that cannot become a row, and why: a value that flows to the dead letters, never a throw. (D1) */
export class Rejected {
  /** What was found, what was expected and, where there is one, the way out. Holds at most a short piece of the data. */
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}
