import { windowStartUs } from '../../contract/spec/window.ts';
import type { PanelRequest, SeriesPicture } from '../../contract/worker-api.ts';
import type { Pane } from '../panes/pane-table.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder, compileSelect, emptyValue, relativeErrorOf } from './evaluate.ts';
import { byIndex, Fold, type KeptWindow, labelOf, panesWithin, stateOf, toNumber } from './kept-window.ts';
import { reduceM4 } from './m4.ts';

/** Series of one picture; the others are counted in `hiddenSeries`. */
export const MAX_SERIES = 12;
/** Candidates for the largest series that are compared by value; beyond, by rows seen in. */
const MAX_CANDIDATES = 60;
/** Windows of a picture with gaps filled; a longer stretch shows only windows that have rows. */
const MAX_GRID = 200_000;

type SeriesRequest = Extract<PanelRequest, { kind: 'series' }>;

/** Measures over time: every window in the span on one grid, reduced to what the pixels can show. */
export function seriesPicture(kept: KeptWindow, request: SeriesRequest): SeriesPicture {
  const { window } = kept.plan;
  const selects = window.select;
  const relativeError = Math.max(0, ...request.measures.map((name) => relativeErrorOf(name, selects)));
  const base = { windowSizeUs: window.sizeUs, relativeError, keptFromUs: kept.table.keptFromUs };
  const maxUs = kept.state.maxEventTimeUs;
  const empty = { ...base, xSeconds: new Float64Array(0), series: [], revised: new Uint8Array(0), hiddenSeries: 0 };
  for (const name of request.measures) aggregatesUnder(name, selects);
  if (maxUs === null) return empty;
  const newest = windowStartUs(maxUs, window.sizeUs, window.offsetUs);
  const panes = panesWithin(kept, newest, request.span);
  const starts = gridOf(panes, newest, request.span, window.sizeUs, kept.table.panes[0]?.startUs ?? newest);
  const rowOf = new Map(starts.map((start, row) => [start, row] as const));
  const { lines, hidden } = linesOf(kept, request, panes);
  const drawn: { name: string; values: Float64Array }[] = [];
  for (const line of lines)
    for (const measure of request.measures) {
      const values = new Float64Array(starts.length).fill(toNumber(emptyValue(measure, selects)));
      fillValues(kept, measure, panes, line.keys, rowOf, values);
      drawn.push({ name: nameOf(line.name, measure, request), values });
    }
  const { shown, cut } = largest(drawn, request);
  const revised = new Uint8Array(starts.length);
  for (const pane of panes) if (pane.revised) revised[rowOf.get(pane.startUs) ?? 0] = 1;
  const xs = Float64Array.from(starts, (start) => start / 1e6);
  const reduced = reduceM4(
    xs,
    shown.map(({ values }) => values),
    revised,
    request.widthPx,
  );
  return {
    ...base,
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

interface Line {
  readonly name: string | null;
  readonly keys: readonly number[];
}

/** Groups by series; with many, those in most windows. */
function linesOf(
  kept: KeptWindow,
  { seriesBy, order }: SeriesRequest,
  panes: readonly Pane[],
): { lines: Line[]; hidden: number } {
  const seen = new Map<number, number>();
  for (const { slots } of panes) for (const key of slots.keys()) seen.set(key, (seen.get(key) ?? 0) + 1);
  if (seriesBy === null) return { lines: [{ name: null, keys: [...seen.keys()] }], hidden: 0 };
  const index = byIndex(kept, seriesBy);
  const byName = new Map<string, { keys: number[]; windows: number }>();
  for (const [key, windows] of seen) {
    const name = labelOf(kept.table.keys.tuple(key)[index] ?? null, kept.plan.byTypes[index]);
    const line = byName.get(name) ?? { keys: [], windows: 0 };
    line.keys.push(key);
    line.windows += windows;
    byName.set(name, line);
  }
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const all = [...byName].sort(([a, left], [b, right]) => rank(a) - rank(b) || right.windows - left.windows);
  const lines = all.slice(0, Math.max(MAX_CANDIDATES, order.length)).map(([name, { keys }]) => ({ name, keys }));
  return { lines, hidden: all.length - lines.length };
}

function fillValues(
  kept: KeptWindow,
  measure: string,
  panes: readonly Pane[],
  keys: readonly number[],
  rowOf: ReadonlyMap<number, number>,
  values: Float64Array,
): void {
  const { table, plan } = kept;
  const [only] = keys;
  if (keys.length === 1 && only !== undefined) {
    const value = compileSelect(measure, plan.window.select, (key) => stateOf(table, key));
    for (const { startUs, slots } of panes) {
      const slot = slots.get(only);
      const row = rowOf.get(startUs);
      if (slot !== undefined && row !== undefined) values[row] = toNumber(value(slot));
    }
    return;
  }
  const wanted = aggregatesUnder(measure, plan.window.select).map(measureKey);
  const fold = new Fold(table, wanted, panes.length);
  const value = compileSelect(measure, plan.window.select, (key) => fold.state(key));
  for (const [at, { startUs, slots }] of panes.entries()) {
    let found = false;
    for (const key of keys) {
      const slot = slots.get(key);
      if (slot === undefined) continue;
      fold.merge(slot, at);
      found = true;
    }
    const row = rowOf.get(startUs);
    if (found && row !== undefined) values[row] = toNumber(value(at));
  }
}

/** Window starts of the picture: all in the span that are kept, or, when that is too long, those with rows. */
function gridOf(
  panes: readonly Pane[],
  newest: number,
  span: number | 'all',
  sizeUs: number,
  oldest: number,
): number[] {
  const starts = panes.map(({ startUs }) => startUs);
  const inSpan = span === 'all' ? oldest : newest - Math.max(0, Math.ceil(span / sizeUs) - 1) * sizeUs;
  const first = Math.max(oldest, inSpan);
  const count = Math.round((newest - first) / sizeUs) + 1;
  if (count > MAX_GRID || count < 1) return starts;
  return Array.from({ length: count }, (_, index) => first + index * sizeUs);
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
