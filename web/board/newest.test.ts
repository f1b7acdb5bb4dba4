import { expect, test } from 'vitest';
import { BoardSchema } from '../../contract/spec/board.ts';
import type { Status, StreamStatus } from '../../contract/worker-api.ts';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import { newestOf, progressOf } from './newest.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const base = shopStatus(NOW, { state: 'live', sinceMs: 0, transport: 'websocket' });
const { shop_events: shop } = base.streams;
if (!shop) throw new Error('the fixture has one stream');

const stream = (agoMs: number | null, change: Partial<StreamStatus> = {}): StreamStatus => ({
  ...shop,
  maxEventTimeUs: agoMs === null ? null : (NOW - agoMs) * 1000,
  ...change,
});
const board = BoardSchema.parse({
  title: 'Both',
  panels: ['orders', 'line'].map((name) => ({ kind: 'events', title: name, stream: name, text: 'x', w: 6, h: 4 })),
});
const status = (streams: Record<string, StreamStatus>, clockAheadMs = 0): Status => ({
  ...base,
  clockAheadMs,
  streams,
});
const ago = (...of: Parameters<typeof status>) => {
  const { eventMs, eventHereMs, ...rest } = progressOf(board, {}, status(...of));
  return { ...rest, event: eventMs === null ? null : NOW - eventMs, here: eventHereMs && NOW - eventHereMs };
};

test('a board has come as far as the newest of its streams, by this computer’s clock too', () => {
  const streams = { orders: stream(2000), line: stream(90_000), elsewhere: stream(0) };
  expect(newestOf(board, {}, status(streams))).toBe((NOW - 2000) * 1000);
  expect(ago(streams, 500)).toEqual({ event: 2000, here: 1500, catchingUp: false, ended: false });
  expect(ago({})).toEqual({ event: null, here: null, catchingUp: false, ended: false });
  expect(progressOf(board, {}, null)).toMatchObject({ eventMs: null, ended: false });
});

test('while history is read it has come as far as the one furthest behind', () => {
  const read = { catchingUp: true };
  expect(ago({ orders: stream(240_000, read), line: stream(600_000, read) })).toMatchObject({
    event: 600_000,
    catchingUp: true,
  });
  expect(ago({ orders: stream(2000), line: stream(600_000, read) }).event).toBe(600_000);
  expect(ago({ orders: stream(2000), line: stream(null, read) })).toMatchObject({ event: 2000, catchingUp: true });
});

test('it has ended once all its streams have', () => {
  const ended = { source: { ...shop.source, state: 'ended' as const } };
  expect(ago({ orders: stream(0, ended), line: stream(0) }).ended).toBe(false);
  expect(ago({ orders: stream(0, ended), line: stream(0, ended), elsewhere: stream(0) }).ended).toBe(true);
});
