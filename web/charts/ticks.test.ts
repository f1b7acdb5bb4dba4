import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labelEvery, timeTickLabel, timeTicks, valueRange, valueTicks } from './ticks.ts';

test('any range has two to five round ticks and holds its values', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
      fc.boolean(),
      (low, span, zero) => {
        const high = low + span;
        fc.pre(span > Math.abs(low) * 1e-6);
        const range = valueRange(low, high, { zero });
        const ticks = valueTicks(range);
        const slack = range.step * 1e-6;
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(5);
        expect(range.min).toBeLessThanOrEqual(low + slack);
        expect(range.max).toBeGreaterThanOrEqual(high - slack);
        if (zero) expect(range.min <= slack && range.max >= -slack).toBe(true);
      },
    ),
    { seed: 8 },
  );
});

test('areas start at zero; lines far from it do not', () => {
  expect(valueRange(90, 100, { zero: true }).min).toBe(0);
  expect(valueRange(90, 100, { zero: false }).min).toBeGreaterThan(80);
});

test('a flat line still has room', () => {
  const range = valueRange(5, 5, { zero: false });
  expect(range.min).toBeLessThan(5);
  expect(range.max).toBeGreaterThan(5);
  expect(valueRange(0, 0, { zero: true })).toEqual({ min: 0, max: 0.2, step: 0.2 });
});

test('no values at all have an axis too', () => {
  expect(valueRange(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, { zero: true })).toEqual({
    min: 0,
    max: 1,
    step: 1,
  });
});

test('time ticks stand on the round minutes of the zone', () => {
  const from = Date.UTC(2026, 10, 22, 11, 48, 5) / 1000;
  const zone = { timeZone: 'Asia/Kolkata' };
  const hourly = timeTicks(from, from + 6 * 3600, 6, zone);
  expect(hourly.stepS).toBe(3600);
  expect(hourly.seconds.map((at) => timeTickLabel(at, hourly.stepS, zone))[0]).toBe('18:00');
  const fine = timeTicks(from, from + 60, 5, { timeZone: 'UTC' });
  expect(fine.seconds.map((at) => timeTickLabel(at, fine.stepS, { timeZone: 'UTC' }))).toEqual([
    '11:48:15',
    '11:48:30',
    '11:48:45',
    '11:49:00',
  ]);
});

test('labels of values stand apart: where ticks are closer than letters are high, some are left out', () => {
  const every = (stepPx: number, fontPx: number) => {
    // Whatever an axis counts, what matters is how far apart its ticks are.
    const found = [0.001, 1, 5000].map((step) => {
      const ticks = [0, 1, 2, 3, 4].map((nth) => nth * step);
      return labelEvery({ min: 0, max: 4 * step, ticks }, 4 * stepPx, fontPx);
    });
    expect(new Set(found).size).toBe(1);
    return found[0];
  };
  expect(every(40, 12)).toBe(1);
  expect(every(13, 12)).toBe(1);
  expect(every(11, 20)).toBe(2);
  expect(every(4, 20)).toBe(5);
  expect(every(0, 20)).toBe(1);
  expect(labelEvery({ min: 0, max: 1, ticks: [0] }, 100, 20)).toBe(1);
});
