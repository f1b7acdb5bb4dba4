/** Since when the newest windows have passed a limit, event time in µs; `all`: as far back as they are told. */
export interface Told {
  readonly fromUs: number;
  readonly all: boolean;
}

/**
 * For how long a limit has been passed, as far as this page knows: since it first saw it, or since longer by what the
 * windows before tell. At least so long, where it was passed already in all that is known.
 */
export class PassedFor {
  /** What was asked for when a value was last seen that had passed nothing; null: never. */
  #below: string | null = null;
  #since: { readonly us: number; readonly asked: string; readonly begun: boolean } | null = null;

  notPassed(asked: string): void {
    this.#since = null;
    this.#below = asked;
  }

  /** Passed at this event time, in a picture of what is `asked` for: of something else, nothing was passed before. */
  passed(asked: string, eventUs: number, told: Told | null): { readonly forMs: number; readonly atLeast: boolean } {
    if (this.#since?.asked !== asked) this.#since = { us: eventUs, asked, begun: this.#below === asked };
    const { us, begun } = this.#since;
    const [fromUs, known] = told && told.fromUs <= us ? [told.fromUs, !told.all] : [us, begun];
    return { forMs: (eventUs - fromUs) / 1000, atLeast: !known };
  }
}
