import { type Accumulator, grown, type RowsToAdd } from './accumulator.ts';
import { isValid } from './column.ts';

/** count() and count(x): rows, or rows whose argument is not null. */
export class Count implements Accumulator {
  readonly bytesPerSlot = 8;
  #counts: Float64Array = new Float64Array(0);

  resize(capacity: number): void {
    this.#counts = grown(this.#counts, capacity);
  }

  reset(slot: number): void {
    this.#counts[slot] = 0;
  }

  add({ from, rows, slots, argument }: RowsToAdd): void {
    const counts = this.#counts;
    const validity = argument?.validity ?? null;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot >= 0 && (validity === null || isValid(validity, row))) counts[slot] = (counts[slot] as number) + 1;
    }
  }

  merge(source: Count, from: number, to: number): void {
    this.#counts[to] = this.value(to) + source.value(from);
  }

  value(slot: number): number {
    return this.#counts[slot] ?? 0;
  }

  relativeError(): number {
    return 0;
  }

  bytesOf(): number {
    return this.bytesPerSlot;
  }

  fresh(): Count {
    return new Count();
  }
}
