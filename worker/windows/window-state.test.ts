import { expect, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { newClosing } from '../panes/closing.ts';
import type { Block } from '../panes/column.ts';
import { PaneTable } from '../panes/pane-table.ts';
import type { Feed } from './feed.ts';
import { gridOf } from './grid.ts';
import { GridRows } from './grid-rows.ts';
import type { KeptWindow } from './kept-window.ts';
import { planWindow } from './plan.ts';
import { windowStateOf } from './window-state.ts';

const FEED: Feed = {
  name: 's',
  stream: 's',
  expressions: new Map(),
  tables: [],
  watermarkUs: null,
  gaps: { touch: () => false },
  maxEventTimeUs: null,
  receivedAtMs: null,
  sealedAtMs: null,
  revision: 0,
};

/** A window that counts each id once in ten minutes. */
function onceEach(): { kept: KeptWindow; table: PaneTable } {
  const spec = { from: 's', window: 'tumble(1h)', dedup: { by: ['id'], within: '10m' }, select: { n: 'count()' } };
  const planned = planWindow('once', WindowSpecSchema.parse(spec), () => ({
    kind: 'field',
    field: 'id',
    type: 'integer',
  }));
  if ('problem' in planned) throw new Error(planned.problem.message);
  const shape = planned.plan.groupings[0]?.shape;
  if (!shape) throw new TypeError('a window has a grouping');
  const grid = gridOf({ kind: 'tumble', sizeUs: 3600e6, offsetUs: 0 });
  const closing = newClosing(grid.key, (timeUs, startAfterUs) => grid.holding(timeUs, startAfterUs), 0);
  const table = new PaneTable(shape, grid.slices, [closing], new Map());
  const rows = new GridRows(table, grid, closing);
  return { kept: { plan: planned.plan, groupings: [{ columns: [], rows }], feed: FEED }, table };
}

/** Rows of the ids from `first` on, all of one time. */
function ids(first: number, count: number): Block {
  const values = Float64Array.from({ length: count }, (_, index) => first + index);
  return {
    rows: count,
    from: 0,
    partitionAt: () => 0,
    timeUs: new Float64Array(count).fill(1e6),
    offsetAt: (row) => row,
    column: () => ({ kind: 'number', values, validity: null }),
  };
}

test('W31 events that dedup forgot before their time are counted: the longest known go first', () => {
  const { kept, table } = onceEach();
  table.add(ids(0, 1_000_000), null, null);
  table.add(ids(1_000_000, 100), null, null);
  expect(windowStateOf(kept)).toMatchObject({ duplicateRows: 0, forgottenEvents: 0 });
  table.add(ids(500_000, 1), null, null);
  expect(windowStateOf(kept)).toMatchObject({ duplicateRows: 1, forgottenEvents: 100 });
  table.add(ids(0, 101), null, null);
  expect(windowStateOf(kept)).toMatchObject({ duplicateRows: 2, forgottenEvents: 100 });
});
