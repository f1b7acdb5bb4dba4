import { expect, test } from 'vitest';
import type { Status, StreamStatus } from '../../contract/worker-api.ts';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import { wallState } from './wall-state.ts';

const zone = { timeZone: 'UTC' };
const now = Date.UTC(2026, 0, 1, 12);
const base = shopStatus(now, { state: 'live', sinceMs: now - 60_000, transport: 'websocket' });
function statusOf(change: Partial<Status>, stream: Partial<StreamStatus>): Status {
  const { shop_events } = base.streams;
  if (!shop_events) throw new Error('the fixture has one stream');
  return { ...base, ...change, streams: { shop_events: { ...shop_events, ...stream } } };
}
const of = (change: Partial<Status>, ageMs: number | null = 0) => {
  const stream = { maxEventTimeUs: ageMs === null ? null : (now - ageMs) * 1000 };
  const { tone, words } = wallState(statusOf({ clockAheadMs: 0, ...change }, stream), now, zone);
  return `${tone}: ${words}`;
};

test('a wall says live only when it is connected and something has come', () => {
  expect(of({})).toBe('live: live');
  expect(of({}, 29_000)).toBe('live: live');
  expect(of({}, 90_000)).toBe('late: nothing new · newest event 11:58:30 · 1 min 30 s ago');
  expect(of({}, 7_200_000)).toBe('late: replay · newest event 10:00:00');
  expect(of({}, null)).toBe('waiting: connected, no events yet');
  expect(of({ rebuilding: true })).toBe('late: rebuilding · newest event 12:00:00');
  const lost = { state: 'waiting', attempt: 2, retryAtMs: now, sinceMs: now - 42_000, reason: 'x' } as const;
  expect(of({ connection: lost }, 50_000)).toBe('down: not connected for 42 s · newest event 11:59:10');
  expect(of({ connection: { state: 'closed', reason: 'x' } })).toBe('down: not connected · newest event 12:00:00');
  expect(wallState(null, now, zone)).toEqual({ tone: 'waiting', words: 'starting' });
});

test('K2 of several streams the one furthest behind is named; of those that have ended only that they have', () => {
  const { shop_events: shop } = base.streams;
  if (!shop) throw new Error('the fixture has one stream');
  const aged = (ageMs: number | null, state: 'live' | 'ended' = 'live'): StreamStatus => ({
    ...shop,
    maxEventTimeUs: ageMs === null ? null : (now - ageMs) * 1000,
    source: { ...shop.source, state },
  });
  const words = (streams: Record<string, StreamStatus>) => wallState({ ...base, clockAheadMs: 0, streams }, now, zone);
  expect(words({ orders: aged(0), line: aged(90_000) })).toEqual({
    tone: 'late',
    words: 'line: nothing new · newest event 11:58:30 · 1 min 30 s ago',
  });
  expect(words({ orders: aged(0), line: aged(4 * 3_600_000) }).words).toMatch(/^line: nothing new/);
  expect(words({ orders: aged(4 * 3_600_000), line: aged(5 * 3_600_000) }).words).toMatch(/^line: replay/);
  // By the relay's clock: this computer's is an hour ahead.
  const hour = 3_600_000;
  const ahead = { ...base, clockAheadMs: hour, streams: { orders: aged(hour + 2000), line: aged(4 * hour) } };
  expect(wallState(ahead, now, zone).words).toMatch(/^line: nothing new/);
  expect(words({ orders: aged(0), line: aged(null) })).toEqual({ tone: 'waiting', words: 'line: no events yet' });
  expect(words({ orders: aged(0), file: aged(90_000, 'ended') }).words).toBe('live');
  expect(words({ file: aged(90_000, 'ended') })).toEqual({ tone: 'late', words: 'ended · newest event 11:58:30' });
});

test('the worst of all streams is what is said', () => {
  const failed = statusOf({}, { source: { state: 'failed', message: 'gone', fix: null } });
  expect(wallState(failed, now, zone)).toMatchObject({
    tone: 'down',
    words: expect.stringContaining('cannot be read'),
  });
  const behind = statusOf({}, { catchingUp: true, maxEventTimeUs: now * 1000 });
  expect(wallState(behind, now, zone).words).toBe('catching up · newest event 12:00:00');
});
