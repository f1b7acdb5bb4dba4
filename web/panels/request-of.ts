import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { Panel } from '../../contract/spec/panel.ts';
import type { PanelRequest, Span } from '../../contract/worker-api.ts';

/** What a panel of this size shows, asked of the worker. */
export function requestOf(panel: Panel, span: Span, widthPx: number, tableRows: number): PanelRequest {
  switch (panel.kind) {
    case 'timeseries':
      return {
        kind: 'series',
        window: panel.window,
        measures: panel.y,
        seriesBy: panel.series ?? null,
        order: panel.order ?? [],
        span,
        widthPx,
      };
    case 'stat':
      return {
        kind: 'fold',
        window: panel.window,
        measure: panel.value,
        by: null,
        over: panel.over === 'range' ? span : durationUs(panel.over),
        top: 1,
        sort: 'descending',
        order: [],
        sparkSpan: panel.sparkline ? span : null,
      };
    case 'barlist':
      return {
        kind: 'fold',
        window: panel.window,
        measure: panel.value,
        by: panel.label,
        over: panel.over === undefined ? span : durationUs(panel.over),
        top: panel.top,
        sort: panel.sort,
        order: panel.order ?? [],
        sparkSpan: null,
      };
    case 'table':
      return {
        kind: 'rows',
        stream: panel.stream,
        columns: panel.columns ?? null,
        limit: Math.min(panel.limit, tableRows),
      };
  }
}

function durationUs(text: string | undefined): number | null {
  return text === undefined ? null : parseDurationUs(text);
}
