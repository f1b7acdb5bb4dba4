import type { PanelRequest, PictureTime, SeriesPicture, TimeView } from '../../contract/worker-api.ts';
import { aggregatesUnder, emptyValue, isAdditive } from './evaluate.ts';
import { groupingFor, type KeptGrouping, type KeptWindow, toNumber } from './kept-window.ts';
import { reduceM4 } from './m4.ts';
import { areFew, CellReader, type Cells, cellsOf, numbersOf, windowsByLine } from './series-cells.ts';
import { inView, type Stretch } from './stretch.ts';
import type { WindowInstance, WindowRows } from './window-rows.ts';

/** Candidates for the largest series that are compared by value; beyond, by windows seen in. */
const MAX_CANDIDATES = 60;
/** Windows of a picture that shows each of them; of a longer stretch the newest, and the picture says from when. */
export const MAX_EVERY_WINDOW = 10_000;
/** Windows of a picture with gaps filled; a longer stretch shows only windows that have rows. */
const MAX_GRID = 200_000;

type SeriesRequest = Extract<PanelRequest, { kind: 'series' }>;

/** Measures over time: every window that holds any of the stretch, on one grid, reduced to what the pixels can show. */
export function seriesPicture(
  kept: KeptWindow,
  request: SeriesRequest,
  stretch: Stretch | null,
): SeriesPicture & Partial<Pick<PictureTime, 'fromUs'>> {
  const selects = kept.plan.window.select;
  const grouping = groupingFor(kept, request.seriesBy === null ? [] : [request.seriesBy]);
  const { rows } = grouping;
  const { keptFromUs, coarseBeforeUs, stepUs } = rows;
  for (const name of request.measures) aggregatesUnder(name, selects);
  const shape = { windowSizeUs: finite(rows.sizeUs), stepUs: finite(stepUs), keptFromUs, coarseBeforeUs };
  const most = request.widthPx === null ? MAX_EVERY_WINDOW : undefined;
  const view = stretch === null ? null : inView(kept, rows, stretch, most);
  if (view === null || stretch === null)
    return {
      ...shape,
      relativeError: 0,
      xSeconds: new Float64Array(0),
      series: [],
      revised: new Uint8Array(0),
      hiddenSeries: 0,
    };
  const { instances, afterUs } = view;
  const xs = gridOf(rows, instances, afterUs, view.untilUs, stretch.untilUs);
  const rowOf = new Map(xs.map((endUs, row) => [endUs, row] as const));
  const { lines, hidden, cells } = linesOf(kept, grouping, request, stretch.key, instances);
  const empties = request.measures.map((measure) =>
    toNumber(stepUs === 0 ? null : emptyValue(measure, selects, stepUs / 1e6)),
  );
  const drawn = lines.flatMap((line) =>
    request.measures.map((measure, at) => {
      const name = nameOf(request.seriesBy === null ? null : line, measure, request);
      return { line, at, name, values: new Float64Array(xs.length).fill(empties[at] as number) };
    }),
  );
  const revised = new Uint8Array(xs.length);
  let relativeError = 0;
  for (const [index, { endUs }] of instances.entries()) {
    const found = cells[index] as Cells;
    const row = rowOf.get(endUs) ?? 0;
    if (found.revised) revised[row] = 1;
    relativeError = Math.max(relativeError, found.relativeError);
    for (const { line, at, values } of drawn) {
      const numbers = found.lines.get(line);
      if (numbers !== undefined) values[row] = numbers[at] as number;
    }
  }
  const { shown, hidden: more } = largest(drawn, request, isAdditive(request.measures[0] ?? '', selects));
  const reduced = reduceM4(
    Float64Array.from(xs, (endUs) => (Number.isFinite(endUs) ? endUs - shape.stepUs : stretch.untilUs) / 1e6),
    shown.map(({ values }) => values),
    revised,
    request.widthPx ?? Number.POSITIVE_INFINITY,
  );
  return {
    ...shape,
    ...(most !== undefined && xs.length >= most && { fromUs: (xs[0] as number) - stepUs }),
    relativeError,
    xSeconds: reduced.xs,
    series: shown.map(({ name }, index) => ({ name, values: reduced.series[index] ?? new Float64Array(0) })),
    revised: reduced.revised,
    hiddenSeries: hidden + more,
  };
}

