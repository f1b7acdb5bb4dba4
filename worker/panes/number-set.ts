const MIN_CAPACITY = 8;

/** A set of numbers in one Float64Array: open addressing, at most two thirds full, empty places are NaN. −0 is 0. */
export class NumberSet {
  #places: Float64Array = new Float64Array(MIN_CAPACITY).fill(Number.NaN);
  #filled = 0;
  #hasNaN = false;

  get size(): number {
    return this.#filled + (this.#hasNaN ? 1 : 0);
  }

  add(value: number): void {
    if (Number.isNaN(value)) {
      this.#hasNaN = true;
      return;
    }
    const mask = this.#places.length - 1;
    let place = hash(value) & mask;
    for (;;) {
      const found = this.#places[place] as number;
      if (found === value) return;
      if (Number.isNaN(found)) break;
      place = (place + 1) & mask;
    }
    this.#places[place] = value;
    this.#filled++;
    if (this.#filled * 3 > this.#places.length * 2) this.#grow();
  }

  addAll(other: NumberSet): void {
    if (other.#hasNaN) this.#hasNaN = true;
    for (const value of other.#places) if (!Number.isNaN(value)) this.add(value);
  }

  forEach(visit: (value: number) => void): void {
    for (const value of this.#places) if (!Number.isNaN(value)) visit(value);
  }

  #grow(): void {
    const old = this.#places;
    this.#places = new Float64Array(old.length * 2).fill(Number.NaN);
    this.#filled = 0;
    for (const value of old) if (!Number.isNaN(value)) this.add(value);
  }
}

const bits = new Float64Array(1);
const words = new Int32Array(bits.buffer);

function hash(value: number): number {
  let mixed: number;
  if ((value | 0) === value) mixed = value | 0;
  else {
    bits[0] = value;
    mixed = (words[0] as number) ^ Math.imul(words[1] as number, 0x9e3779b1);
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
