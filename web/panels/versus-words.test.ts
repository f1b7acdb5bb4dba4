import { expect, test } from 'vitest';
import type { Versus } from '../../contract/worker-api.ts';
import { versusWords } from './versus-words.ts';

const START = Date.UTC(2026, 10, 22, 12, 0, 0) * 1000;
const versus = (now: number | null, before: number | null): Versus => ({
  fromUs: START,
  untilUs: START + 280e6,
  overUs: 300e6,
  now,
  before,
});
const words = (now: number | null, before: number | null) =>
  versusWords(versus(now, before), (value) => `${value} users`, START / 1000, { timeZone: 'UTC' });

test('V11 the arrow says which two lengths of time it compares, and their numbers', () => {
  expect(words(1049, 1000)).toEqual({
    change: '▲ 4.9 %',
    length: '5 min',
    whole: '1049 users in 12:00:00 – 12:04:40, what is final of it, against 1000 users in 11:55:00 – 11:59:40',
  });
  expect(words(300, 1000)?.change).toBe('▼ 70 %');
  // Less far below zero is more.
  expect(words(-5, -10)?.change).toBe('▲ 50 %');
});

test('V11 no arrow where there is nothing to compare', () => {
  expect([
    words(1, 0),
    words(null, 1),
    words(1, null),
    words(10_000, 10_001),
    versusWords(null, String, START / 1000, { timeZone: 'UTC' }),
  ]).toEqual([null, null, null, null, null]);
});

test('V11 days against days say which', () => {
  const days = { fromUs: START, untilUs: START + 1.5 * 86_400e6, overUs: 2 * 86_400e6, now: 20, before: 10 };
  expect(versusWords(days, String, START / 1000 + 129_600_000, { timeZone: 'UTC' })?.whole).toBe(
    '20 in 2026-11-22 12:00:00 – 2026-11-24 00:00:00, what is final of it, against 10 in 2026-11-20 12:00:00 – 2026-11-22 00:00:00',
  );
});
