import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Board, BoardSchema } from '../contract/spec/board.ts';
import { parseDurationUs } from '../contract/spec/duration.ts';
import type { Panel } from '../contract/spec/panel.ts';
import type { PanelRequest, Span } from '../contract/worker-api.ts';
import { root } from './harness.ts';

/** The shop's board as users see it. */
export async function shopBoard(): Promise<Board> {
  return BoardSchema.parse(parse(await readFile(join(root, 'boards/shop.yaml'), 'utf8')));
}

/** What the page asks for, panel by panel, on a laptop's screen. */
export function requestsOf(board: Board): PanelRequest[] {
  const span = board.range === 'all' ? 'all' : durationUs(board.range);
  return board.panels.map((panel) => request(panel, span));
}

function request(panel: Panel, span: Span): PanelRequest {
  switch (panel.kind) {
    case 'timeseries':
      return {
        kind: 'series',
        window: panel.window,
        measures: panel.y,
        seriesBy: panel.series ?? null,
        order: panel.order ?? [],
        span,
        widthPx: 50 * panel.w,
      };
    case 'stat':
      return {
        ...{
          kind: 'fold',
          window: panel.window,
          measure: panel.value,
          by: null,
          top: 1,
          sort: 'descending',
          order: [],
        },
        over: panel.over === undefined ? null : durationUs(panel.over),
        sparkSpan: panel.sparkline ? span : null,
      };
    case 'barlist':
      return {
        ...{ kind: 'fold', window: panel.window, measure: panel.value, by: panel.label, sparkSpan: null },
        ...{ top: panel.top, sort: panel.sort, order: panel.order ?? [] },
        over: panel.over === undefined ? span : durationUs(panel.over),
      };
    case 'table':
      return { kind: 'rows', stream: panel.stream, columns: panel.columns ?? null, limit: Math.min(panel.limit, 10) };
  }
}

function durationUs(text: string): number {
  const us = parseDurationUs(text);
  if (us === null) throw new Error(`not a duration: ${text}`);
  return us;
}
