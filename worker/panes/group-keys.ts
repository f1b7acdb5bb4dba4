import { type Cell, type Column, cellAt, type TextColumn } from './column.ts';

/** What OTHER's by-values are shown as. */
export const OTHER_TEXT = '(other)';
/** The number of the group that stands for all groups beyond the bound. */
export const OTHER = -1;
const UNSEEN = -2;

/**
 * Numbers the groups of a table: a group is the tuple of its by-values, null among them; equal tuples have one number.
 * Each by-column numbers its own values, and tuples are numbered pair by pair. While there are `maxKeys` of them, new
 * ones are all OTHER, so that keys that explode do not take the memory. (N5)
 */
export class GroupKeys {
  readonly #by: readonly string[];
  maxKeys = Number.POSITIVE_INFINITY;
  /** Rises when groups have other numbers. */
  version = 0;
  #values: Map<Cell, number>[];
  #pairs: Map<number, number>[];
  #tuples: Cell[][] = [];
  #shared: Int32Array | null = null;

  constructor(by: readonly string[]) {
    this.#by = by;
    this.#values = by.map(() => new Map());
    this.#pairs = by.map(() => new Map());
    if (by.length === 0) this.#tuples.push([]);
  }

  get size(): number {
    return this.#tuples.length;
  }

  /** The by-values of a group; of OTHER a text that no value is, for all of them. */
  tuple(key: number): readonly Cell[] {
    return key === OTHER ? this.#by.map(() => OTHER_TEXT) : (this.#tuples[key] ?? []);
  }

  /** The group of every row from `from`; valid until the next call. */
  keysOf(columns: readonly Column[], from: number, rows: number): Int32Array {
    if (this.#shared === null || this.#shared.length < rows) this.#shared = new Int32Array(Math.max(rows, 8192));
    const keys = this.#shared;
    if (columns.length === 0) return keys.fill(0, 0, rows);
    const [only] = columns;
    if (columns.length === 1 && only?.kind === 'text' && only.validity === null)
      return this.#keysOfTexts(only, columns, keys, from, rows);
    for (const [index, column] of columns.entries()) {
      const numberAt = this.#numbering(index, column);
      const last = index === columns.length - 1;
      for (let row = from; row < rows; row++) {
        const before = index === 0 ? 0 : (keys[row] as number);
        if (before === OTHER) continue;
        const number = numberAt(row);
        keys[row] =
          number === OTHER || (index === 0 && !last) ? number : this.#extend(index, before, number, columns, row);
      }
    }
    return keys;
  }

  /** With one by-column of texts a group is looked up once per code. */
  #keysOfTexts(
    { codes, texts }: TextColumn,
    columns: readonly Column[],
    keys: Int32Array,
    from: number,
    rows: number,
  ): Int32Array {
    const groups = new Int32Array(texts.length).fill(UNSEEN);
    for (let row = from; row < rows; row++) {
      const code = codes[row] as number;
      let group = groups[code] as number;
      if (group === UNSEEN) {
        const number = this.#numberOf(0, texts[code] ?? null);
        group = number === OTHER ? OTHER : this.#extend(0, 0, number, columns, row);
        groups[code] = group;
      }
      keys[row] = group;
    }
    return keys;
  }

  /** Forgets all groups but `used`; returns old number → new number. */
  keep(used: readonly number[]): Map<number, number> {
    this.version++;
    const tuples = used.map((key) => this.tuple(key));
    this.#values = this.#by.map(() => new Map());
    this.#pairs = this.#by.map(() => new Map());
    this.#tuples = [];
    const renumbered = new Map<number, number>();
    for (const [at, tuple] of tuples.entries()) {
      let key = 0;
      for (const [index, value] of tuple.entries()) {
        const number = this.#numberOf(index, value);
        key = index === 0 && tuple.length > 1 ? number : this.#pairOf(index, index === 0 ? 0 : key, number, tuple);
      }
      renumbered.set(used[at] ?? 0, key);
    }
    if (this.#by.length === 0) this.#tuples = [[]];
    return renumbered;
  }

  #extend(index: number, before: number, number: number, columns: readonly Column[], row: number): number {
    // With one by-column a value's number is its group's.
    if (this.#by.length === 1 && number < this.#tuples.length) return number;
    const id = (index === 0 ? 0 : before) * 67108864 + number;
    return this.#pairs[index]?.get(id) ?? this.#pairOf(index, index === 0 ? 0 : before, number, columns, row);
  }

  /** Numbers the tuple up to and with column `index`; only whole tuples are kept. */
  #pairOf(index: number, before: number, number: number, from: readonly (Cell | Column)[], row?: number): number {
    const pairs = this.#pairs[index] as Map<number, number>;
    const id = before * 67108864 + number;
    const known = pairs.get(id);
    if (known !== undefined) return known;
    if (pairs.size >= this.maxKeys) return OTHER;
    const key = pairs.size;
    pairs.set(id, key);
    if (index === this.#by.length - 1)
      this.#tuples.push(from.map((part) => (row === undefined ? (part as Cell) : cellAt(part as Column, row))));
    return key;
  }

  /** Row → number of its value; texts are looked up once per distinct code, not per row. */
  #numbering(index: number, column: Column): (row: number) => number {
    if (column.kind !== 'text' || column.validity !== null) return (row) => this.#numberOf(index, cellAt(column, row));
    const numbers = new Int32Array(column.texts.length).fill(-1);
    const { codes, texts } = column;
    return (row) => {
      const code = codes[row] as number;
      const known = numbers[code] as number;
      if (known >= 0) return known;
      const number = this.#numberOf(index, texts[code] ?? null);
      numbers[code] = number;
      return number;
    };
  }

  #numberOf(index: number, value: Cell): number {
    const values = this.#values[index] as Map<Cell, number>;
    let number = values.get(value);
    if (number === undefined) {
      if (values.size >= this.maxKeys) return OTHER;
      number = values.size;
      values.set(value, number);
    }
    return number;
  }
}
