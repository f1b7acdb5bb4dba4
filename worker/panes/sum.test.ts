import { expect, test } from 'vitest';
import type { Column } from './column.ts';
import { Sum } from './sum.ts';

function add(sum: Sum, argument: Column, rows: number): Sum {
  sum.resize(1);
  sum.add({
    from: 0,
    rows,
    slots: new Int32Array(rows),
    argument,
    by: null,
    partitionAt: () => 0,
    timeUs: new Float64Array(rows),
    offsetAt: (row) => row,
  });
  return sum;
}
const numbers = (values: readonly number[]): Column => ({ kind: 'number', values, validity: null });

test('W9 integer sums are exact past 2^53, merged too', () => {
  const max = Number.MAX_SAFE_INTEGER;
  const sum = add(new Sum(true, false), numbers([max, max, 1, 1, 1]), 5);
  expect(sum.value(0)).toBe(2n * BigInt(max) + 3n);
  sum.merge(
    add(new Sum(true, false), { kind: 'bigint', values: BigInt64Array.of(-(2n ** 62n)), validity: null }, 1),
    0,
    0,
  );
  expect(sum.value(0)).toBe(2n * BigInt(max) + 3n - 2n ** 62n);
});

test('N2 float sums lose nothing to large values that cancel, merged too', () => {
  const sum = add(new Sum(false, false), numbers([1, 1e100, 1]), 3);
  sum.merge(add(new Sum(false, false), numbers([-1e100]), 1), 0, 0);
  expect(sum.value(0)).toBe(2);
  expect(add(new Sum(false, true), numbers([0.1, 0.2, 0.3, Number.POSITIVE_INFINITY]), 4).value(0)).toBe(
    Number.POSITIVE_INFINITY,
  );
});

test('D3 an integer sum goes on when its field widens to float64', () => {
  const sum = add(new Sum(true, false), numbers([1, 2]), 2);
  add(sum, numbers([0.5]), 1);
  expect(sum.value(0)).toBe(3.5);
});
