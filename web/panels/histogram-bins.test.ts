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
