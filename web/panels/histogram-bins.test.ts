import { expect, test } from 'vitest';
import { binsOf, medianOf } from './histogram-bins.ts';

const rows = (values: Record<string, number | null>) => Object.entries(values).map(([key, value]) => ({ key, value }));

test('buckets stand as numbers, each as wide as the least step; one that nobody fell into is a gap', () => {
  const found = binsOf(rows({ '100': 4, '20': 1, '10': 2, '∅': 9, x: 1 }), 100, true);
  expect(found?.bins).toEqual([
    { from: 10, to: 20, value: 2 },
    { from: 20, to: 30, value: 1 },
    { from: 100, to: 110, value: 4 },
  ]);
  expect(found).toMatchObject({ fromValue: 10, toValue: 110, largest: 4, total: 7, unnumbered: 2 });
  expect(binsOf(rows({ x: 1 }), 10, true)).toBeNull();
  expect(binsOf(rows({ '0.1': 1, '0.2': 1, '0.3': 2 }), 10, true)?.bins.at(-1)).toEqual({
    from: 0.3,
    to: 0.4,
    value: 2,
  });
});

test('buckets stand where their keys say, whatever those are multiples of', () => {
  const edges = (values: Record<string, number>, most = 100) =>
    binsOf(rows(values), most, true)?.bins.map(({ from, to, value }) => [from, to, value]);
  expect(edges({ '0.5': 1, '1.5': 2, '2.5': 3 })).toEqual([
    [0.5, 1.5, 1],
    [1.5, 2.5, 2],
    [2.5, 3.5, 3],
  ]);
  expect(edges({ '-7': 1, '3': 2, '13': 3, '33': 4 })).toEqual([
    [-7, 3, 1],
    [3, 13, 2],
    [13, 23, 3],
    [33, 43, 4],
  ]);
  expect(edges({ '0': 1, '5': 1, '12': 1 })?.at(-1)).toEqual([12, 17, 1]);
  expect(edges({ '3': 1, '13': 2, '23': 4, '33': 8 }, 2)).toEqual([
    [3, 23, 3],
    [23, 43, 12],
  ]);
});

test('V51 more buckets than fit are joined where they can be added, and never else', () => {
  const many = rows(Object.fromEntries(Array.from({ length: 40 }, (_, at) => [String(at * 5), 1])));
  const joined = binsOf(many, 10, true);
  expect(joined?.bins).toHaveLength(10);
  expect(joined?.bins[0]).toEqual({ from: 0, to: 20, value: 4 });
  expect(joined?.total).toBe(40);
  expect(binsOf(many, 10, false)?.bins).toHaveLength(40);
});

test('the median is where half lies below, within its bucket', () => {
  const median = (values: Record<string, number>) => {
    const found = binsOf(rows(values), 100, true);
    return found && medianOf(found);
  };
  // 100 values: 30 below 10, 40 more below 20: half a bucket on.
  expect(median({ '0': 30, '10': 40, '20': 30 })).toBe(15);
  expect(median({ '0': 50, '10': 50 })).toBe(10);
  expect(median({ '0': 0, '10': 0 })).toBeNull();
});
