const MIN_CAPACITY = 8;
/** Sets below this stay hashed: they are small whatever their values. */
const MIN_DENSE = 128;
/** A set is dense while its largest value is below this many times its size: a bit each is then no more than a place each. */
const BITS_PER_VALUE = 64;

/**
 * A set of numbers in one typed array, in the form that suits its values. −0 is 0.
 *
 *   hashed   any numbers: a Float64Array with open addressing, at most two thirds full, empty places are NaN
 *   dense    integers from 0 on that lie close together, as counted ids do: bit v of an Int32Array is value v
 */
export class NumberSet {
  #places: Float64Array = new Float64Array(MIN_CAPACITY).fill(Number.NaN);
  /** Not null: the set is dense, and `#places` is not used. */
  #bits: Int32Array | null = null;
  #filled = 0;
  #hasNaN = false;

  get size(): number {
    return this.#filled + (this.#hasNaN ? 1 : 0);
  }

  /** NaN is a value; `forEach` leaves it out. */
  get hasNaN(): boolean {
    return this.#hasNaN;
  }

  get bytes(): number {
    return 120 + this.#places.byteLength + (this.#bits?.byteLength ?? 0);
  }

  add(value: number): void {
    const bits = this.#bits;
    if (bits !== null) {
      const word = value >>> 5;
      if (value >>> 0 === value && word < bits.length) {
        const old = bits[word] as number;
        const now = old | (1 << (value & 31));
        if (now === old) return;
        bits[word] = now;
        this.#filled++;
      } else this.#addBeyond(value);
    } else this.#addHashed(value);
  }

  addAll(other: NumberSet): void {
    if (other.#hasNaN) this.#hasNaN = true;
    if (this.#filled === 0) {
      this.#places = other.#places.slice();
      this.#bits = other.#bits?.slice() ?? null;
      this.#filled = other.#filled;
    } else if (this.#bits !== null && other.#bits !== null) this.#unite(this.#bits, other.#bits);
    else
      other.forEach((value) => {
        this.add(value);
      });
  }

  /** All values but NaN. */
  forEach(visit: (value: number) => void): void {
    if (this.#bits === null) {
      for (const value of this.#places) if (!Number.isNaN(value)) visit(value);
      return;
    }
    for (const [word, all] of this.#bits.entries())
      for (let rest = all; rest !== 0; rest &= rest - 1) visit(word * 32 + 31 - Math.clz32(rest & -rest));
  }

  #addHashed(value: number): void {
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

  /** A dense set meets a value it has no bit for: it gets the bits, or is hashed from now on. */
  #addBeyond(value: number): void {
    const bits = this.#bits;
    if (bits === null || Number.isNaN(value)) {
      this.#hasNaN = true;
      return;
    }
    if (value >>> 0 === value && value < this.#filled * BITS_PER_VALUE) {
      const larger = new Int32Array(wordsFor(value));
      larger.set(bits);
      this.#bits = larger;
    } else this.#becomeHashed();
    this.add(value);
  }

  #unite(own: Int32Array, others: Int32Array): void {
    let bits = own;
    if (others.length > own.length) {
      bits = new Int32Array(others.length);
      bits.set(own);
      this.#bits = bits;
    }
    let added = 0;
    for (let word = 0; word < others.length; word++) {
      const fresh = (others[word] as number) & ~(bits[word] as number);
      if (fresh === 0) continue;
      bits[word] = (bits[word] as number) | fresh;
      added += bitCount(fresh);
    }
    this.#filled += added;
  }

  #grow(): void {
    const old = this.#places;
    const largest = this.#filled < MIN_DENSE ? null : largestIndex(old);
    if (largest !== null && largest < this.#filled * BITS_PER_VALUE) {
      this.#bits = new Int32Array(wordsFor(largest));
      this.#places = new Float64Array(0);
    } else this.#places = new Float64Array(old.length * 2).fill(Number.NaN);
    this.#filled = 0;
    for (const value of old) if (!Number.isNaN(value)) this.add(value);
  }

  #becomeHashed(): void {
    const values: number[] = [];
    this.forEach((value) => {
      values.push(value);
    });
    this.#bits = null;
    this.#filled = 0;
    // Room for twice as many, so that it is not looked at again before the set has doubled.
    const capacity = 2 ** Math.ceil(Math.log2(values.length * 3));
    this.#places = new Float64Array(Math.max(MIN_CAPACITY, capacity)).fill(Number.NaN);
    for (const value of values) this.#addHashed(value);
  }
}

/** The largest of the values when all are integers in [0, 2^32), else null. */
function largestIndex(places: Float64Array): number | null {
  let largest = 0;
  for (const value of places) {
    if (Number.isNaN(value)) continue;
    if (value >>> 0 !== value) return null;
    if (value > largest) largest = value;
  }
  return largest;
}

/** Words that hold bit `value`, with room to grow into. */
function wordsFor(value: number): number {
  return 2 ** Math.ceil(Math.log2((value >>> 5) + 1));
}

function bitCount(word: number): number {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
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
