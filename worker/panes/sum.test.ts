import { expect, test } from 'vitest';
import { feedCells } from '../../tests/support/accumulate.ts';
import { Sum } from './sum.ts';

const integers = () => new Sum({ integer: true, mean: false, unit: 1 });
const floats = () => new Sum({ integer: false, mean: false, unit: 1 });
const INFINITY = Number.POSITIVE_INFINITY;

test('W9 integer sums are exact past 2^53 and past 2^63, merged too', () => {
  const max = Number.MAX_SAFE_INTEGER;
  const sum = feedCells(integers(), [max, max, 1, 1, 1]);
  expect(sum.value(0)).toBe(2n * BigInt(max) + 3n);
  const other = feedCells(integers(), [-(2n ** 62n), 5n, null, 2n ** 53n + 1n]);
  sum.merge(other, 0, 0);
  expect(sum.value(0)).toBe(2n * BigInt(max) + 8n - 2n ** 62n + 2n ** 53n + 1n);
  const largest = 2n ** 63n - 1n;
  const large = feedCells(
    integers(),
    Array.from({ length: 5000 }, () => largest),
  );
  large.merge(feedCells(integers(), [largest, 1]), 0, 0);
  expect(large.value(0)).toBe(5001n * largest + 1n);
});

test('W9 what came as a large integer and goes back below 2^53 is a number', () => {
  expect(feedCells(integers(), [2n ** 60n, -(2n ** 60n), 7n]).value(0)).toBe(7);
});

test('W26 the mean of integers is that of their exact sum; of decimals, of their values', () => {
  const mean = feedCells(new Sum({ integer: true, mean: true, unit: 1 }), [2n ** 62n, 2n ** 62n + 1024n, 1n]);
  expect(mean.value(0)).toBe(Number(2n ** 63n + 1025n) / 3);
  expect(feedCells(new Sum({ integer: true, mean: true, unit: 100 }), [1998, 2002]).value(0)).toBe(20);
});

test('N2 float sums lose nothing to large values that cancel, merged too', () => {
  const sum = feedCells(floats(), [1, 1e100, 1]);
  sum.merge(feedCells(floats(), [-1e100]), 0, 0);
  expect(sum.value(0)).toBe(2);
});

test('W26 infinities and NaN sum as IEEE says, merged too', () => {
  expect(feedCells(new Sum({ integer: false, mean: true, unit: 1 }), [0.1, 0.2, INFINITY]).value(0)).toBe(INFINITY);
  const sum = feedCells(floats(), [1, INFINITY, 2]);
  const both = feedCells(floats(), [5]);
  both.merge(sum, 0, 0);
  both.merge(feedCells(floats(), [3]), 0, 0);
  expect(both.value(0)).toBe(INFINITY);
  both.merge(feedCells(floats(), [-INFINITY]), 0, 0);
  expect(both.value(0)).toBeNaN();
  expect(feedCells(floats(), [Number.NaN, 1]).value(0)).toBeNaN();
});

test('D3 an integer sum goes on when its field widens to float64, with what it had beyond 2^53', () => {
  const sum = feedCells(feedCells(integers(), [1, 2]), [0.5]);
  expect(sum.value(0)).toBe(3.5);
  const large = feedCells(feedCells(integers(), [2n ** 60n]), [0.5]);
  large.merge(feedCells(integers(), [2n ** 60n]), 0, 0);
  expect(large.value(0)).toBe(2 ** 61);
});
