import { expect, test } from 'vitest';
import { BoardSchema } from '../../contract/spec/board.ts';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import type { Boards, Status } from '../../contract/worker-api.ts';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import { boardEntries, matching, streamState } from './home-entries.ts';

const window = (from: string) => WindowSpecSchema.parse({ from, window: 'tumble(1m)', select: { n: 'count()' } });
const board = (title: string, windows: string[], tags: string[] = [], description = '') =>
  BoardSchema.parse({
    title,
    description,
    tags,
    panels: windows.map((name) => ({ kind: 'stat', title: `How ${name} go`, w: 4, h: 3, window: name, value: 'n' })),
  });
const boards: Boards = {
  boards: {
    shop: board('The shop', ['sales', 'hourly'], ['retail']),
    line: board('Line 4', ['cycles'], [], 'Presses and their moulds.'),
  },
  windows: { sales: window('orders'), hourly: window('sales'), cycles: window('machines') },
  playlists: {},
  problems: [{ file: 'boards/shop.yaml', board: 'shop', lines: ['a', 'b'] }],
  made: ['line'],
};

test('V34 a board is listed with its streams, whether it was made, and what is wrong with its file', () => {
  expect(boardEntries(boards).map(({ board: _, ...entry }) => entry)).toEqual([
    { name: 'shop', streams: ['orders'], made: false, problems: 2 },
    { name: 'line', streams: ['machines'], made: true, problems: 0 },
  ]);
});

test.each([
  ['', ['shop', 'line']],
  ['SHOP', ['shop']],
  ['retail', ['shop']],
  ['machi', ['line']],
  ['line machines', ['line']],
  ['moulds', ['line']],
  ['how cycles', ['line']],
  ['line orders', []],
])('V34 searched for "%s", boards with all its words are left', (text, names) => {
  expect(matching(boardEntries(boards), text).map(({ name }) => name)).toEqual(names);
});

test('V34 a stream says how it stands in a word', () => {
  const status = shopStatus(1e9, { state: 'live', sinceMs: 0, transport: 'websocket' });
  const [name = ''] = Object.keys(status.streams);
  const seen = (afterMs: number, perSecond: number | null) =>
    streamState(status, name, { nowMs: 1e9 + afterMs, perSecond });
  expect(seen(20_000, 0).word).toBe('live');
  expect(seen(180_000, 0)).toEqual({ word: 'silent, newest event 3 min old', tone: 'late' });
  expect(seen(180_000, 12)).toEqual({ word: 'late, 3 min behind', tone: 'late' });
  expect(seen(7_200_000, 12)).toEqual({ word: 'replay', tone: 'still' });
  const of = (now: Status | null, stream: string) => streamState(now, stream, { nowMs: 1e9, perSecond: 0 });
  expect(of(status, 'gone').word).toBe('not served');
  expect(of(null, name).word).toBe('connecting');
  expect(of({ ...status, connection: { state: 'closed', reason: '' } }, name)).toMatchObject({ tone: 'down' });
});
