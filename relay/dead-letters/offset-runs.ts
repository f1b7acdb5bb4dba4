/** A set of offsets that is small where they follow each other: runs `[from, until)`, rising, none of which touch. */
export class OffsetRuns {
  readonly #from: number[] = [];
  readonly #until: number[] = [];

  /** Of `encode`. */
  static decode(encoded: readonly number[]): OffsetRuns {
    const runs = new OffsetRuns();
    let at = 0;
    for (const [place, distance] of encoded.entries()) {
      at += distance;
      (place % 2 === 0 ? runs.#from : runs.#until).push(at);
    }
    return runs;
  }

  /** Bounds one after the other, each as its distance to the one before. */
  encode(): number[] {
    let before = 0;
    return this.#from.flatMap((from, place) => {
      const until = this.#until[place] ?? from;
      const pair = [from - before, until - from];
      before = until;
      return pair;
    });
  }

  /** Runs, not offsets. */
  get size(): number {
    return this.#from.length;
  }

  has(offset: number): boolean {
    return offset < (this.#until[this.#placeOf(offset)] ?? Number.NEGATIVE_INFINITY);
  }

  add(offset: number): void {
    this.addRun(offset, offset + 1);
  }

  addRun(from: number, until: number): void {
    let first = this.#placeOf(from);
    if ((this.#until[first] ?? Number.NEGATIVE_INFINITY) < from) first++;
    let last = first;
    let [begin, end] = [from, until];
    for (; (this.#from[last] ?? Number.POSITIVE_INFINITY) <= until; last++) {
      begin = Math.min(begin, this.#from[last] ?? begin);
      end = Math.max(end, this.#until[last] ?? end);
    }
    this.#from.splice(first, last - first, begin);
    this.#until.splice(first, last - first, end);
  }

  addAll(other: OffsetRuns): void {
    for (const [place, from] of other.#from.entries()) this.addRun(from, other.#until[place] ?? from);
  }

  /** Forgets the run that is lowest. */
  dropLowest(): void {
    this.#from.shift();
    this.#until.shift();
  }

  /** Forgets what is at or beyond `offset`. */
  cutFrom(offset: number): void {
    const kept = this.#placeOf(offset - 1) + 1;
    this.#from.length = kept;
    this.#until.length = kept;
    const last = this.#until[kept - 1];
    if (last !== undefined) this.#until[kept - 1] = Math.min(last, offset);
  }

  /** The last run that begins at or before `offset`; -1: none does. */
  #placeOf(offset: number): number {
    let low = 0;
    let high = this.#from.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#from[middle] ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
