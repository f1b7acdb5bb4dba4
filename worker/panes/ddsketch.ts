import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { isValid } from './column.ts';

/** The relative error every quantile keeps to. */
export const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const PER_LOG = 1 / Math.log(GAMMA);
/** Magnitudes below this count as zero. */
const SMALLEST = 1e-12;
/** Buckets of one sign; past it the smallest magnitudes are counted together. 2,048 span 17 powers of ten. */
const MAX_BUCKETS = 2048;

/**
 * quantile, as a DDSketch: counts per bucket (γ^(i−1), γ^i] of magnitude, γ = (1 + α) / (1 − α), positive and negative
 * apart, and of zero. A quantile is the bucket's middle, within 1 % of the value at that rank. NaN and infinities are
 * left out: no bucket holds them.
 */
export class DdSketch implements Accumulator {
  readonly bytesPerSlot = 8;
  readonly #sketches: (Sketch | null)[] = [];

  resize(capacity: number): void {
    while (this.#sketches.length < capacity) this.#sketches.push(null);
  }

  reset(slot: number): void {
    this.#sketches[slot] = null;
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    if (argument === null || argument.kind === 'text') return;
    const { values, validity } = argument;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || !isValid(validity, row)) continue;
      const value = Number(values[row]);
      if (Number.isFinite(value)) this.#sketch(slot).add(value);
    }
  }

  merge(source: DdSketch, from: number, to: number): void {
    const sketch = source.#sketches[from];
    if (sketch) this.#sketch(to).merge(sketch);
  }

  value(slot: number, rank: number): number | null {
    return this.#sketches[slot]?.quantile(rank) ?? null;
  }

  relativeError(): number {
    return RELATIVE_ERROR;
  }

  bytesOf(): number {
    return this.bytesPerSlot;
  }

  fresh(): DdSketch {
    return new DdSketch();
  }

  #sketch(slot: number): Sketch {
    const found = this.#sketches[slot];
    if (found) return found;
    const made = new Sketch();
    this.#sketches[slot] = made;
    return made;
  }
}

class Sketch {
  readonly #positive = new Buckets();
  readonly #negative = new Buckets();
  #zeros = 0;

  add(value: number): void {
    if (value > SMALLEST) this.#positive.add(indexOf(value), 1);
    else if (value < -SMALLEST) this.#negative.add(indexOf(-value), 1);
    else this.#zeros++;
  }

  merge(other: Sketch): void {
    this.#positive.merge(other.#positive);
    this.#negative.merge(other.#negative);
    this.#zeros += other.#zeros;
  }

  /** The value at rank q · (n − 1), counted from 0. */
  quantile(rank: number): number | null {
    const count = this.#negative.total + this.#zeros + this.#positive.total;
    if (count === 0) return null;
    const wanted = rank * (count - 1);
    if (wanted < this.#negative.total)
      return -middleOf(this.#negative.indexAt(this.#negative.total - 1 - Math.floor(wanted)));
    if (wanted < this.#negative.total + this.#zeros) return 0;
    return middleOf(this.#positive.indexAt(Math.floor(wanted) - this.#negative.total - this.#zeros));
  }
}

/** Counts of a run of bucket indexes; `#first` is the index of `#counts[0]`. */
class Buckets {
  #counts: Float64Array = new Float64Array(0);
  #first = 0;
  total = 0;

  add(index: number, count: number): void {
    if (this.#counts.length === 0) {
      this.#counts = new Float64Array(16);
      this.#first = index - 8;
    }
    let place = index - this.#first;
    if (place < 0 || place >= this.#counts.length) {
      this.#cover(index);
      place = Math.max(0, index - this.#first);
    }
    this.#counts[place] = (this.#counts[place] as number) + count;
    this.total += count;
  }

  merge(other: Buckets): void {
    for (const [place, count] of other.#counts.entries()) if (count > 0) this.add(other.#first + place, count);
  }

  /** Index of the bucket that holds the value at `position`, counted from the smallest. */
  indexAt(position: number): number {
    let seen = 0;
    for (const [place, count] of this.#counts.entries()) {
      seen += count;
      if (seen > position) return this.#first + place;
    }
    return this.#first + this.#counts.length - 1;
  }

  #cover(index: number): void {
    const last = Math.max(this.#first + this.#counts.length - 1, index);
    const lowest = Math.min(this.#first, index);
    const spare = Math.min(256, Math.max(16, (last - lowest) >> 1));
    const end = index === last ? last + spare : last;
    const first = Math.max(end - MAX_BUCKETS + 1, index === lowest ? lowest - spare : lowest);
    const counts = new Float64Array(end - first + 1);
    for (const [place, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const to = Math.max(0, this.#first + place - first);
      counts[to] = (counts[to] as number) + count;
    }
    this.#counts = counts;
    this.#first = first;
  }
}

function indexOf(magnitude: number): number {
  return Math.ceil(Math.log(magnitude) * PER_LOG);
}

function middleOf(index: number): number {
  return (2 * GAMMA ** index) / (GAMMA + 1);
}
