import type { PanelRequest, SeriesPicture } from '../../contract/worker-api.ts';
import type { Cell } from '../panes/column.ts';
import { decimalScale } from '../panes/decimal.ts';
import { measureKey } from './aggregates.ts';
import {
  aggregatesUnder,
  compileError,
  compileSelect,
  emptyValue,
  isAdditive,
  typeOfSelect,
  type Values,
} from './evaluate.ts';
import { spanStartUs } from './fold.ts';
import { Fold, groupingFor, type KeptGrouping, type KeptWindow, labelOf, toNumber } from './kept-window.ts';
import { reduceM4 } from './m4.ts';
import { stateOf, type WindowInstance, type WindowRows } from './window-rows.ts';

/** Series of one picture; the others are counted in `hiddenSeries`. */
export const MAX_SERIES = 12;
/** Candidates for the largest series that are compared by value; beyond, by windows seen in. */
const MAX_CANDIDATES = 60;
/** Windows of a picture with gaps filled; a longer stretch shows only windows that have rows. */
const MAX_GRID = 200_000;

type SeriesRequest = Extract<PanelRequest, { kind: 'series' }>;

/** Measures over time: every window whose end is in the span, on one grid, reduced to what the pixels can show. */
export function seriesPicture(kept: KeptWindow, request: SeriesRequest): SeriesPicture {
  const selects = kept.plan.window.select;
  const grouping = groupingFor(kept, request.seriesBy);
  const { rows } = grouping;
  const { keptFromUs, coarseBeforeUs, stepUs } = rows;
  for (const name of request.measures) aggregatesUnder(name, selects);
  const shape = { windowSizeUs: finite(rows.sizeUs), stepUs: finite(stepUs), keptFromUs, coarseBeforeUs };
  const maxUs = kept.feed.maxEventTimeUs;
  const newest = maxUs === null ? null : rows.newest(maxUs);
  if (newest === null || maxUs === null)
    return {
      ...shape,
      relativeError: 0,
      xSeconds: new Float64Array(0),
      series: [],
      revised: new Uint8Array(0),
      hiddenSeries: 0,
    };
  const afterUs = request.span === 'all' ? Number.NEGATIVE_INFINITY : spanStartUs(rows, newest.endUs, request.span);
  const instances = rows.instances(afterUs, newest.endUs);
  const columns = instances.map((instance) => slotsOf(rows, instance));
  const xs = gridOf(rows, instances, afterUs, newest.endUs, maxUs);
  const rowOf = new Map(xs.map((endUs, row) => [endUs, row] as const));
  const picture = new Picture(kept, grouping, instances, columns);
  const { lines, hidden } = linesOf(kept, grouping, request, columns);
  const drawn: { name: string; values: Float64Array }[] = [];
  for (const line of lines)
    for (const measure of request.measures) {
      const empty = stepUs === 0 ? null : emptyValue(measure, selects, stepUs / 1e6);
      const values = new Float64Array(xs.length).fill(toNumber(empty));
      picture.fill(measure, line.keys, values, rowOf);
      drawn.push({ name: nameOf(line.name, measure, request), values });
    }
  const { shown, cut } = largest(drawn, request);
  const revised = new Uint8Array(xs.length);
  for (const [at, instance] of instances.entries())
    if ((columns[at] ?? []).some(([key]) => rows.revisionOf(instance, key) > 0))
      revised[rowOf.get(instance.endUs) ?? 0] = 1;
  const reduced = reduceM4(
    Float64Array.from(xs, (endUs) => (Number.isFinite(endUs) ? endUs - shape.stepUs : maxUs) / 1e6),
    shown.map(({ values }) => values),
    revised,
    request.widthPx,
  );
  return {
    ...shape,
    relativeError: picture.relativeError,
    xSeconds: reduced.xs,
    series: shown.map(({ name }, index) => ({ name, values: reduced.series[index] ?? new Float64Array(0) })),
    revised: reduced.revised,
    hiddenSeries: hidden + cut,
  };
}

/** A measure over all groups, one value per window in the span: a sparkline. */
export function sparkOf(
  kept: KeptWindow,
  measure: string,
  span: number | 'all',
): { xSeconds: Float64Array; values: Float64Array } {
  const request = {
    kind: 'series',
    window: kept.plan.name,
    measures: [measure],
    seriesBy: null,
    order: [],
    span,
    widthPx: 100,
  } as const;
  const { xSeconds, series } = seriesPicture(kept, request);
  return { xSeconds, values: series[0]?.values ?? new Float64Array(0) };
}

/** A window's (group, slot) pairs. */
type SlotsOf = readonly (readonly [key: number, slot: number])[];

function slotsOf(rows: WindowRows, instance: WindowInstance): SlotsOf {
  const found: [number, number][] = [];
  rows.visit(instance, (key, slot) => found.push([key, slot]));
  return found;
}

/** Values of measures in windows, for some groups of each. */
class Picture {
  readonly #kept: KeptWindow;
  readonly #grouping: KeptGrouping;
  readonly #instances: readonly WindowInstance[];
  readonly #columns: readonly SlotsOf[];
  relativeError = 0;

  constructor(
    kept: KeptWindow,
    grouping: KeptGrouping,
    instances: readonly WindowInstance[],
    columns: readonly SlotsOf[],
  ) {
    this.#kept = kept;
    this.#grouping = grouping;
    this.#instances = instances;
    this.#columns = columns;
  }

