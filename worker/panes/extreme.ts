import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { type Cell, cellAt } from './column.ts';
import { compareCells } from './compare.ts';

/** min and max of numbers, texts or times, nulls left out. NaN is above every number, as in SQL here. */
export class Extreme implements Accumulator {
  readonly bytesPerSlot = 24;
  /** 1 keeps the largest, −1 the smallest. */
  readonly #sign: 1 | -1;
  readonly #values: Cell[] = [];

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  resize(capacity: number): void {
    while (this.#values.length < capacity) this.#values.push(null);
  }

  reset(slot: number): void {
    this.#values[slot] = null;
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    if (argument === null) return;
    if (argument.kind === 'number' && argument.validity === null) {
      const { values } = argument;
      const best = this.#values;
      const sign = this.#sign;
      for (let row = from; row < rows; row++) {
        const slot = slots[row] as number;
        if (slot < 0) continue;
        const value = values[row] as number;
        const now = best[slot];
        // A plain comparison settles all but the first value and NaN.
        if (typeof now === 'number' && (sign === 1 ? value <= now : value >= now)) continue;
        this.#offer(slot, value);
      }
      return;
    }
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot >= 0) this.#offer(slot, cellAt(argument, row));
    }
  }

  merge(source: Extreme, from: number, to: number): void {
    this.#offer(to, source.value(from));
  }

  value(slot: number): Cell {
    return this.#values[slot] ?? null;
  }

  relativeError(): number {
    return 0;
  }

  bytesOf(): number {
    return this.bytesPerSlot;
  }

  fresh(): Extreme {
    return new Extreme(this.#sign);
  }

  #offer(slot: number, value: Cell): void {
    if (value === null) return;
    const now = this.#values[slot] ?? null;
    if (now === null || compareCells(value, now) * this.#sign > 0) this.#values[slot] = value;
  }
}
