import { expect, test } from 'vitest';
import { BoardSchema } from '../../contract/spec/board.ts';
import type { Boards, Status } from '../../contract/worker-api.ts';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import { createFlow, statusOfBoard } from './of-board.ts';

const now = Date.UTC(2026, 0, 1, 12);
const base = shopStatus(now, { state: 'live', sinceMs: now - 60_000, transport: 'websocket' });
const { shop_events: shop } = base.streams;
if (!shop) throw new Error('the fixture has one stream');
const of = (received: Record<string, number>, change: Partial<Status> = {}): Status => ({
  ...base,
  ...change,
  streams: Object.fromEntries(Object.entries(received).map(([name, count]) => [name, { ...shop, received: count }])),
});
const board = (stream: string) =>
  BoardSchema.parse({ title: stream, panels: [{ kind: 'events', title: 'Newest', stream, text: 'x', w: 6, h: 4 }] });
const boards: Boards = {
  boards: { shop: board('shop_events'), line: board('line') },
  windows: {},
  playlists: {},
  problems: [],
  made: [],
};

test('K5 a wall speaks of the streams its board shows, of all where it shows none', () => {
  const status = of({ shop_events: 1, line: 2 });
  expect(Object.keys(statusOfBoard(status, boards, 'line').streams)).toEqual(['line']);
  expect(statusOfBoard(status, boards, 'gone')).toBe(status);
  expect(statusOfBoard(status, null, 'line')).toBe(status);
});

test('K5 rows flow where those of the board’s own streams do, over a connection', () => {
  const flow = createFlow();
  expect(flow(of({ line: 5 }))).toBe(false);
  expect(flow(of({ line: 5 }))).toBe(false);
  expect(flow(of({ line: 9 }))).toBe(true);
  expect(flow(of({ line: 12 }, { rebuilding: true }))).toBe(false);
  expect(flow(of({ line: 12, shop_events: 900 }))).toBe(false);
  expect(flow(of({ line: 12, shop_events: 901 }))).toBe(true);
});
