import { type Accumulator, grown, type RowsToAdd } from './accumulator.ts';
import { type Cell, isValid } from './column.ts';
import { cellOf, isSafeAt, nearestAt, wordsOf } from './int64.ts';

const EXACT = 2 ** 53;
const WORD = 2n ** 32n;

export interface SumOptions {
  /** The values are integers, or decimals as integers. */
  readonly integer: boolean;
  /** Divides by the number of values. */
  readonly mean: boolean;
  /** What a mean is divided by too: 10^scale of a decimal, else 1. */
  readonly unit: number;
}

/**
 * sum and avg. Integers are exact: a float64 takes them up to 2^53, and what would go beyond moves to a bigint beside it.
 * Floats are summed with Neumaier's compensation, so that their order, and how they were cut into panes, shows at most
 * in the last digit; NaN and infinities give what IEEE addition gives (∞ − ∞ is NaN), as in DuckDB.
 *
 *   integers   highs · 2^32 + sums + carries      int64 beyond 2^53 are added as two words, without a bigint per row
 *   floats     sums + rests
 */
export class Sum implements Accumulator {
  readonly bytesPerSlot = 24;
  readonly #options: SumOptions;
  /** Turns false for good when a field widens from int64 to float64. */
  #integer: boolean;
  #counts: Float64Array = new Float64Array(0);
  #sums: Float64Array = new Float64Array(0);
  /** Compensation of float sums; of integers the sum of high words. */
  #rests: Float64Array = new Float64Array(0);
  /** What integer sums have beyond the arrays. */
  readonly #carries = new Map<number, bigint>();

  constructor(options: SumOptions) {
    this.#options = options;
    this.#integer = options.integer;
  }

  resize(capacity: number): void {
    this.#counts = grown(this.#counts, capacity);
    this.#sums = grown(this.#sums, capacity);
    this.#rests = grown(this.#rests, capacity);
  }

  reset(slot: number): void {
    this.#counts[slot] = 0;
    this.#sums[slot] = 0;
    this.#rests[slot] = 0;
    this.#carries.delete(slot);
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    if (argument === null || argument.kind === 'text') return;
    const { validity } = argument;
    const counts = this.#counts;
    if (argument.kind === 'bigint') {
      const words = wordsOf(argument.values);
      for (let row = from; row < rows; row++) {
        const slot = slots[row] as number;
        if (slot < 0 || !isValid(validity, row)) continue;
        counts[slot] = (counts[slot] as number) + 1;
        if (!this.#integer) this.#addFloat(slot, nearestAt(words, row));
        else if (isSafeAt(words, row)) this.#addInteger(slot, nearestAt(words, row));
        else this.#addWords(slot, words[row * 2 + 1] as number, (words[row * 2] as number) >>> 0);
      }
      return;
    }
    const { values } = argument;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || (validity !== null && !isValid(validity, row))) continue;
      counts[slot] = (counts[slot] as number) + 1;
      if (this.#integer) this.#addInteger(slot, values[row] as number);
      else this.#addFloat(slot, values[row] as number);
    }
  }

  merge(source: Sum, from: number, to: number): void {
    const added = source.#counts[from] ?? 0;
    if (added === 0) return;
    this.#counts[to] = (this.#counts[to] as number) + added;
    if (!source.#integer && this.#integer) this.#becomeFloat();
    if (!this.#integer && source.#integer) this.#addFloat(to, Number(source.#total(from)));
    else if (this.#integer) {
      this.#addInteger(to, source.#sums[from] as number);
      this.#addWords(to, source.#rests[from] as number, 0);
      const carry = source.#carries.get(from);
      if (carry !== undefined) this.#carry(to, carry);
    } else {
      const rest = source.#rests[from] as number;
      this.#addFloat(to, source.#sums[from] as number);
      this.#rests[to] = (this.#rests[to] as number) + rest;
    }
  }

  value(slot: number): Cell {
    const count = this.#counts[slot] ?? 0;
    if (count === 0) return null;
    const sum = this.#total(slot);
    if (this.#options.mean) return Number(sum) / (count * this.#options.unit);
    return typeof sum === 'bigint' ? cellOf(sum) : sum;
  }

  relativeError(): number {
    return 0;
  }

  bytesOf(slot: number): number {
    return this.bytesPerSlot + (this.#carries.has(slot) ? 48 : 0);
  }

  fresh(): Sum {
    return new Sum({ ...this.#options, integer: this.#integer });
  }

  #total(slot: number): number | bigint {
    const sum = this.#sums[slot] as number;
    const rest = this.#rests[slot] as number;
    // The compensation of an infinite sum is not a number.
    if (!this.#integer) return Number.isFinite(sum) ? sum + rest : sum;
    const carry = this.#carries.get(slot);
    return carry === undefined && rest === 0 ? sum : (carry ?? 0n) + BigInt(rest) * WORD + BigInt(sum);
  }

  #addInteger(slot: number, value: number): void {
    const sum = (this.#sums[slot] as number) + value;
    if (sum < EXACT && sum > -EXACT && Number.isInteger(value)) this.#sums[slot] = sum;
    else if (!Number.isInteger(value)) {
      this.#becomeFloat();
      this.#addFloat(slot, value);
    } else {
      this.#carry(slot, BigInt(this.#sums[slot] as number) + BigInt(value));
      this.#sums[slot] = 0;
    }
  }

  /** Adds high · 2^32 + low. */
  #addWords(slot: number, high: number, low: number): void {
    const highs = (this.#rests[slot] as number) + high;
    if (highs < EXACT && highs > -EXACT) this.#rests[slot] = highs;
    else {
      this.#carry(slot, (BigInt(this.#rests[slot] as number) + BigInt(high)) * WORD);
      this.#rests[slot] = 0;
    }
    if (low !== 0) this.#addInteger(slot, low);
  }

  #becomeFloat(): void {
    const totals = Float64Array.from(this.#sums, (_, slot) => Number(this.#total(slot)));
    this.#integer = false;
    this.#sums = totals;
    this.#rests.fill(0);
    this.#carries.clear();
  }

  #carry(slot: number, value: bigint): void {
    this.#carries.set(slot, (this.#carries.get(slot) ?? 0n) + value);
  }

  #addFloat(slot: number, value: number): void {
    const before = this.#sums[slot] as number;
    const sum = before + value;
    this.#rests[slot] =
      (this.#rests[slot] as number) +
      (Math.abs(before) >= Math.abs(value) ? before - sum + value : value - sum + before);
    this.#sums[slot] = sum;
  }
}
