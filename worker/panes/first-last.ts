import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { Cells } from './cells.ts';
import { type Cell, isValid } from './column.ts';
import { bytesOfCell } from './extreme.ts';
import { RowOrder } from './row-order.ts';

/** first and last: the value of the earliest or latest row that has one, by event time, then partition, then offset. */
export class FirstLast implements Accumulator {
  readonly bytesPerSlot = 41;
  /** 1 keeps the last, −1 the first. */
  readonly #sign: 1 | -1;
  readonly #values = new Cells();
  readonly #order = new RowOrder();

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  resize(capacity: number): void {
    this.#values.resize(capacity);
    this.#order.resize(capacity);
  }

  reset(slot: number): void {
    this.#values.clear(slot);
  }

  add(added: RowsToAdd): void {
    const { from, rows, slots, argument } = added;
    if (argument === null) return;
    const { validity } = argument;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || (validity !== null && !isValid(validity, row))) continue;
      if (!this.#values.isEmpty(slot) && this.#order.compareRow(slot, added, row) * this.#sign <= 0) continue;
      this.#values.setFrom(slot, argument, row);
      this.#order.setRow(slot, added, row);
    }
  }

  merge(source: FirstLast, from: number, to: number): void {
    const value = source.value(from);
    if (value === null) return;
    if (!this.#values.isEmpty(to) && this.#order.compare(to, source.#order, from) * this.#sign <= 0) return;
    this.#values.set(to, value);
    this.#order.copy(to, source.#order, from);
  }

  value(slot: number): Cell {
    return this.#values.get(slot);
  }

  relativeError(): number {
    return 0;
  }

  bytesOf(slot: number): number {
    return this.bytesPerSlot + bytesOfCell(this.value(slot));
  }

  fresh(): FirstLast {
    return new FirstLast(this.#sign);
  }
}
