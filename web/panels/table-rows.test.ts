import { expect, test } from 'vitest';
import { fitting, nextSort, sortRows } from './table-rows.ts';

test('numbers sort as numbers, texts by the numbers in them, and nothing stands last either way', () => {
  const by = (values: unknown[], direction: 'ascending' | 'descending') =>
    sortRows(values, (value) => value, direction);
  expect(by([10, 9, null, -1], 'ascending')).toEqual([-1, 9, 10, null]);
  expect(by([10, Number.NaN, 9, -1], 'descending')).toEqual([10, 9, -1, Number.NaN]);
  expect(by(['line 10', 'line 9', null, 'Line 1'], 'ascending')).toEqual(['Line 1', 'line 9', 'line 10', null]);
  expect(by([2n ** 60n, 2n ** 60n + 1n], 'descending')).toEqual([2n ** 60n + 1n, 2n ** 60n]);
});

test('a head clicked thrice sorts one way, the other, and as before', () => {
  const once = nextSort(null, 'price', true);
  expect(once).toEqual({ by: 'price', direction: 'descending' });
  const twice = nextSort(once, 'price', true);
  expect(twice).toEqual({ by: 'price', direction: 'ascending' });
  expect(nextSort(twice, 'price', true)).toBeNull();
  expect(nextSort(once, 'name', false)).toEqual({ by: 'name', direction: 'ascending' });
});

test('as many columns stand side by side as have room, and two at least', () => {
  expect([30, 29, 21, 20, 19, 3].map((room) => fitting([10, 10, 10], room))).toEqual([3, 2, 2, 2, 2, 2]);
  expect(fitting([4, 4, 4, 20], 20)).toBe(3);
  expect(fitting([], 10)).toBe(0);
});
