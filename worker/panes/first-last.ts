import type { Accumulator, RowsToAdd } from './accumulator.ts';
import { grown } from './accumulator.ts';
import { type Cell, cellAt, isValid } from './column.ts';

/** first and last: the value of the earliest or latest row that has one, by event time, then partition, then offset. */
export class FirstLast implements Accumulator {
  readonly bytesPerSlot = 48;
  /** 1 keeps the last, −1 the first. */
  readonly #sign: 1 | -1;
  readonly #values: Cell[] = [];
  #times: Float64Array = new Float64Array(0);
  #partitions: Float64Array = new Float64Array(0);
  #offsets: Float64Array = new Float64Array(0);

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  resize(capacity: number): void {
    while (this.#values.length < capacity) this.#values.push(null);
    this.#times = grown(this.#times, capacity);
    this.#partitions = grown(this.#partitions, capacity);
    this.#offsets = grown(this.#offsets, capacity);
  }

  reset(slot: number): void {
    this.#values[slot] = null;
  }

  add({ from, rows, slots, argument, partitionAt, timeUs, offsetAt }: RowsToAdd): void {
    if (argument === null) return;
    for (let row = from; row < rows; row++) {
      const slot = slots[row] as number;
      if (slot < 0 || !isValid(argument.validity, row)) continue;
      const time = timeUs[row] as number;
      if (this.#values[slot] !== null && (time - (this.#times[slot] as number)) * this.#sign < 0) continue;
      this.#offer(slot, cellAt(argument, row), time, partitionAt(row), offsetAt(row));
    }
  }

  merge(source: FirstLast, from: number, to: number): void {
    this.#offer(
      to,
      source.value(from),
      source.#times[from] ?? 0,
      source.#partitions[from] ?? 0,
      source.#offsets[from] ?? 0,
    );
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

  fresh(): FirstLast {
    return new FirstLast(this.#sign);
  }

  #offer(slot: number, value: Cell, time: number, partition: number, offset: number): void {
    if (value === null) return;
    if (this.#values[slot] !== null) {
      const later =
        time - (this.#times[slot] as number) ||
        partition - (this.#partitions[slot] as number) ||
        offset - (this.#offsets[slot] as number);
      if (later * this.#sign <= 0) return;
    }
    this.#values[slot] = value;
    this.#times[slot] = time;
    this.#partitions[slot] = partition;
    this.#offsets[slot] = offset;
  }
}
