import { expect, test } from 'vitest';
import { type PanelStateInput, panelState } from './panel-state.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 3, 5);
const shown = (
  change: Partial<{ ageMs: number; behindMs: number; delayMs: number }> = {},
  input: Partial<PanelStateInput> = {},
) => {
  const { ageMs = 40, behindMs = 500, delayMs = 10_000 } = change;
  const maxEventTimeUs = (NOW - ageMs - behindMs) * 1000;
  return panelState({
    connection: 'live',
    paused: false,
    nowMs: NOW,
    zone: { timeZone: 'UTC' },
    picture: {
      kind: 'series',
      stream: 's',
      maxEventTimeUs,
      watermarkUs: maxEventTimeUs - delayMs * 1000,
      receivedAtMs: NOW - ageMs,
      sealedAtMs: NOW - ageMs,
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
});

test('C3 disconnected keeps the picture and says since when', () => {
  expect(shown({ ageMs: 3000 }, { connection: 'waiting' })).toMatchObject({
    name: 'disconnected',
    age: ['as of 12:03:02', 'no data for 3 s'],
    faded: true,
  });
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
  expect(shown({ behindMs: -86_400_000 }, { connection: 'waiting' }).name).toBe('disconnected');
});
