import { expect, test } from 'vitest';
import { changeOf, passedSince } from './stat-words.ts';

test('V11 a change is a share of what was, and of parts of a whole their difference in points', () => {
  expect(changeOf(106.1, 100, undefined)).toEqual({ change: '▲ 6.1 %', up: true });
  expect(changeOf(50, 100, 'currencyUSD')).toEqual({ change: '▼ 50 %', up: false });
  expect(changeOf(0.0382, 0.0412, 'percentunit')).toEqual({ change: '▼ 0.3 pt', up: false });
  expect(changeOf(41, 40, 'percent')).toEqual({ change: '▲ 1.0 pt', up: true });
  expect([changeOf(1, 0, undefined), changeOf(null, 1, undefined), changeOf(1, 1.0001, undefined)]).toEqual([
    null,
    null,
    null,
  ]);
});

test('how long a limit has been passed is told by the newest windows in a row', () => {
  const spark = { xSeconds: Float64Array.of(0, 10, 20, 30, 40), values: Float64Array.of(1, 3, 1, 3, 4) };
  const limits = { warnAbove: 2 };
  expect(passedSince(spark, 5, limits)).toEqual({ fromUs: 30e6, all: false });
  expect(passedSince(spark, 3, limits)).toBeNull();
  expect(passedSince(spark, 5, { warnAbove: 0 })).toEqual({ fromUs: 0, all: true });
  expect(passedSince({ ...spark, values: Float64Array.of(3, 3, Number.NaN, 3, 3) }, 5, limits)).toEqual({
    fromUs: 30e6,
    all: false,
  });
});
