import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { Panel } from '../../contract/spec/panel.ts';
import type { Filter, PanelRequest, Span, TimeView } from '../../contract/worker-api.ts';

/** What of the board a panel is asked for with. */
export interface Asked {
  readonly view: TimeView;
  readonly filters: readonly Filter[];
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
export function requestOf(panel: Panel, { view, filters }: Asked, room: PictureRoom): PanelRequest | null {
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
        widthPx,
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
      return panel.stream === undefined ? null : rowsOf(panel.stream, panel.columns ?? null, panel.limit, filters);
    case 'events':
      return rowsOf(panel.stream, null, panel.limit, [...filters, ...onlyFilters(panel.only)]);
    case 'text':
      return null;
  }
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
