import type { Cell } from '../panes/column.ts';
import { decimalScale } from '../panes/decimal.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder, compileError, compileSelect, isAdditive, typeOfSelect, type Values } from './evaluate.ts';
import { GridRows } from './grid-rows.ts';
import { Fold, type KeptGrouping, type KeptWindow, labelOf, toNumber } from './kept-window.ts';
import { stateOf, type WindowInstance, type WindowRows } from './window-rows.ts';

/** One window of a series: per line its measures' values, as numbers for a chart, or as they are. */
export interface Cells<V = number> {
  readonly lines: ReadonlyMap<string, readonly V[]>;
  readonly relativeError: number;
  readonly revised: boolean;
  /** Those changed after the window was final; left out: none were. */
  readonly revisedLines?: ReadonlySet<string>;
}

export interface Asked {
  readonly measures: readonly string[];
  readonly seriesBy: string | null;
}

/** Groups beyond which the lines to show are chosen before their values are computed, and nothing is remembered. */
const MAX_REMEMBERED_GROUPS = 1000;
/** Different pictures of one window that are remembered. */
const MAX_PICTURES = 32;

/** What a cell is shown as; `at` is its measure's place. */
export type ToValue<V> = (cell: Cell, at: number, instance: WindowInstance) => V;

interface Remembered<V> {
  readonly revision: number;
  readonly allowUs: number;
  /** By the window's end. */
  readonly cells: ReadonlyMap<number, Cells<V>>;
}

/** What was read of the windows of one kind of picture, each under a name of its own. */
export type Memory<V> = WeakMap<WindowRows, Map<string, Remembered<V>>>;

const numbers: Memory<number> = new WeakMap();

/** Whether all lines of the picture may be computed, and remembered. */
export function areFew({ rows }: KeptGrouping, { seriesBy }: Asked): boolean {
  return seriesBy === null || rows.keys.size <= MAX_REMEMBERED_GROUPS;
}

/** The cells of all windows of a series, as numbers. */
export function cellsOf(
  kept: KeptWindow,
  grouping: KeptGrouping,
  asked: Asked,
  stretchKey: string,
  instances: readonly WindowInstance[],
): Cells[] {
  const reader = new CellReader(kept, grouping, asked, numbersOf(kept, grouping, asked));
  return readWindows(
    numbers,
    grouping,
    JSON.stringify([stretchKey, asked.measures, asked.seriesBy]),
    reader,
    instances,
  );
}

/**
 * The cells of all windows of a picture, remembered under `name`. Those read for the picture before hold unless a pane of theirs changed, so that
 * a tick computes the few windows its rows are in, however many panes each is made of.
 */
export function readWindows<V>(
  memory: Memory<V>,
  { rows }: KeptGrouping,
  name: string,
  reader: CellReader<V>,
  instances: readonly WindowInstance[],
): Cells<V>[] {
  if (!(rows instanceof GridRows)) return instances.map((instance) => reader.read(instance, null));
  const pictures = memory.get(rows) ?? new Map<string, Remembered<V>>();
  memory.set(rows, pictures);
  const before = pictures.get(name);
  const { table, closing } = rows;
  const known = before?.allowUs === closing.allowUs ? before.cells : new Map<number, Cells<V>>();
  const changedUs = table.changes.earliestSince(before?.revision ?? -1);
  const found = instances.map((instance) => {
    const cells = instance.endUs <= changedUs ? known.get(instance.endUs) : undefined;
    return cells ?? reader.read(instance, null);
  });
  pictures.delete(name);
  pictures.set(name, {
    revision: table.revision,
    allowUs: closing.allowUs,
    cells: new Map(instances.map(({ endUs }, at) => [endUs, found[at] as Cells<V>] as const)),
  });
  const [oldest] = pictures.keys();
  if (pictures.size > MAX_PICTURES && oldest !== undefined) pictures.delete(oldest);
  return found;
}

/** How many windows each line is in. */
export function windowsByLine(
  kept: KeptWindow,
  grouping: KeptGrouping,
  asked: Asked,
  instances: readonly WindowInstance[],
): Map<string, number> {
  const label = labels(kept, grouping, asked.seriesBy);
  const windows = new Map<string, number>();
  for (const instance of instances) {
    const met = new Set<string>();
    grouping.rows.visit(instance, (key) => met.add(label(key)), []);
    for (const line of met) windows.set(line, (windows.get(line) ?? 0) + 1);
  }
  return windows;
}

