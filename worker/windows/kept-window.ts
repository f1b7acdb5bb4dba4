import type { StreamState } from '../ingest/stream-state.ts';
import type { Accumulator } from '../panes/accumulator.ts';
import type { Cell, ValueType } from '../panes/column.ts';
import type { Pane, PaneTable } from '../panes/pane-table.ts';
import type { WindowPlan } from './plan.ts';

/** A window that runs: its plan, the pane table that keeps it, and its stream. */
export interface KeptWindow {
  readonly plan: WindowPlan;
  readonly table: PaneTable;
  readonly state: StreamState;
}

export function stateOf(table: PaneTable, key: string): Accumulator {
  const measure = table.measures.get(key);
  if (!measure) throw new RangeError(`no measure ${key}`);
  return measure.state;
}

/** A by-column's place, by its text; throws naming those there are. */
export function byIndex({ plan }: KeptWindow, name: string): number {
  const index = plan.window.by.indexOf(name);
  if (index < 0)
    throw new RangeError(
      `window ${plan.name} is not grouped by "${name}", but by ${plan.window.by.join(', ') || 'nothing'}`,
    );
  return index;
}

/** Panes with starts in (newest − span, newest], by start; `all`: every one. */
export function panesWithin({ table }: KeptWindow, newestUs: number, span: number | 'all'): readonly Pane[] {
  const { panes } = table;
  const afterUs = span === 'all' ? Number.NEGATIVE_INFINITY : newestUs - span;
  let first = panes.length;
  while (first > 0 && (panes[first - 1]?.startUs ?? 0) > afterUs) first--;
  let end = panes.length;
  while (end > first && (panes[end - 1]?.startUs ?? 0) > newestUs) end--;
  return panes.slice(first, end);
}

/** Fresh states of some measures of a window, into which slots of its table are merged. */
export class Fold {
  readonly #pairs: { readonly into: Accumulator; readonly from: Accumulator }[] = [];
  readonly #byKey = new Map<string, Accumulator>();

  constructor(table: PaneTable, keys: Iterable<string>, slots: number) {
    for (const key of new Set(keys)) {
      const from = stateOf(table, key);
      const into = from.fresh();
      into.resize(slots);
      this.#pairs.push({ into, from });
      this.#byKey.set(key, into);
    }
  }

  merge(from: number, to: number): void {
    for (const pair of this.#pairs) pair.into.merge(pair.from, from, to);
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
  if (type === 'boolean') return value === 1 ? 'true' : 'false';
  if (type === 'timestamp') return new Date(Number(value) / 1000).toISOString();
  return String(value);
}

/** A cell as a chart takes it: null and text are NaN. */
export function toNumber(value: Cell): number {
  if (typeof value === 'number') return value;
  return typeof value === 'bigint' ? Number(value) : Number.NaN;
}
