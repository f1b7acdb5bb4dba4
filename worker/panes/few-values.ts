/** Values kept as they are, before they are counted in buckets. */
export const MAX_FEW_VALUES = 256;

/** A few numbers, none NaN, of which any quantile is exact. */
export class FewValues {
  #values: Float64Array = new Float64Array(4);
  #count = 0;
  #sorted = true;

  get bytes(): number {
    return 64 + this.#values.byteLength;
  }

  get values(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }

  /** False: there is no more room. */
  add(value: number): boolean {
    if (this.#count === MAX_FEW_VALUES) return false;
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = value;
    this.#sorted = false;
    return true;
  }

  /** SQL's quantile_cont: at place rank · (n − 1) in ascending order, between two values in proportion; null of none. */
  quantile(rank: number): number | null {
    if (this.#count === 0) return null;
    if (!this.#sorted) this.values.sort();
    this.#sorted = true;
    const place = rank * (this.#count - 1);
    const below = Math.floor(place);
    const low = this.#values[below] as number;
    const share = place - below;
    if (share === 0) return low;
    const high = this.#values[below + 1] as number;
    return low === high ? low : low + (high - low) * share;
  }
}
