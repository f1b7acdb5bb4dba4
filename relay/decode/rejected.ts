/** What goes with a reason. */
export interface RejectedDetails {
  /** How far beyond the clock its event is, µs. (W21) */
  readonly aheadUs?: number;
  /** The column that could not take its value. (D11) */
  readonly field?: string;
  /** The reason without what is of this record alone: records of one kind are mended together. */
  readonly kind?: string;
}

/** A record that cannot become a row, and why: a value that flows to the dead letters, never a throw. (D1) */
export class Rejected {
  /** What was found, what was expected and, where there is one, the way out. Holds at most a short piece of the data. */
  readonly reason: string;
  /** null where that is not the reason. */
  readonly aheadUs: number | null;
  readonly field: string | null;
  readonly kind: string;

  constructor(reason: string, { aheadUs, field, kind }: RejectedDetails = {}) {
    this.reason = reason;
    this.aheadUs = aheadUs ?? null;
    this.field = field ?? null;
    this.kind = kind ?? reason;
  }
}
