/**
 * What several sources of answers bring, first come first served, to one taker. Nothing of an answer is held once it is
 * taken: a race of the promises would keep every round's answer with whichever of them has not settled.
 */
export class Arrivals<T> {
  #arrived: (() => T)[] = [];
  #wake: (() => void) | null = null;

  /** What becomes of the promise is given by `next`, in its turn. */
  add(promise: Promise<T>): void {
    promise.then(
      (answer) => this.#push(() => answer),
      (error: unknown) =>
        this.#push(() => {
          throw error;
        }),
    );
  }

  /** The first that arrived and was not taken; throws what it failed with. Called again only after it has settled. */
  async next(): Promise<T> {
    for (;;) {
      const first = this.#arrived.shift();
      if (first !== undefined) return first();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #push(take: () => T): void {
    this.#arrived.push(take);
    this.#wake?.();
    this.#wake = null;
  }
}
