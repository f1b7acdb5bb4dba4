import { expect, test } from 'vitest';
import { sinceText, startFrom } from './start-from.ts';

test.each([
  ['2h', '2h'],
  ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T10:00:00.5+02:00', '2026-11-22T08:00:00.500Z'],
  ['2026-11-22 10:00', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22', '2026-11-22T00:00:00.000Z'],
  ['yesterday', null],
  ['2026-13-22', null],
  ['5', null],
])('--since %s', (text, when) => {
  expect(sinceText(text)).toBe(when);
});

test('a length of time counts back from now; a time, offsets and the ends are what they are', () => {
  expect(startFrom('2h', 10_000_000)).toEqual({ sinceMs: 2_800_000 });
  expect(startFrom('2026-11-22T10:00:00Z', 0)).toEqual({ sinceMs: Date.UTC(2026, 10, 22, 10) });
  expect(startFrom({ 0: 1_200 }, 0)).toEqual({ offsets: { 0: 1_200 } });
  expect(startFrom('latest', 0)).toBe('latest');
});
