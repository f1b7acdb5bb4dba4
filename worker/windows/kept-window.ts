import type { Accumulator } from '../panes/accumulator.ts';
import type { Cell, ValueType } from '../panes/column.ts';
import { decimalScale, formatDecimal } from '../panes/decimal.ts';
import { OTHER_TEXT } from '../panes/group-keys.ts';
import type { Feed } from './feed.ts';
import type { WindowPlan } from './plan.ts';
import { stateOf, type WindowInstance, type WindowRows } from './window-rows.ts';

/** A window that runs: its plan, what feeds it, and its rows, once for each of its groupings. */
export interface KeptWindow {
  readonly plan: WindowPlan;
  readonly groupings: readonly KeptGrouping[];
  readonly feed: Feed;
}

export interface KeptGrouping {
  /** Which by-columns group, in the order of the rows' tuples. */
  readonly columns: readonly number[];
  readonly rows: WindowRows;
}

export type RowState = 'provisional' | 'final' | 'revised';

/** How a window's row stands: nothing is expected for it any more, or not yet, or it was changed after that. (W7) */
export function stateAt({ endUs }: WindowInstance, revision: number, watermarkUs: number | null): RowState {
  if (revision > 0) return 'revised';
  return watermarkUs !== null && endUs <= watermarkUs ? 'final' : 'provisional';
}

/** The grouping that has the wanted by-columns and, of those, the fewest groups. */
export function groupingFor(kept: KeptWindow, names: readonly string[]): KeptGrouping {
  const best = groupingWith(
    kept,
    names.map((name) => byIndex(kept, name)),
  );
  if (!best) throw new RangeError(`no grouping set of window ${kept.plan.name} has ${quoted(names)}`);
  return best;
}

/** Null: no grouping has all of these by-columns. */
export function groupingWith({ groupings }: Pick<KeptWindow, 'groupings'>, indexes: readonly number[]) {
  const able = groupings.filter(({ columns }) => indexes.every((index) => columns.includes(index)));
  return able.toSorted((left, right) => left.columns.length - right.columns.length)[0] ?? null;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' and ');
}

/** A by-column's place, by its name; throws naming those there are. */
export function byIndex({ plan }: KeptWindow, name: string): number {
  const index = plan.window.by.findIndex((column) => column.name === name);
  if (index < 0)
    throw new RangeError(
      `window ${plan.name} is not grouped by "${name}", but by ${plan.window.by.map((column) => column.name).join(', ') || 'nothing'}`,
    );
  return index;
}

/** Fresh states of some measures of a window, into which slots of its table are merged. */
export class Fold {
  readonly #pairs: { readonly into: Accumulator; readonly from: Accumulator }[] = [];
  readonly #byKey = new Map<string, Accumulator>();

  constructor(rows: WindowRows, keys: Iterable<string>, slots: number) {
    for (const key of new Set(keys)) {
      const from = stateOf(rows, key);
      const into = from.fresh();
      into.resize(slots);
      this.#pairs.push({ into, from });
      this.#byKey.set(key, into);
    }
  }

  merge(from: number, to: number): void {
    for (const pair of this.#pairs) pair.into.merge(pair.from, from, to);
  }

  /** Makes room for slots below `slots`. */
  resize(slots: number): void {
    for (const { into } of this.#pairs) into.resize(slots);
  }

  /** Empties a slot of the fold. */
  reset(slot: number): void {
    for (const { into } of this.#pairs) into.reset(slot);
  }

  state(key: string): Accumulator {
    const state = this.#byKey.get(key);
    if (!state) throw new RangeError(`no measure ${key}`);
    return state;
  }
}

/** Text of a group value as pictures show it. */
export function labelOf(value: Cell, type: ValueType | undefined): string {
  if (value === null) return '∅';
  if (value === OTHER_TEXT) return OTHER_TEXT;
  if (type === 'boolean') return value === 1 ? 'true' : 'false';
  if (type === 'timestamp') return new Date(Number(value) / 1000).toISOString();
  const scale = type === undefined ? null : decimalScale(type);
  if (scale !== null && typeof value !== 'string') return formatDecimal(value, scale);
  return String(value);
}

/** A cell as one number: a decimal's `scale` taken off it; null for null and text. */
export function numberOrNull(value: Cell, scale: number): number | null {
  return value === null || typeof value === 'string' ? null : Number(value) / 10 ** scale;
}

/** A cell as a chart takes it: null and text are NaN. */
export function toNumber(value: Cell): number {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : Number.NaN;
}
