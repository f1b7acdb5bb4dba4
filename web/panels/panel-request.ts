import { type Accessor, createMemo } from 'solid-js';
import { parseDurationUs } from '../../contract/spec/duration.ts';
import type { Panel } from '../../contract/spec/panel.ts';
import type { PanelRequest, Span } from '../../contract/worker-api.ts';
import { useBoard } from './board-context.ts';
import type { Room } from './kind-props.ts';

/** Height of a row of a list and of a table, in rem. */
export const BAR_ROW_REM = 1.5;
export const TABLE_ROW_REM = 1.625;

/** What a panel asks the worker for: nothing while it is out of sight or not laid out. */
export function createPanelRequest(
  panel: Accessor<Panel>,
  room: Accessor<Room>,
  visible: Accessor<boolean>,
): Accessor<PanelRequest | null> {
  const board = useBoard();
  // Widths are asked for in steps, so that dragging a window's edge is not a new watch per pixel.
  const widthPx = createMemo(() => Math.max(100, Math.ceil(room().width / 100) * 100));
  const rows = createMemo(() => Math.max(1, Math.floor(room().height / (16 * board.ink().scale * TABLE_ROW_REM))));
  return createMemo(() =>
    visible() && room().width > 0 ? panelRequest(panel(), board.span(), widthPx(), rows()) : null,
  );
}

export function panelRequest(panel: Panel, span: Span, widthPx: number, tableRows: number): PanelRequest {
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
