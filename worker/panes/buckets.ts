/** Buckets counted apart, from the highest in use downwards. */
const MAX_BUCKETS = 2048;
/** Room made at most beyond what is needed now, at each end. */
const MAX_SPARE = 128;

export interface BucketPlace {
  readonly index: number;
  /** The bucket also holds values of lower ones. */
  readonly joined: boolean;
}

/**
 * Counts by bucket index. Only the highest 2,048 indexes are kept apart: what is lower is joined into the lowest of
 * them, the *floor* = highest index − 2,047. As the floor only rises, the counts depend on the values alone, not on the
 * order they came or were merged in.
 *
 *   index    first ……… floor ……………………… highest ……
 *   counts   [ joined when read | kept apart   | spare ]
 */
export class Buckets {
  #counts: Float64Array = new Float64Array(0);
  /** Index of `#counts[0]`. */
  #first = 0;
  #highest = Number.NEGATIVE_INFINITY;
  /** Counts at the floor of then were joined: they are at this index, or were joined further up. */
  #joinedAt = Number.NEGATIVE_INFINITY;
  total = 0;

  get bytes(): number {
    return 64 + this.#counts.byteLength;
  }

  add(index: number, count: number): void {
    if (index > this.#highest) this.#highest = index;
    let place = index - this.#first;
    if (place < 0 || place >= this.#counts.length) {
      const floor = this.#highest - MAX_BUCKETS + 1;
      const kept = Math.max(index, floor);
      if (kept > index) this.#joinedAt = Math.max(this.#joinedAt, floor);
      if (kept < this.#first || kept >= this.#first + this.#counts.length) this.#cover(kept);
      place = kept - this.#first;
    }
    this.#counts[place] = (this.#counts[place] as number) + count;
    this.total += count;
  }

  merge(other: Buckets): void {
    this.#joinedAt = Math.max(this.#joinedAt, other.#joinedAt);
    // From the highest down, so that what has to be joined is joined once.
    for (let place = other.#counts.length - 1; place >= 0; place--) {
      const count = other.#counts[place] as number;
      if (count > 0) this.add(other.#first + place, count);
    }
  }

  /** The bucket of the value at `position`, counted from the lowest. */
  at(position: number): BucketPlace {
    const floor = this.#highest - MAX_BUCKETS + 1;
    let seen = 0;
    let below = this.#joinedAt >= floor;
    for (let place = 0; place < this.#counts.length; place++) {
      const count = this.#counts[place] as number;
      if (count === 0) continue;
      const index = this.#first + place;
      if (index < floor) below = true;
      seen += count;
      if (seen > position) return { index: Math.max(floor, index), joined: index <= floor && (index < floor || below) };
    }
    return { index: this.#highest, joined: false };
  }

  /** Makes room for an index that is at the floor or above; what is below the floor is joined into it. */
  #cover(index: number): void {
    const floor = this.#highest - MAX_BUCKETS + 1;
    const used = this.#counts.length > 0;
    const spare = Math.min(MAX_SPARE, Math.max(8, this.#counts.length));
    const first = Math.max(floor, (used ? Math.min(this.#first, index) : index) - spare);
    const end = Math.max(used ? this.#first + this.#counts.length : index + 1, index + spare);
    const counts = new Float64Array(Math.min(end, this.#highest + MAX_SPARE) - first);
    for (let place = 0; place < this.#counts.length; place++) {
      const count = this.#counts[place] as number;
      if (count === 0) continue;
      const from = this.#first + place;
      if (from < floor) this.#joinedAt = Math.max(this.#joinedAt, floor);
      const to = Math.max(from, first) - first;
      counts[to] = (counts[to] as number) + count;
    }
    this.#counts = counts;
    this.#first = first;
  }
}
