import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { Cells } from './cells.ts';
import { type Cell, cellAt, isValid } from './column.ts';
import { compareCells } from './compare.ts';
import { bytesOfCell } from './extreme.ts';
import { nearestAt, wordsOf } from './int64.ts';
import { RowOrder } from './row-order.ts';

/**
 * arg_min(x, y) and arg_max(x, y): x of the row whose y is least or greatest. Of equal y the earliest row counts, by event
 * time, then partition, then offset. Rows whose x or y is null are left out, as DuckDB does; NaN is above every number.
 */
export class ArgExtreme implements Accumulator {
  readonly bytesPerSlot = 58;
  /** 1 keeps the greatest y, −1 the least. */
  readonly #sign: 1 | -1;
  readonly #values = new Cells();
  readonly #best = new Cells();
  readonly #order = new RowOrder();

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  resize(capacity: number): void {
    this.#values.resize(capacity);
    this.#best.resize(capacity);
    this.#order.resize(capacity);
  }

  reset(slot: number): void {
    this.#values.clear(slot);
    this.#best.clear(slot);
  }

  add(added: RowsToAdd): void {
    const { from, rows, slots, argument, by } = added;
    if (argument === null || by === null) return;
    const sign = this.#sign;
    const best = this.#best;
    const numbers = by.kind === 'number' ? by.values : null;
    const words = by.kind === 'bigint' ? wordsOf(by.values) : null;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || !isValid(by.validity, row) || !isValid(argument.validity, row)) continue;
      if (!best.isEmpty(slot)) {
        if (numbers !== null || words !== null) {
          const now = best.nearest(slot);
          const value = words !== null ? nearestAt(words, row) : (numbers?.[row] as number);
          if (sign === 1 ? value < now : value > now) continue;
        }
        const better = compareCells(cellAt(by, row) ?? 0, best.get(slot) ?? 0) * sign;
        if (better < 0 || (better === 0 && this.#order.compareRow(slot, added, row) >= 0)) continue;
      }
      best.setFrom(slot, by, row);
      this.#values.setFrom(slot, argument, row);
      this.#order.setRow(slot, added, row);
    }
  }

  merge(source: ArgExtreme, from: number, to: number): void {
    const best = source.#best.get(from);
    const value = source.#values.get(from);
    if (best === null || value === null) return;
    const now = this.#best.get(to);
    if (now !== null) {
      const better = compareCells(best, now) * this.#sign;
      if (better < 0 || (better === 0 && this.#order.compare(to, source.#order, from) >= 0)) return;
    }
    this.#best.set(to, best);
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
    return this.bytesPerSlot + bytesOfCell(this.#values.get(slot)) + bytesOfCell(this.#best.get(slot));
  }

  fresh(): ArgExtreme {
    return new ArgExtreme(this.#sign);
  }
}
