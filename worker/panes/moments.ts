import { type Accumulator, grown, type RowsToAdd } from './accumulator.ts';
import { isValid } from './column.ts';
import { nearestAt, wordsOf } from './int64.ts';

export interface MomentsOptions {
  /** Divides by n (a population) instead of n − 1 (a sample). */
  readonly population: boolean;
  /** The square root of the variance. */
  readonly deviation: boolean;
  /** What values are divided by: 10^scale of a decimal, else 1. */
  readonly unit: number;
}

/**
 * variance and stddev: count, mean and sum of squared distances from the mean, kept by Welford's method and merged by
 * Chan's. Means are kept less the slot's first value, its origin, so that values far from 0 lose no digits. A sample of fewer than two values has none (null); neither
 * has a population of no value, that of one has 0. With a NaN or an infinity among the values it is NaN.
 */
export class Moments implements Accumulator {
  readonly bytesPerSlot = 32;
  readonly #options: MomentsOptions;
  #counts: Float64Array = new Float64Array(0);
  #origins: Float64Array = new Float64Array(0);
  #means: Float64Array = new Float64Array(0);
  #squares: Float64Array = new Float64Array(0);

  constructor(options: MomentsOptions) {
    this.#options = options;
  }

  resize(capacity: number): void {
    this.#counts = grown(this.#counts, capacity);
    this.#origins = grown(this.#origins, capacity);
    this.#means = grown(this.#means, capacity);
    this.#squares = grown(this.#squares, capacity);
  }

  reset(slot: number): void {
    this.#counts[slot] = 0;
    this.#means[slot] = 0;
    this.#squares[slot] = 0;
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    if (argument === null || argument.kind === 'text') return;
    const { validity } = argument;
    if (argument.kind === 'bigint') {
      const words = wordsOf(argument.values);
      for (let row = from; row < rows; row++) {
        const slot = slots[row] as number;
        if (slot >= 0 && isValid(validity, row)) this.#offer(slot, nearestAt(words, row));
      }
      return;
    }
    const { values } = argument;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot >= 0 && (validity === null || isValid(validity, row))) this.#offer(slot, values[row] as number);
    }
  }

  merge(source: Moments, from: number, to: number): void {
    const added = source.#counts[from] ?? 0;
    if (added === 0) return;
    const count = this.#counts[to] as number;
    const both = count + added;
    this.#counts[to] = both;
    if (count === 0) {
      this.#origins[to] = source.#origins[from] as number;
      this.#means[to] = source.#means[from] as number;
      this.#squares[to] = source.#squares[from] as number;
      return;
    }
    const origins = (source.#origins[from] as number) - (this.#origins[to] as number);
    const apart = origins + ((source.#means[from] as number) - (this.#means[to] as number));
    this.#means[to] = (this.#means[to] as number) + (apart * added) / both;
    this.#squares[to] =
      (this.#squares[to] as number) + (source.#squares[from] as number) + apart * apart * ((count * added) / both);
  }

  value(slot: number): number | null {
    const { population, deviation, unit } = this.#options;
    const count = this.#counts[slot] ?? 0;
    const freedom = population ? count : count - 1;
    if (freedom <= 0) return null;
    const variance = (this.#squares[slot] as number) / freedom;
    return deviation ? Math.sqrt(variance) / unit : variance / unit / unit;
  }

  relativeError(): number {
    return 0;
  }

  bytesOf(): number {
    return this.bytesPerSlot;
  }

  fresh(): Moments {
    return new Moments(this.#options);
  }

  #offer(slot: number, value: number): void {
    const count = (this.#counts[slot] as number) + 1;
    if (count === 1) this.#origins[slot] = value;
    const shifted = value - (this.#origins[slot] as number);
    const before = shifted - (this.#means[slot] as number);
    const mean = (this.#means[slot] as number) + before / count;
    this.#counts[slot] = count;
    this.#means[slot] = mean;
    this.#squares[slot] = (this.#squares[slot] as number) + before * (shifted - mean);
  }
}
