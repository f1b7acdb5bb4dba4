/**
 * Whether a reader falls behind. A lap is what came while the lap before was given: of one that keeps up, or catches up,
 * laps grow shorter; of one that does not they grow. What was there when it began is its first lap, history. (F8)
 */
export class Laps {
  #endsAt = Number.NEGATIVE_INFINITY;
  #records = Number.POSITIVE_INFINITY;
  #held = false;
  #behind = false;

  /** The sequence at which the lap ends. */
  get endsAt(): number {
    return this.#endsAt;
  }

  /** It had no credit, or its network was full. */
  held(): void {
    this.#held = true;
  }

  /**
   * The reader stands at sequence `cursor` of a log that ends at `end`, `records()` behind it. True: it falls behind, and
   * did since the lap it is in began.
   */
  at(cursor: number, end: number, records: () => number): boolean {
    if (cursor < this.#endsAt) return this.#behind;
    const before = this.#records;
    this.#records = records();
    this.#behind = this.#held && this.#records > BEHIND_RECORDS && this.#records >= before;
    this.#held = false;
    this.#endsAt = end;
    return this.#behind;
  }
}

/** Fewer than these are given one by one, whatever came before. */
export const BEHIND_RECORDS = 1_000;
