import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { Cells } from './cells.ts';
import { type Cell, cellAt, isValid } from './column.ts';
import { compareCells } from './compare.ts';
import { nearestAt, wordsOf } from './int64.ts';

/** min and max of numbers, texts or times, nulls left out. NaN is above every number, as in SQL here. */
export class Extreme implements Accumulator {
  readonly bytesPerSlot = 17;
  /** 1 keeps the largest, −1 the smallest. */
  readonly #sign: 1 | -1;
  readonly #best = new Cells();

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  resize(capacity: number): void {
    this.#best.resize(capacity);
  }

  reset(slot: number): void {
    this.#best.clear(slot);
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    if (argument === null) return;
    const { validity } = argument;
    const best = this.#best;
    const sign = this.#sign;
    if (argument.kind === 'number') {
      const { values } = argument;
      for (let row = from; row < rows; row++) {
        const slot = slots[row] as number;
        if (slot < 0 || (validity !== null && !isValid(validity, row))) continue;
        const value = values[row] as number;
        if (!best.isEmpty(slot)) {
          const now = best.nearest(slot);
          // A plain comparison settles all but the first value, NaN and what is near a bigint.
          if (sign === 1 ? value < now : value > now) continue;
          if (value === now && typeof best.get(slot) === 'number') continue;
        }
        this.#offer(slot, value);
      }
      return;
    }
    const words = argument.kind === 'bigint' ? wordsOf(argument.values) : null;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || !isValid(validity, row)) continue;
      if (words !== null && !best.isEmpty(slot) && (nearestAt(words, row) - best.nearest(slot)) * sign < 0) continue;
      this.#offer(slot, cellAt(argument, row));
    }
  }

  merge(source: Extreme, from: number, to: number): void {
    this.#offer(to, source.value(from));
  }

  value(slot: number): Cell {
    return this.#best.get(slot);
  }

  relativeError(): number {
    return 0;
  }

  bytesOf(slot: number): number {
    return this.bytesPerSlot + bytesOfCell(this.value(slot));
  }

  fresh(): Extreme {
    return new Extreme(this.#sign);
  }

  #offer(slot: number, value: Cell): void {
    if (value === null) return;
    const now = this.#best.get(slot);
    if (now === null || compareCells(value, now) * this.#sign > 0) this.#best.set(slot, value);
  }
}

/** What a cell takes beside its place in an array. */
export function bytesOfCell(cell: Cell): number {
  if (typeof cell === 'string') return 24 + cell.length * 2;
  return typeof cell === 'bigint' ? 24 : 0;
}
