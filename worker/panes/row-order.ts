import { grown, type RowsToAdd } from './accumulator.ts';

/** Per slot the place of a row in its stream: event time, then partition, then offset. */
export class RowOrder {
  #times: Float64Array = new Float64Array(0);
  #partitions: Float64Array = new Float64Array(0);
  #offsets: Float64Array = new Float64Array(0);

  resize(capacity: number): void {
    this.#times = grown(this.#times, capacity);
    this.#partitions = grown(this.#partitions, capacity);
    this.#offsets = grown(this.#offsets, capacity);
  }

  /** Below 0 when the row comes before the slot's. */
  compareRow(slot: number, { timeUs, partitionAt, offsetAt }: RowsToAdd, row: number): number {
    return (
      (timeUs[row] as number) - (this.#times[slot] as number) ||
      partitionAt(row) - (this.#partitions[slot] as number) ||
      offsetAt(row) - (this.#offsets[slot] as number)
    );
  }

  setRow(slot: number, { timeUs, partitionAt, offsetAt }: RowsToAdd, row: number): void {
    this.#times[slot] = timeUs[row] as number;
    this.#partitions[slot] = partitionAt(row);
    this.#offsets[slot] = offsetAt(row);
  }

  /** Below 0 when the row of a slot of `other` comes before the slot's. */
  compare(slot: number, other: RowOrder, from: number): number {
    return (
      (other.#times[from] as number) - (this.#times[slot] as number) ||
      (other.#partitions[from] as number) - (this.#partitions[slot] as number) ||
      (other.#offsets[from] as number) - (this.#offsets[slot] as number)
    );
  }

  copy(slot: number, other: RowOrder, from: number): void {
    this.#times[slot] = other.#times[from] as number;
    this.#partitions[slot] = other.#partitions[from] as number;
    this.#offsets[slot] = other.#offsets[from] as number;
  }
}
