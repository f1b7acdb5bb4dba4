import { expect, test } from 'vitest';
import type { ConnectionStatus } from '../../contract/worker-api.ts';
import { type PanelStateInput, panelState } from './panel-state.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 3, 5);
const LIVE: ConnectionStatus = { state: 'live', sinceMs: NOW - 8 * 3_600_000, transport: 'websocket' };
const WAITING: ConnectionStatus = { state: 'waiting', attempt: 1, retryAtMs: NOW, sinceMs: NOW, reason: 'gone' };
interface Shown {
  readonly ageMs: number;
  readonly behindMs: number;
  readonly delayMs: number;
  /** Sealed so long before it was received. */
  readonly wireMs: number;
}
const shown = (change: Partial<Shown> = {}, input: Partial<PanelStateInput> = {}) => {
  const { ageMs = 40, behindMs = 500, delayMs = 10_000, wireMs = 0 } = change;
  const maxEventTimeUs = (NOW - ageMs - wireMs - behindMs) * 1000;
  return panelState({
    connection: LIVE,
    clockAheadMs: 0,
    rebuilding: false,
    source: { state: 'live', message: null, fix: null },
    catchingUp: false,
    paused: false,
    asleep: false,
    nowMs: NOW,
    zone: { timeZone: 'UTC' },
    picture: {
      kind: 'series',
      stream: 's',
      maxEventTimeUs,
      watermarkUs: maxEventTimeUs - delayMs * 1000,
      receivedAtMs: NOW - ageMs,
      sealedAtMs: NOW - ageMs - wireMs,
    },
    ...input,
  });
};

test('frames that come with recent events are live', () => {
  expect(shown()).toEqual({ name: 'live', word: 'live', short: 'live', age: [], faded: false });
});

test('V1 V2 stale after ten seconds without a frame, and never fresh-looking', () => {
  expect(shown({ ageMs: 10_000 }).name).toBe('live');
  expect(shown({ ageMs: 42_000 })).toEqual({
    name: 'stale',
    word: 'stale',
    short: 'stale',
    age: ['as of 12:02:23', 'no data for 42 s'],
    faded: true,
  });
});

test('V2 history that is read again is as old as it was sealed, not as new as it was read', () => {
  const reloaded: ConnectionStatus = { ...LIVE, sinceMs: NOW - 1000 };
  const old = { ageMs: 500, wireMs: 1_800_000 };
  expect(shown(old, { connection: reloaded })).toMatchObject({
    name: 'stale',
    age: ['as of 11:33:04', 'no data for 30 min'],
  });
  expect(shown({ ...old, wireMs: 86_400_000 * 2 }, { connection: reloaded }).age[0]).toBe('as of 2026-11-20 12:03:04');
  // While there is more of it, it says that instead.
  expect(shown(old, { connection: reloaded, catchingUp: true })).toMatchObject({ name: 'catching-up', faded: false });
  expect(shown({ behindMs: 900_000 }, { catchingUp: true }).name).toBe('catching-up');
  // What comes slowly while the page listens is lag, and no silence.
  expect(shown({ ageMs: 500, wireMs: 15_000 }).name).toBe('live');
});

test('V2 clocks that are apart make nothing old and nothing new', () => {
  const reloaded: ConnectionStatus = { ...LIVE, sinceMs: NOW - 60_000 };
  for (const aheadMs of [3_600_000, -3_600_000, 0]) {
    // By the relay's clock; this computer's is ahead of it.
    const came = (wireMs: number) =>
      shown(
        { ageMs: 40, wireMs: wireMs + aheadMs, behindMs: 500 - aheadMs },
        { connection: reloaded, clockAheadMs: aheadMs },
      ).name;
    expect([came(20), came(300_000)]).toEqual(['live', 'stale']);
  }
});

test('V1 late when events arrive more than twice the expected lag after they happened', () => {
  expect(shown({ behindMs: 20_000 }).name).toBe('live');
  expect(shown({ behindMs: 20_001 }).word).toBe('late · 20 s behind');
  expect(shown({ behindMs: 100_000, delayMs: 60_000 }).name).toBe('live');
});

test('V1 replay when events were over an hour old as they came; silence after that is not staleness', () => {
  expect(shown({ behindMs: 3_600_001 }).word).toBe('replay · 2026-11-22');
  expect(shown({ behindMs: 3_600_001, ageMs: 60_000 }).name).toBe('replay');
});

test('a live stream that fell silent an hour ago is stale, not a replay', () => {
  expect(shown({ ageMs: 7_200_000 }).name).toBe('stale');
  expect(shown({ ageMs: 100, wireMs: 7_200_000 }, { connection: { ...LIVE, sinceMs: NOW - 100 } }).name).toBe('stale');
});

test('V1 a source that was read to its end is silent for a reason', () => {
  const source = { state: 'ended', message: 'read to its end', fix: null } as const;
  expect(shown({ ageMs: 60_000 }, { source })).toMatchObject({ name: 'ended', age: ['as of 12:02:05'], faded: false });
  expect(shown({}, { source }).name).toBe('live');
});

test('C3 disconnected keeps the picture and says since when', () => {
  expect(shown({ ageMs: 3000 }, { connection: WAITING })).toMatchObject({
    name: 'disconnected',
    age: ['as of 12:03:02', 'no data for 3 s'],
    faded: true,
  });
});

test('V1 a source that failed is never live: its message is said, and the last picture stays', () => {
  const source = { state: 'failed', message: 'no broker answers', fix: 'start it' } as const;
  expect(shown({}, { source })).toMatchObject({
    name: 'failed',
    word: 'source failed',
    age: ['as of 12:03:04', 'no broker answers'],
    faded: true,
  });
  expect(shown({}, { source, picture: undefined })).toMatchObject({ name: 'failed', age: [] });
  // What the relay last told of a source says nothing once the relay is gone.
  expect(shown({}, { source, connection: WAITING }).name).toBe('disconnected');
});

test('V1 while the engine is replaced no panel is live: the last picture stays, and it is told', () => {
  expect(shown({}, { rebuilding: true })).toMatchObject({
    name: 'rebuilding',
    word: 'rebuilding',
    age: ['as of 12:03:04'],
    faded: true,
  });
  expect(shown({}, { rebuilding: true, connection: WAITING }).name).toBe('rebuilding');
});

test('paused, empty and error come before all that', () => {
  expect(shown({ ageMs: 60_000 }, { paused: true }).name).toBe('paused');
  expect(shown({}, { picture: undefined }).name).toBe('empty');
  expect(shown({}, { picture: { kind: 'error' } }).name).toBe('error');
});

test('V1 events more than an hour after the wall clock are never live: a clock is ahead', () => {
  expect(shown({ behindMs: -3_599_000 }).name).toBe('live');
  expect(shown({ behindMs: -365.25 * 86_400_000 })).toEqual({
    name: 'ahead',
    word: 'clock ahead',
    short: 'clock ahead',
    age: ['event time 2027-11-22'],
    faded: true,
  });
  expect(shown({ behindMs: -86_400_000, ageMs: 60_000 }).name).toBe('ahead');
  expect(shown({ behindMs: -86_400_000 }, { connection: WAITING }).name).toBe('disconnected');
});

test('V5 the picture of a panel that sleeps says nothing of the stream', () => {
  expect(shown({ ageMs: 60_000 }, { asleep: true })).toMatchObject({ name: 'asleep', age: [] });
  expect(shown({}, { asleep: true, paused: true }).name).toBe('paused');
  expect(shown({}, { asleep: true, picture: undefined }).name).toBe('empty');
});
