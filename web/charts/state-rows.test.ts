import { expect, test } from 'vitest';
import { nextStretch, statesExtent, stretchOf, timeShares } from './state-rows.ts';

const stretch = (fromS: number, untilS: number, state: string) => ({
  fromUs: fromS * 1e6,
  untilUs: untilS * 1e6,
  state,
  provisional: false,
  revised: false,
});
const STRETCHES = [stretch(0, 10, 'idle'), stretch(10, 40, 'running'), stretch(50, 60, 'down')];
const ALL = { fromS: 0, toS: 60 };

test('a moment is in one stretch, or in none', () => {
  expect([0, 9.9, 10, 45, 50, 60, -1].map((at) => stretchOf(STRETCHES, at)?.state ?? null)).toEqual([
    'idle',
    'idle',
    'running',
    null,
    'down',
    null,
    null,
  ]);
});

test('the keyboard goes from stretch to stretch, and stays in view', () => {
  expect(nextStretch(STRETCHES, 5, 1, ALL)).toBe(25);
  expect(nextStretch(STRETCHES, 25, 1, ALL)).toBe(55);
  expect(nextStretch(STRETCHES, 55, 1, ALL)).toBe(55);
  expect(nextStretch(STRETCHES, 25, -1, ALL)).toBe(5);
  expect(nextStretch(STRETCHES, 45, -1, ALL)).toBe(25);
  expect(nextStretch(STRETCHES, 5, 1, { fromS: 0, toS: 20 })).toBe(15);
  expect(nextStretch(STRETCHES, 15, 1, { fromS: 0, toS: 20 })).toBe(15);
});

test('V43 shares are of the time that is known and in view', () => {
  expect(timeShares([{ key: 'a', stretches: STRETCHES }], { fromS: 5, toS: 60 })).toEqual([
    { state: 'running', share: 30 / 45 },
    { state: 'down', share: 10 / 45 },
    { state: 'idle', share: 5 / 45 },
  ]);
  expect(timeShares([], ALL)).toEqual([]);
});

test('it reaches as far as was asked, and not before what is known', () => {
  const rows = [{ key: 'a', stretches: STRETCHES }];
  expect(statesExtent(rows, null, null)).toEqual({ fromS: 0, toS: 60 });
  expect(statesExtent(rows, 20e6, 70e6)).toEqual({ fromS: 20, toS: 70 });
  expect(statesExtent(rows, -20e6, 55e6)).toEqual({ fromS: 0, toS: 55 });
  expect(statesExtent([{ key: 'a', stretches: [] }], null, null)).toBeNull();
});
