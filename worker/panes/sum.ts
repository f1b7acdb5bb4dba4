import { type Accumulator, grown, type RowsToAdd } from './accumulator.ts';
import { type Cell, isValid } from './column.ts';

const EXACT = 2 ** 53;

/**
 * sum and avg. Integers are exact: a float64 takes them up to 2^53, and what would go beyond moves to a bigint beside it.
 * Floats are summed with Neumaier's compensation, so that their order, and how they were cut into panes, shows at most
 * in the last digit.
 */
export class Sum implements Accumulator {
  readonly bytesPerSlot = 24;
  /** Turns false for good when a field widens from int64 to float64. */
  #integer: boolean;
  readonly #mean: boolean;
  #counts: Float64Array = new Float64Array(0);
  #sums: Float64Array = new Float64Array(0);
  /** Compensation of float sums. */
  #rests: Float64Array = new Float64Array(0);
  /** What integer sums have beyond `#sums`. */
  readonly #carries = new Map<number, bigint>();

  constructor(integer: boolean, mean: boolean) {
    this.#integer = integer;
    this.#mean = mean;
  }

  resize(capacity: number): void {
    this.#counts = grown(this.#counts, capacity);
    this.#sums = grown(this.#sums, capacity);
    if (!this.#integer) this.#rests = grown(this.#rests, capacity);
  }

  reset(slot: number): void {
    this.#counts[slot] = 0;
    this.#sums[slot] = 0;
    if (!this.#integer) this.#rests[slot] = 0;
    this.#carries.delete(slot);
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    if (argument === null || argument.kind === 'text') return;
    const { validity } = argument;
    const counts = this.#counts;
    if (argument.kind === 'bigint') {
      for (let row = from; row < rows; row++) {
        const slot = slots[row] as number;
        if (slot < 0 || !isValid(validity, row)) continue;
        counts[slot] = (counts[slot] as number) + 1;
        if (this.#integer) this.#carry(slot, argument.values[row] as bigint);
        else this.#addFloat(slot, Number(argument.values[row]));
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
    this.#counts[to] = (this.#counts[to] ?? 0) + (source.#counts[from] ?? 0);
    if (!source.#integer && this.#integer) this.#becomeFloat();
    if (!this.#integer && source.#integer) this.#addFloat(to, Number(source.#total(from)));
    else if (this.#integer) {
      this.#addInteger(to, source.#sums[from] ?? 0);
      const carry = source.#carries.get(from);
      if (carry !== undefined) this.#carry(to, carry);
    } else {
      this.#addFloat(to, source.#sums[from] ?? 0);
      this.#addFloat(to, source.#rests[from] ?? 0);
    }
  }

  value(slot: number): Cell {
    const count = this.#counts[slot] ?? 0;
    if (count === 0) return null;
    const sum = this.#total(slot);
    if (this.#mean) return Number(sum) / count;
    return typeof sum === 'bigint' && sum <= BigInt(EXACT) && sum >= -BigInt(EXACT) ? Number(sum) : sum;
  }

  relativeError(): number {
    return 0;
  }

  bytesOf(): number {
    return this.bytesPerSlot;
  }

  fresh(): Sum {
    return new Sum(this.#integer, this.#mean);
  }

  #total(slot: number): number | bigint {
    const sum = this.#sums[slot] ?? 0;
    if (!this.#integer) {
      const total = sum + (this.#rests[slot] ?? 0);
      // The compensation of an infinite sum is not a number.
      return Number.isFinite(sum) ? total : sum;
    }
    const carry = this.#carries.get(slot);
    return carry === undefined ? sum : carry + BigInt(sum);
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

  #becomeFloat(): void {
    const slots = this.#sums.length;
    const totals = Float64Array.from({ length: slots }, (_, slot) => Number(this.#total(slot)));
    this.#integer = false;
    this.#sums = totals;
    this.#rests = new Float64Array(slots);
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
