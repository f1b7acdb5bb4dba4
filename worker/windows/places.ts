import type { Cell, ValueType } from '../panes/column.ts';
import { OTHER_TEXT } from '../panes/group-keys.ts';
import { byIndex, type KeptGrouping, type KeptWindow, labelOf } from './kept-window.ts';

/**
 * Numbers what a fold is grouped by: groups that look the same in the wanted columns are one. What they look like is
 * made only where it is needed.
 */
export class Places {
  readonly #cells: (key: number) => readonly Cell[];
  readonly #types: readonly (ValueType | undefined)[];
  /** By group + 1: its place + 1; 0: it has none yet. */
  readonly #places: Int32Array;
  readonly #keys: number[] = [];
  /** Null: every group has a place of its own. */
  readonly #known: Map<string, number> | null;

  constructor({ plan }: KeptWindow, { rows, columns }: KeptGrouping, by: readonly number[]) {
    const at = by.map((index) => columns.indexOf(index));
    this.#types = by.map((index) => plan.byTypes[index]);
    this.#cells = (key) => {
      const tuple = rows.keys.tuple(key);
      return at.map((place) => tuple[place] ?? null);
    };
    this.#places = new Int32Array(rows.keys.size + 1);
    // Times are shown by the millisecond.
    this.#known = columns.length === by.length && !this.#types.includes('timestamp') ? null : new Map();
  }

  get size(): number {
    return this.#keys.length;
  }

  of(key: number): number {
    const known = this.#places[key + 1] as number;
    if (known > 0) return known - 1;
    const place = this.#known === null ? this.#keys.length : this.#placeOf(this.#known, this.#textOf(key));
    if (place === this.#keys.length) this.#keys.push(key);
    this.#places[key + 1] = place + 1;
    return place;
  }

  /** The values of a place, one for each wanted column. */
  cells(place: number): readonly Cell[] {
    return this.#cells(this.#keys[place] as number);
  }

  /** The text of a place's value of a column. */
  label(place: number, column = 0): string {
    return labelOf(this.cells(place)[column] ?? null, this.#types[column]);
  }

  #textOf(key: number): string {
    const cells = this.#cells(key);
    if (cells.length === 0) return '';
    const texts = cells.map((cell, index) => (cell === null ? null : labelOf(cell, this.#types[index])));
    return texts.length === 1 && texts[0] !== null ? (texts[0] ?? '') : JSON.stringify(texts);
  }

  #placeOf(known: Map<string, number>, text: string): number {
    const place = known.get(text) ?? known.size;
    known.set(text, place);
    return place;
  }
}

/** The places of by-columns, by their names; throws naming those there are. */
export function byIndexes(kept: KeptWindow, names: readonly string[]): number[] {
  return names.map((name) => byIndex(kept, name));
}

/** Groups in their own order: numbers as numbers, texts as texts, `(other)` and null last. */
export function byGroup(left: Cell, right: Cell): number {
  const lastOf = (cell: Cell) => (cell === null ? 2 : cell === OTHER_TEXT ? 1 : 0);
  const last = lastOf(left) - lastOf(right);
  if (last !== 0 || left === null || right === null || left === right) return last;
  return left < right ? -1 : 1;
}
