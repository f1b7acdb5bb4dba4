import type { Filter } from '../../contract/worker-api.ts';
import type { Cell } from '../panes/column.ts';
import { type GroupKeys, OTHER } from '../panes/group-keys.ts';
import type { KeptGrouping, KeptWindow } from '../windows/kept-window.ts';
import { filterTest } from './filter-test.ts';

/** Which groups of a table some filters choose, asked once for each. */
export class ChosenGroups {
  readonly #keys: GroupKeys;
  readonly #tests: readonly { readonly at: number; readonly passes: (cell: Cell) => boolean }[];
  /** By group + 1: 0 not asked yet, 1 chosen, 2 not. */
  #known = new Uint8Array(64);
  #version: number;

  constructor({ plan }: Pick<KeptWindow, 'plan'>, { rows, columns }: KeptGrouping, chosen: readonly GroupFilter[]) {
    this.#keys = rows.keys;
    this.#version = rows.keys.version;
    this.#tests = chosen.map(({ index, filter }) => ({
      at: columns.indexOf(index),
      passes: filterTest(filter, plan.byTypes[index]),
    }));
  }

  has(key: number): boolean {
    if (this.#keys.version !== this.#version) {
      this.#version = this.#keys.version;
      this.#known.fill(0);
    }
    const place = key - OTHER;
    if (place >= this.#known.length) {
      const larger = new Uint8Array(Math.max(place + 1, this.#known.length * 2));
      larger.set(this.#known);
      this.#known = larger;
    }
    let known = this.#known[place] as number;
    if (known === 0) {
      const tuple = this.#keys.tuple(key);
      known = this.#tests.every(({ at, passes }) => passes(tuple[at] ?? null)) ? 1 : 2;
      this.#known[place] = known;
    }
    return known === 1;
  }
}

/** A filter on the by-column at this place. */
export interface GroupFilter {
  readonly index: number;
  readonly filter: Filter;
}
