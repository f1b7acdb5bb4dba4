import type { Cell } from '../panes/column.ts';
import { OTHER } from '../panes/group-keys.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder, compileError, compileSelect, type Values } from './evaluate.ts';
import { Fold, type KeptGrouping, type KeptWindow, type RowState, stateAt } from './kept-window.ts';
import { stateOf, type WindowInstance } from './window-rows.ts';

/** One row of a window: a group's values in one of its windows. */
export interface WindowRow {
  readonly startUs: number;
  readonly endUs: number;
  /** One for each by-column; null as well where a grouping set leaves the column out. */
  readonly by: readonly Cell[];
  /** See `groupingIdOf`. */
  readonly groupingId: number;
  /** All groups beyond the bound on groups, as one. */
  readonly other: boolean;
  /** Several windows folded into one, for their age. */
  readonly coarse: boolean;
  /** One for each select column. */
  readonly values: readonly Cell[];
  /** Bounds of relative errors, one for each select column; 0 is exact. */
  readonly errors: readonly number[];
  readonly state: RowState;
  readonly revision: number;
}

/** Groups of a window whose rows are wanted; null: all. */
export interface Wanted {
  readonly instance: WindowInstance;
  readonly keys: ReadonlySet<number> | null;
}

/** Rows of one grouping's windows, in the order of the windows. */
export function readRows(kept: KeptWindow, grouping: KeptGrouping, wanted: Iterable<Wanted>): WindowRow[] {
  const reader = new RowReader(kept, grouping);
  const found: WindowRow[] = [];
  for (const { instance, keys } of wanted) reader.read(instance, keys, found);
  return found;
}

/** A bit for each by-column, the first the highest, set where the grouping leaves it out. */
export function groupingIdOf({ plan }: KeptWindow, { columns }: KeptGrouping): number {
  return plan.window.by.reduce((id, _, index) => id * 2 + (columns.includes(index) ? 0 : 1), 0);
}

/** All rows of a window. */
export function allRows(kept: KeptWindow): WindowRow[] {
  return kept.groupings.flatMap((grouping) => {
    const instances = grouping.rows.instances(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    return readRows(
      kept,
      grouping,
      instances.map((instance) => ({ instance, keys: null })),
    );
  });
}

class RowReader {
  readonly #kept: KeptWindow;
  readonly #grouping: KeptGrouping;
  readonly #keys: readonly string[];
  readonly #direct: Columns;
  readonly #groupingId: number;
  #seconds = 0;

  constructor(kept: KeptWindow, grouping: KeptGrouping) {
    const { window } = kept.plan;
    this.#kept = kept;
    this.#grouping = grouping;
    this.#keys = window.select.flatMap(({ name }) => aggregatesUnder(name, window.select).map(measureKey));
    this.#direct = this.#columns((key) => stateOf(grouping.rows, key));
    this.#groupingId = groupingIdOf(kept, grouping);
  }

  read(instance: WindowInstance, keys: ReadonlySet<number> | null, found: WindowRow[]): void {
    const { rows } = this.#grouping;
    const slotsOf = new Map<number, number | number[]>();
    rows.visit(
      instance,
      (key, slot) => {
        if (keys !== null && !keys.has(key)) return;
        const known = slotsOf.get(key);
        if (known === undefined) slotsOf.set(key, slot);
        else if (typeof known === 'number') slotsOf.set(key, [known, slot]);
        else known.push(slot);
      },
      this.#keys,
    );
    this.#seconds = (instance.endUs - instance.startUs) / 1e6;
    const folded = [...slotsOf].filter(([, slots]) => typeof slots !== 'number');
    const fold = folded.length === 0 ? null : new Fold(rows, this.#keys, folded.length);
    const columns = fold === null ? null : this.#columns((key) => fold.state(key));
    let next = 0;
    for (const [key, slots] of slotsOf) {
      if (typeof slots === 'number') found.push(this.#row(instance, key, slots, this.#direct));
      else if (fold !== null && columns !== null) {
        for (const slot of slots) fold.merge(slot, next);
        found.push(this.#row(instance, key, next++, columns));
      }
    }
  }

  #row(instance: WindowInstance, key: number, slot: number, columns: Columns): WindowRow {
    const { plan, feed } = this.#kept;
    const { rows, columns: by } = this.#grouping;
    const tuple = rows.keys.tuple(key);
    const revision = rows.revisionOf(instance, key);
    return {
      startUs: instance.startUs,
      endUs: instance.endUs,
      by: plan.window.by.map((_, index) => {
        const at = by.indexOf(index);
        return at < 0 ? null : (tuple[at] ?? null);
      }),
      groupingId: this.#groupingId,
      other: key === OTHER,
      coarse: instance.coarse,
      values: columns.values.map((value) => value(slot)),
      errors: columns.errors.map((error) => error(slot)),
      state: stateAt(instance, revision, feed.watermarkUs),
      revision,
    };
  }

  #columns(state: Values['state']): Columns {
    const { select } = this.#kept.plan.window;
    const values = { state, seconds: () => this.#seconds, measures: this.#kept.plan.measures };
    return {
      values: select.map(({ name }) => compileSelect(name, select, values)),
      errors: select.map(({ name }) => compileError(name, select, values)),
    };
  }
}

interface Columns {
  readonly values: readonly ((slot: number) => Cell)[];
  readonly errors: readonly ((slot: number) => number)[];
}
