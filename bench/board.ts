import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Board, BoardSchema } from '../contract/spec/board.ts';
import { parseDurationUs } from '../contract/spec/duration.ts';
import type { PanelRequest } from '../contract/worker-api.ts';
import { requestOf } from '../web/panels/request-of.ts';
import { root } from './harness.ts';

/** Of a column of a board's grid, and rows of a table, on a laptop's screen. */
const COLUMN_PX = 50;
const TABLE_ROWS = 10;

/** The shop's board as users see it. */
export async function shopBoard(): Promise<Board> {
  return BoardSchema.parse(parse(await readFile(join(root, 'boards/shop.yaml'), 'utf8')));
}

/** What the page asks for, panel by panel. */
export function requestsOf(board: Board): PanelRequest[] {
  const span = board.range === 'all' ? 'all' : parseDurationUs(board.range);
  if (span === null) throw new Error(`not a duration: ${board.range}`);
  const asked = { view: { span, until: 'newest', earlierUs: 0 }, filters: [], sort: null, windows: {} } as const;
  return board.panels.flatMap(
    (panel) => requestOf(panel, asked, { widthPx: COLUMN_PX * panel.w, tableRows: TABLE_ROWS }) ?? [],
  );
}
