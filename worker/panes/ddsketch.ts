import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { type BucketPlace, Buckets } from './buckets.ts';
import { isValid } from './column.ts';
import { FewValues } from './few-values.ts';
import { nearestAt, wordsOf } from './int64.ts';

/** The relative error every quantile keeps to, unless its buckets had to be joined. */
export const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
const PER_LOG = 1 / Math.log(GAMMA);
/** The least normal float64; magnitudes below it count as zero. */
const SMALLEST = 2.2250738585072014e-308;

/**
 * quantile and median: exact of up to 256 values, as SQL's quantile_cont; of more, a DDSketch (Masson, Rim, Lee, VLDB
 * 2019): counts per bucket (γ^(i−1), γ^i] of magnitude,
 * γ = (1 + α) / (1 − α), α = 1 %, positive and negative apart, and of zero. The value at rank q of n values is the one at
 * place ⌊q · (n − 1)⌋ in ascending order, counted from 0; the answer is its bucket's middle, within 1 % of it.
 *
 *   −∞ | negative buckets, falling magnitude | 0 | positive buckets, rising magnitude | +∞
 *
 * Nulls and NaN are left out. Infinities have counts of their own at both ends: a rank that falls there yields them.
 * The least and the greatest value (ranks 0 and 1) are kept exactly, and no answer lies beyond them.
 * One sign has at most 2,048 buckets, 17 powers of ten; values further below its greatest magnitude are joined into the
 * lowest bucket (see buckets.ts), and an answer from there has no bound: its `relativeError` is Infinity.
 */
export class DdSketch implements Accumulator {
  readonly bytesPerSlot = 8;
  /** What values are divided by: 10^scale of a decimal, else 1. */
  readonly #unit: number;
  readonly #sketches: (Sketch | null)[] = [];

  constructor(unit: number) {
    this.#unit = unit;
  }

  resize(capacity: number): void {
    while (this.#sketches.length < capacity) this.#sketches.push(null);
  }

  reset(slot: number): void {
    this.#sketches[slot] = null;
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    if (argument === null || argument.kind === 'text') return;
    const { validity } = argument;
    const words = argument.kind === 'bigint' ? wordsOf(argument.values) : null;
    const values = argument.kind === 'number' ? argument.values : null;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || (validity !== null && !isValid(validity, row))) continue;
      const value = values !== null ? (values[row] as number) : nearestAt(words as Int32Array, row);
      if (!Number.isNaN(value)) this.#sketch(slot).add(value / this.#unit);
    }
  }

  merge(source: DdSketch, from: number, to: number): void {
    const sketch = source.#sketches[from];
    if (sketch) this.#sketch(to).merge(sketch);
  }

  value(slot: number, rank: number): number | null {
    return this.#sketches[slot]?.quantile(rank).value ?? null;
  }

  relativeError(slot: number, rank: number): number {
    return this.#sketches[slot]?.quantile(rank).error ?? 0;
  }

  bytesOf(slot: number): number {
    return this.bytesPerSlot + (this.#sketches[slot]?.bytes ?? 0);
  }

  fresh(): DdSketch {
    return new DdSketch(this.#unit);
  }

  #sketch(slot: number): Sketch {
    const found = this.#sketches[slot];
    if (found) return found;
    const made = new Sketch();
    this.#sketches[slot] = made;
    return made;
  }
}

interface Answer {
  readonly value: number | null;
  readonly error: number;
}

class Sketch {
  /** Null: there were too many, and they are in buckets. */
  #few: FewValues | null = new FewValues();
  readonly #positive = new Buckets();
  readonly #negative = new Buckets();
  #zeros = 0;
  #lowest = 0;
  #highest = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  get bytes(): number {
    return 160 + (this.#few?.bytes ?? 0) + this.#positive.bytes + this.#negative.bytes;
  }

  add(value: number): void {
    if (this.#few !== null) {
      if (this.#few.add(value)) return;
      this.#spill(this.#few);
    }
    this.#count(value);
  }

  #spill(few: FewValues): void {
    this.#few = null;
    for (const value of few.values) this.#count(value);
  }

  #count(value: number): void {
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (value >= SMALLEST && value < Number.POSITIVE_INFINITY) this.#positive.add(indexOf(value), 1);
    else if (value <= -SMALLEST && value > Number.NEGATIVE_INFINITY) this.#negative.add(indexOf(-value), 1);
    else if (value === Number.POSITIVE_INFINITY) this.#highest++;
    else if (value === Number.NEGATIVE_INFINITY) this.#lowest++;
    else this.#zeros++;
  }

  merge(other: Sketch): void {
    if (other.#few !== null) {
      for (const value of other.#few.values) this.add(value);
      return;
    }
    if (this.#few !== null) this.#spill(this.#few);
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    this.#positive.merge(other.#positive);
    this.#negative.merge(other.#negative);
    this.#zeros += other.#zeros;
    this.#lowest += other.#lowest;
    this.#highest += other.#highest;
  }

  quantile(rank: number): Answer {
    if (this.#few !== null) return { value: this.#few.quantile(rank), error: 0 };
    const finite = this.#negative.total + this.#zeros + this.#positive.total;
    const last = this.#lowest + finite + this.#highest - 1;
    const place = Math.floor(rank * last);
    if (place <= 0) return { value: this.#min, error: 0 };
    if (place >= last) return { value: this.#max, error: 0 };
    let wanted = place - this.#lowest;
    if (wanted < 0) return { value: Number.NEGATIVE_INFINITY, error: 0 };
    if (wanted >= finite) return { value: Number.POSITIVE_INFINITY, error: 0 };
    if (wanted < this.#negative.total) return this.#within(this.#negative.at(this.#negative.total - 1 - wanted), -1);
    wanted -= this.#negative.total;
    if (wanted < this.#zeros) return { value: 0, error: 0 };
    return this.#within(this.#positive.at(wanted - this.#zeros), 1);
  }

  #within({ index, joined }: BucketPlace, sign: 1 | -1): Answer {
    if (this.#min === this.#max) return { value: this.#min, error: 0 };
    const value = Math.min(this.#max, Math.max(this.#min, sign * middleOf(index)));
    return { value, error: joined ? Number.POSITIVE_INFINITY : RELATIVE_ERROR };
  }
}

function indexOf(magnitude: number): number {
  return Math.ceil(Math.log(magnitude) * PER_LOG);
}

function middleOf(index: number): number {
  return (2 * GAMMA ** index) / (GAMMA + 1);
}