  /** Puts a measure's value of every window that has one of the groups into the row of the window's end. */
  fill(
    measure: string,
    keys: ReadonlySet<number> | null,
    values: Float64Array,
    rowOf: ReadonlyMap<number, number>,
  ): void {
    const { rows } = this.#grouping;
    const { measures, window } = this.#kept.plan;
    const mine = this.#columns.map((slots) => (keys === null ? slots : slots.filter(([key]) => keys.has(key))));
    const single = mine.every(({ length }) => length <= 1);
    const fold = single
      ? null
      : new Fold(rows, aggregatesUnder(measure, window.select).map(measureKey), this.#instances.length);
    let secondsNow = 0;
    const sources: Values = {
      state: (key) => (fold ? fold.state(key) : stateOf(rows, key)),
      seconds: () => secondsNow,
      measures,
    };
    const value = compileSelect(measure, window.select, sources);
    const error = compileError(measure, window.select, sources);
    const scale = 10 ** (decimalScale(typeOfSelect(measure, window.select, measures)) ?? 0);
    const additive = isAdditive(measure, window.select);
    for (const [at, instance] of this.#instances.entries()) {
      const slots = mine[at] ?? [];
      if (slots.length === 0) continue;
      if (fold) for (const [, slot] of slots) fold.merge(slot, at);
      const slot = fold ? at : (slots[0]?.[1] ?? 0);
      secondsNow = (instance.endUs - instance.startUs) / 1e6;
      this.relativeError = Math.max(this.relativeError, error(slot));
      const row = rowOf.get(instance.endUs);
      if (row !== undefined) values[row] = drawn(value(slot), instance, rows, additive) / scale;
    }
  }
}

/** A cell as drawn. Of windows folded together, what adds up is shown as their mean, so that the line keeps its height. */
function drawn(
  cell: Cell,
  { startUs, endUs, coarse }: WindowInstance,
  { sizeUs }: WindowRows,
  additive: boolean,
): number {
  const number = toNumber(cell);
  return coarse && additive ? number / Math.max(1, (endUs - startUs) / sizeUs) : number;
}

interface Line {
  readonly name: string | null;
  /** Null: all groups. */
  readonly keys: ReadonlySet<number> | null;
}

/** Groups by series; with many, those in most windows. */
function linesOf(
  kept: KeptWindow,
  { rows, columns: by }: KeptGrouping,
  { seriesBy, order }: SeriesRequest,
  columns: readonly SlotsOf[],
): { lines: Line[]; hidden: number } {
  if (seriesBy === null) return { lines: [{ name: null, keys: null }], hidden: 0 };
  const seen = new Map<number, number>();
  for (const slots of columns) for (const [key] of slots) seen.set(key, (seen.get(key) ?? 0) + 1);
  const index = kept.plan.window.by.findIndex(({ name }) => name === seriesBy);
  const byName = new Map<string, { keys: Set<number>; windows: number }>();
  for (const [key, windows] of seen) {
    const name = labelOf(rows.keys.tuple(key)[by.indexOf(index)] ?? null, kept.plan.byTypes[index]);
    const line = byName.get(name) ?? { keys: new Set<number>(), windows: 0 };
    line.keys.add(key);
    line.windows += windows;
    byName.set(name, line);
  }
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const all = [...byName].sort(([a, left], [b, right]) => rank(a) - rank(b) || right.windows - left.windows);
  const lines = all.slice(0, Math.max(MAX_CANDIDATES, order.length)).map(([name, { keys }]) => ({ name, keys }));
  return { lines, hidden: all.length - lines.length };
}

/** Window ends of the picture: all in the span that are kept, or, when that is too long or they have no grid, those with rows. */
function gridOf(
  rows: WindowRows,
  instances: readonly WindowInstance[],
  afterUs: number,
  newestEndUs: number,
  maxUs: number,
): number[] {
  const ends = [...new Set(instances.map(({ endUs }) => endUs))];
  const { stepUs, oldestUs } = rows;
  if (stepUs === 0 || !Number.isFinite(stepUs) || oldestUs === null) return ends;
  if ((newestEndUs - Math.max(oldestUs, afterUs)) / stepUs > MAX_GRID) return ends;
  const filled = new Set(ends);
  for (let endUs = newestEndUs; endUs > oldestUs && endUs > afterUs; ) {
    filled.add(endUs);
    // In a calendar a time well within the window before leads to its end.
    endUs = rows.regular ? endUs - stepUs : (rows.newest(endUs - stepUs * 1.5)?.endUs ?? Number.NEGATIVE_INFINITY);
  }
  const { coarseBeforeUs } = rows;
  return [...filled]
    .filter((endUs) => coarseBeforeUs === null || endUs > coarseBeforeUs || ends.includes(endUs))
    .sort((left, right) => left - right)
    .filter((endUs) => endUs <= Math.max(newestEndUs, maxUs));
}

/** The series shown: those named in `order`, then the largest by total. */
function largest(drawn: { name: string; values: Float64Array }[], { order, seriesBy }: SeriesRequest) {
  if (seriesBy === null || drawn.length === 0) return { shown: drawn, cut: 0 };
  const totals = new Map(drawn.map((line) => [line, total(line.values)] as const));
  const rank = ({ name }: { name: string }) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = [...drawn].sort(
    (left, right) =>
      rank(left) - rank(right) ||
      (totals.get(right) ?? 0) - (totals.get(left) ?? 0) ||
      (left.name < right.name ? -1 : 1),
  );
  const shown = sorted.slice(0, Math.max(MAX_SERIES, order.length));
  return { shown, cut: sorted.length - shown.length };
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) if (!Number.isNaN(value)) sum += Math.abs(value);
  return sum;
}

function nameOf(line: string | null, measure: string, { measures }: SeriesRequest): string {
  if (line === null) return measure;
  return measures.length === 1 ? line : `${line} · ${measure}`;
}

function finite(us: number): number {
  return Number.isFinite(us) ? us : 0;
}
