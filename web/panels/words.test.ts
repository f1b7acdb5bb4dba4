import { expect, test } from 'vitest';
import { funnel } from './funnel.ts';
import { condense, sparkPaths } from './sparkline.ts';
import { thresholdPassed } from './thresholds.ts';

const steps = (values: Record<string, number | null>) => Object.entries(values).map(([key, value]) => ({ key, value }));

test('a funnel says what reached the end and where most was lost', () => {
  const found = funnel(steps({ search: 82_412, click: 52_630, cart: 18_344, purchase: 7102 }));
  expect(found).toMatchObject({ first: 'search', last: 'purchase', worst: { from: 'click', to: 'cart' } });
  expect(found?.kept).toBeCloseTo(0.0862, 4);
  expect(found?.worst?.lost).toBeCloseTo(0.6515, 4);
});

test('a funnel without a beginning says nothing; one that loses nothing names no loss', () => {
  expect(funnel(steps({ search: null, click: 3 }))).toBeNull();
  expect(funnel(steps({ search: 2, click: 3 }))?.worst).toBeNull();
});

test('the gravest threshold speaks', () => {
  const limits = { warnAbove: 0.02, alarmAbove: 0.05, unit: 'percentunit' };
  expect([0.02, 0.0231, 0.06].map((value) => thresholdPassed(value, limits))).toEqual([
    null,
    { level: 'warn', word: 'above 2 %', short: 'high' },
    { level: 'alarm', word: 'above 5 %', short: 'high' },
  ]);
  expect(thresholdPassed(12, { warnBelow: 50, alarmBelow: 20 })).toEqual({
    level: 'alarm',
    word: 'below 20',
    short: 'low',
  });
  expect(thresholdPassed(null, { warnBelow: 50 })).toBeNull();
});

test('a sparkline breaks where there is no value', () => {
  const paths = sparkPaths(Float64Array.from([1, 2, Number.NaN, 3]));
  expect(paths?.line.match(/M/g)).toHaveLength(2);
  expect(paths?.area.match(/Z/g)).toHaveLength(2);
  expect(sparkPaths(Float64Array.from([1, 1, 1, 1]))).toBeNull();
});

test('a long sparkline is condensed to means, the newest run whole', () => {
  expect([...condense(Float64Array.from([9, 1, 3, 5, Number.NaN]), 3)]).toEqual([2, 5]);
  expect([...condense(Float64Array.from([1, 2]), 2)]).toEqual([1, 2]);
});
