import { expect, test } from 'vitest';
import type { TimeView } from '../../contract/worker-api.ts';
import { type CoverInput, coverWords } from './cover-words.ts';

const NOW = Date.UTC(2026, 10, 22, 14);
const at = (hour: number, minute: number) => Date.UTC(2026, 10, 22, hour, minute) * 1000;
const words = (change: Partial<Omit<CoverInput, 'view'>>, view: Partial<TimeView> = {}) => {
  const { last = '', text } = coverWords({
    over: 900e6,
    isRange: true,
    windowSizeUs: 300e6,
    view: { span: 900e6, until: 'newest', earlierUs: 0, ...view },
    picture: { fromUs: null, untilUs: null },
    nowMs: NOW,
    zone: { timeZone: 'UTC' },
    ...change,
  });
  return last + text;
};

test('V1 a number that follows says how much of the newest it covers', () => {
  expect(words({})).toBe('last 15 min');
  expect(words({ over: null })).toBe('newest 5 min');
  expect(words({ over: 'all' })).toBe('all kept');
  expect(words({}, { fromUs: at(6, 0) })).toBe('since 06:00:00');
  expect(words({ over: 60e6, isRange: false }, { fromUs: at(6, 0) })).toBe('last 1 min');
});

test('V1 a number of a time that is over names that time', () => {
  const past = { until: at(12, 15) };
  expect(words({}, past)).toBe('12:00 – 12:15');
  expect(words({}, { ...past, fromUs: at(11, 30) })).toBe('11:30 – 12:15');
  expect(words({ over: 60e6, isRange: false }, past)).toBe('1 min to 12:15:00');
  expect(words({ over: null, isRange: false }, past)).toBe('5 min to 12:15:00');
  expect(words({ over: null, isRange: false, windowSizeUs: 0 }, past)).toBe('all to 12:15:00');
});
