import { byNames } from '../../contract/spec/by-names.ts';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { Panel, TablePanel } from '../../contract/spec/panel.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { Filter, PanelRequest, Span, TimeView } from '../../contract/worker-api.ts';
import type { Sort } from './kind-props.ts';

/** What of the board a panel is asked for with. */
export interface Asked {
  readonly view: TimeView;
  readonly filters: readonly Filter[];
  /** How the viewer sorts a table of a window; null: as its panel says. */
  readonly sort: Sort | null;
  readonly windows: Readonly<Record<string, WindowSpec>>;
}

/** Room of a panel, in what its kind counts in. */
export interface PictureRoom {
  readonly widthPx: number;
  readonly tableRows: number;
}

/** Dots of a scatter plot: beyond, they hide each other. */
const MAX_DOTS = 2_000;
const MAX_BUCKETS = 1_000;
const MAX_SERIES = 12;
const MAX_STATE_ROWS = 60;

/** What a panel of this size shows, asked of the worker; null: nothing is to be asked. */
export function requestOf(panel: Panel, asked: Asked, room: PictureRoom): PanelRequest | null {
  const { view, filters } = asked;
  const { span } = view;
  const { widthPx } = room;
  switch (panel.kind) {
    case 'timeseries':
      return {
        kind: 'series',
        window: panel.window,
        view,
        filters,
        measures: [...new Set([...panel.y, ...(panel.bands ?? []).flatMap(({ low, high }) => [low, high])])],
        seriesBy: panel.series ?? null,
        order: panel.order ?? [],
        maxSeries: MAX_SERIES,
        // Of a choice of windows there is no sum and no mean.
        widthPx: panel.legend?.some((stat) => stat === 'mean' || stat === 'sum') ? null : widthPx,
      };
    case 'control-chart':
      return {
        kind: 'series',
        window: panel.window,
        view,
        filters,
        measures: [panel.value],
        seriesBy: null,
        order: [],
        maxSeries: 1,
        widthPx: null,
      };
    case 'heatmap':
      return {
        kind: 'series',
        window: panel.window,
        view,
        filters,
        measures: [panel.value],
        seriesBy: panel.rows,
        order: [],
        maxSeries: panel.top,
        widthPx: null,
      };
    case 'state-timeline':
      return {
        kind: 'states',
        window: panel.window,
        view,
        filters,
        measure: panel.value,
        rowsBy: panel.rows ?? null,
        order: panel.order ?? [],
        maxRows: MAX_STATE_ROWS,
        hold: panel.hold,
        widthPx,
      };
    case 'stat':
    case 'gauge':
      return {
        kind: 'fold',
        window: panel.window,
        view,
        filters,
        measure: panel.value,
        by: null,
        over: overOf(panel.over, span),
        top: 1,
        sort: 'descending',
        order: [],
        sparkSpan: panel.kind === 'stat' && panel.sparkline ? span : null,
      };
    case 'barlist':
    case 'funnel':
    case 'donut':
    case 'histogram':
      return {
        kind: 'fold',
        window: panel.window,
        view,
        filters,
        measure: panel.value,
        by: panel.kind === 'histogram' ? panel.bucket : panel.label,
        over: overOf(panel.over, span) ?? span,
        sparkSpan: null,
        ...listed(panel),
      };
    case 'scatter':
      return {
        kind: 'groups',
        window: panel.window,
        view,
        filters,
        by: [panel.label, ...(panel.series === undefined ? [] : [panel.series])],
        measures: [panel.x, panel.y, ...(panel.size === undefined ? [] : [panel.size])],
        over: overOf(panel.over, span) ?? span,
        sort: null,
        top: MAX_DOTS,
      };
    case 'target':
      return {
        kind: 'groups',
        window: panel.window,
        view,
        filters,
        by: panel.label === undefined ? [] : [panel.label],
        measures: [panel.actual, ...(typeof panel.target === 'string' ? [panel.target] : [])],
        over: overOf(panel.over, span) ?? span,
        sort: null,
        top: room.tableRows,
      };
    case 'oee':
      return {
        kind: 'groups',
        window: panel.window,
        view,
        filters,
        by: panel.label === undefined ? [] : [panel.label],
        measures: [panel.availability, panel.performance, panel.quality],
        over: overOf(panel.over, span) ?? span,
        sort: panel.label === undefined ? null : { by: panel.label, direction: 'ascending' },
        top: room.tableRows,
      };
    case 'table':
      if (panel.stream !== undefined) return rowsOf(panel.stream, panel.columns ?? null, panel.limit, filters);
      return panel.window === undefined ? null : tableOf(panel, panel.window, asked);
    case 'events':
      return rowsOf(panel.stream, null, panel.limit, [...filters, ...onlyFilters(panel.only)]);
    case 'text':
      return null;
  }
}

/** One row per group: of the columns named, by-columns group and the others are measured. */
function tableOf(panel: TablePanel, window: string, { view, filters, sort, windows }: Asked): PanelRequest | null {
  const spec = windows[window];
  if (spec === undefined) return null;
  const by = byNames(spec.by);
  const select = Object.keys(spec.select);
  const wanted = panel.columns ?? [...by, ...select];
  const measures = wanted.filter((name) => select.includes(name));
  return {
    kind: 'groups',
    window,
    view,
    filters,
    by: wanted.filter((name) => by.includes(name)),
    measures: measures.length > 0 ? measures : select.slice(0, 1),
    over: overOf(panel.over, view.span) ?? view.span,
    sort: sort ?? panel.sort ?? null,
    top: panel.limit,
  };
}

/** Rows whose fields have one of these values. */
export function onlyFilters(only: Readonly<Record<string, readonly string[]>> | undefined): Filter[] {
  return Object.entries(only ?? {}).map(([column, values]) => ({ column, values, not: false }));
}

function rowsOf(
  stream: string,
  columns: readonly string[] | null,
  limit: number,
  filters: readonly Filter[],
): PanelRequest {
  return { kind: 'rows', stream, columns, limit, filters };
}

type ListPanel = Extract<Panel, { kind: 'barlist' | 'funnel' | 'donut' | 'histogram' }>;

function listed(panel: ListPanel): Pick<Extract<PanelRequest, { kind: 'fold' }>, 'top' | 'sort' | 'order'> {
  switch (panel.kind) {
    case 'barlist':
      return { top: panel.top, sort: panel.sort, order: panel.order ?? [] };
    case 'funnel':
      return { top: panel.steps.length, sort: 'descending', order: panel.steps };
    case 'donut':
      return { top: panel.top, sort: 'descending', order: [] };
    case 'histogram':
      return { top: MAX_BUCKETS, sort: 'group', order: [] };
  }
}

/** Null: the newest window alone. */
function overOf(over: string | undefined, span: Span): Span | null {
  if (over === undefined) return null;
  return over === 'range' ? span : parseDurationUs(over);
}