/** As a chart takes them; of windows folded together, what adds up is their mean, so that the line keeps its height. */
export function numbersOf(
  { plan }: KeptWindow,
  { rows }: KeptGrouping,
  { measures }: Pick<Asked, 'measures'>,
): ToValue<number> {
  const { select } = plan.window;
  const additive = measures.map((name) => isAdditive(name, select));
  const units = measures.map((name) => 10 ** (decimalScale(typeOfSelect(name, select, plan.measures)) ?? 0));
  return (cell, at, instance) => {
    const number = toNumber(cell) / (units[at] as number);
    return instance.coarse && additive[at] ? number / windowsIn(instance, rows) : number;
  };
}

/** Computes cells from the states of a window's groups. */
export class CellReader<V> {
  readonly #rows: WindowRows;
  readonly #label: (key: number) => string;
  readonly #aggregates: readonly string[];
  readonly #direct: Columns<V>;
  #fold: { readonly state: Fold; readonly columns: Columns<V> } | null = null;
  readonly #columns: (state: Values['state']) => Columns<V>;
  #seconds = 0;

  constructor(kept: KeptWindow, grouping: KeptGrouping, { measures, seriesBy }: Asked, toValue: ToValue<V>) {
    const { select } = kept.plan.window;
    const { rows } = grouping;
    this.#rows = rows;
    this.#label = labels(kept, grouping, seriesBy);
    this.#aggregates = measures.flatMap((name) => aggregatesUnder(name, select).map(measureKey));
    this.#columns = (state) => {
      const values = { state, seconds: () => this.#seconds, measures: kept.plan.measures };
      const columns = measures.map((name) => compileSelect(name, select, values));
      const errors = measures.map((name) => compileError(name, select, values));
      return {
        values: (slot, instance) => columns.map((value, at) => toValue(value(slot), at, instance)),
        error: (slot) => errors.reduce((most, error) => Math.max(most, error(slot)), 0),
      };
    };
    this.#direct = this.#columns((key) => stateOf(rows, key));
  }

  /** Null: all lines. */
  read(instance: WindowInstance, wanted: ReadonlySet<string> | null): Cells<V> {
    const rows = this.#rows;
    const slotsOf = new Map<string, number | number[]>();
    let revisedLines: Set<string> | undefined;
    let revised = false;
    rows.visit(
      instance,
      (key, slot) => {
        const label = this.#label(key);
        if (rows.revisionOf(instance, key) > 0) {
          revised = true;
          revisedLines ??= new Set();
          revisedLines.add(label);
        }
        if (wanted !== null && !wanted.has(label)) return;
        const known = slotsOf.get(label);
        if (known === undefined) slotsOf.set(label, slot);
        else if (typeof known === 'number') slotsOf.set(label, [known, slot]);
        else known.push(slot);
      },
      this.#aggregates,
    );
    this.#seconds = (instance.endUs - instance.startUs) / 1e6;
    const lines = new Map<string, readonly V[]>();
    let relativeError = 0;
    for (const [label, slots] of slotsOf) {
      const slot = typeof slots === 'number' ? slots : 0;
      const columns = typeof slots === 'number' ? this.#direct : this.#folded(slots);
      lines.set(label, columns.values(slot, instance));
      relativeError = Math.max(relativeError, columns.error(slot));
    }
    return { lines, relativeError, revised, ...(revisedLines && { revisedLines }) };
  }

  /** The slots' states merged, as slot 0 of a fold that is used again and again. */
  #folded(slots: readonly number[]): Columns<V> {
    if (this.#fold === null) {
      const state = new Fold(this.#rows, this.#aggregates, 1);
      this.#fold = { state, columns: this.#columns((key) => state.state(key)) };
    }
    const { state, columns } = this.#fold;
    state.reset(0);
    for (const slot of slots) state.merge(slot, 0);
    return columns;
  }
}

interface Columns<V> {
  readonly values: (slot: number, instance: WindowInstance) => V[];
  readonly error: (slot: number) => number;
}

function windowsIn({ startUs, endUs }: WindowInstance, { sizeUs }: WindowRows): number {
  return Math.max(1, (endUs - startUs) / sizeUs);
}

/** The line a group belongs to; all to one, named '', where there is no column to tell them apart. */
export function labels(
  kept: KeptWindow,
  { rows, columns }: KeptGrouping,
  seriesBy: string | null,
): (key: number) => string {
  if (seriesBy === null) return () => '';
  const index = kept.plan.window.by.findIndex(({ name }) => name === seriesBy);
  const at = columns.indexOf(index);
  const type = kept.plan.byTypes[index];
  const known = new Map<number, string>();
  return (key) => {
    let label = known.get(key);
    if (label === undefined) {
      label = labelOf(rows.keys.tuple(key)[at] ?? null, type);
      known.set(key, label);
    }
    return label;
  };
}