/** A measure over all groups, one value per window in the span: a sparkline. */
export function sparkOf(
  kept: KeptWindow,
  measure: string,
  view: TimeView,
  stretch: Stretch | null,
): { xSeconds: Float64Array; values: Float64Array } {
  const request = {
    kind: 'series',
    window: kept.plan.name,
    measures: [measure],
    seriesBy: null,
    order: [],
    view,
    filters: [],
    maxSeries: 1,
    widthPx: 100,
  } as const;
  const { xSeconds, series } = seriesPicture(kept, request, stretch);
  return { xSeconds, values: series[0]?.values ?? new Float64Array(0) };
}

/** Names of the lines, and every window's cells. With many groups those in most windows are chosen first. */
function linesOf(
  kept: KeptWindow,
  grouping: KeptGrouping,
  request: SeriesRequest,
  stretchKey: string,
  instances: readonly WindowInstance[],
): { lines: readonly string[]; hidden: number; cells: readonly Cells[] } {
  if (request.seriesBy === null)
    return { lines: [''], hidden: 0, cells: cellsOf(kept, grouping, request, stretchKey, instances) };
  if (!areFew(grouping, request)) {
    const chosen = chosenLines(windowsByLine(kept, grouping, request, instances), request);
    const reader = new CellReader(kept, grouping, request, numbersOf(kept, grouping, request));
    const wanted = new Set(chosen.lines);
    return { ...chosen, cells: instances.map((instance) => reader.read(instance, wanted)) };
  }
  const cells = cellsOf(kept, grouping, request, stretchKey, instances);
  const windows = new Map<string, number>();
  for (const { lines } of cells) for (const line of lines.keys()) windows.set(line, (windows.get(line) ?? 0) + 1);
  return { ...chosenLines(windows, request), cells };
}

function chosenLines(windows: ReadonlyMap<string, number>, { order, maxSeries }: SeriesRequest) {
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const all = [...windows].sort(([a, left], [b, right]) => rank(a) - rank(b) || right - left).map(([name]) => name);
  const lines = all.slice(0, Math.max(MAX_CANDIDATES, maxSeries, order.length));
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
  const known = new Set(ends);
  return [...filled]
    .filter((endUs) => coarseBeforeUs === null || endUs > coarseBeforeUs || known.has(endUs))
    .sort((left, right) => left - right)
    .filter((endUs) => endUs <= Math.max(newestEndUs, maxUs));
}

/** The series shown: those named in `order`, then the largest by total or, where values do not add up, those in most windows. */
function largest<L extends { readonly name: string; readonly values: Float64Array }>(
  drawn: readonly L[],
  { order, seriesBy, maxSeries }: SeriesRequest,
  additive: boolean,
): { readonly shown: readonly L[]; readonly hidden: number } {
  if (seriesBy === null || drawn.length === 0) return { shown: drawn, hidden: 0 };
  const totals = new Map(drawn.map((line) => [line, total(line.values)] as const));
  const known = new Map(drawn.map((line) => [line, additive ? 0 : knownIn(line.values)] as const));
  const rank = ({ name }: { name: string }) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = [...drawn].sort(
    (left, right) =>
      rank(left) - rank(right) ||
      (known.get(right) ?? 0) - (known.get(left) ?? 0) ||
      (totals.get(right) ?? 0) - (totals.get(left) ?? 0) ||
      (left.name < right.name ? -1 : 1),
  );
  const shown = sorted.slice(0, Math.max(maxSeries, order.length));
  return { shown, hidden: sorted.length - shown.length };
}

function knownIn(values: Float64Array): number {
  let known = 0;
  for (const value of values) if (!Number.isNaN(value)) known++;
  return known;
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
