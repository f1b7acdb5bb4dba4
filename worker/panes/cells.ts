import { grown } from './accumulator.ts';
import type { Cell, Column } from './column.ts';
import { cellOf } from './int64.ts';

const EMPTY = 0;
const NUMBER = 1;
const OTHER = 2;

/**
 * One value per slot. Numbers are in a typed array, so that setting one allocates nothing; texts and bigints are beside
 * it, and of a bigint the nearest number is kept too.
 */
export class Cells {
  #kinds: Uint8Array = new Uint8Array(0);
  #numbers: Float64Array = new Float64Array(0);
  readonly #others: (string | bigint | null)[] = [];

  resize(capacity: number): void {
    this.#numbers = grown(this.#numbers, capacity);
    if (this.#kinds.length >= this.#numbers.length) return;
    const kinds = new Uint8Array(this.#numbers.length);
    kinds.set(this.#kinds);
    this.#kinds = kinds;
  }

  clear(slot: number): void {
    if (this.#kinds[slot] === OTHER) this.#others[slot] = null;
    this.#kinds[slot] = EMPTY;
  }

  isEmpty(slot: number): boolean {
    return (this.#kinds[slot] ?? EMPTY) === EMPTY;
  }

  get(slot: number): Cell {
    switch (this.#kinds[slot]) {
      case NUMBER:
        return this.#numbers[slot] as number;
      case OTHER:
        return this.#others[slot] ?? null;
      default:
        return null;
    }
  }

  /** The number held, or the one nearest to the bigint held; of no use for texts. */
  nearest(slot: number): number {
    return this.#numbers[slot] as number;
  }

  set(slot: number, value: Exclude<Cell, null>): void {
    if (typeof value === 'number') this.setNumber(slot, value);
    else this.#setOther(slot, value, typeof value === 'bigint' ? Number(value) : 0);
  }

  setNumber(slot: number, value: number): void {
    if (this.#kinds[slot] === OTHER) this.#others[slot] = null;
    this.#kinds[slot] = NUMBER;
    this.#numbers[slot] = value;
  }

  /** Takes a column's value, which is not null. */
  setFrom(slot: number, column: Column, row: number): void {
    if (column.kind === 'number') this.setNumber(slot, column.values[row] as number);
    else if (column.kind === 'text') this.#setOther(slot, column.texts[column.codes[row] as number] as string, 0);
    else this.set(slot, cellOf(column.values[row] as bigint));
  }

  #setOther(slot: number, value: string | bigint, nearest: number): void {
    while (this.#others.length < this.#kinds.length) this.#others.push(null);
    this.#kinds[slot] = OTHER;
    this.#others[slot] = value;
    this.#numbers[slot] = nearest;
  }
}
