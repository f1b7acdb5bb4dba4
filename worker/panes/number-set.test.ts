import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberSet } from './number-set.ts';

const dense = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 200, maxLength: 1500 });
const sparse = fc.array(
  fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.constantFrom(-1, -0, 2 ** 31, 2 ** 32, 0.5)),
  { maxLength: 300 },
);

function setOf(values: readonly number[]): NumberSet {
  const set = new NumberSet();
  for (const value of values) set.add(value);
  return set;
}

test('W10 a set of numbers counts what a Set counts, however its values lie and in whichever order they come', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(dense, sparse), { minLength: 1, maxLength: 4 }), (parts) => {
      const expected = new Set(parts.flat());
      expect(setOf(parts.flat()).size).toBe(expected.size);
      const united = new NumberSet();
      for (const part of parts) united.addAll(setOf(part));
      expect(united.size).toBe(expected.size);
      const seen: number[] = [];
      united.forEach((value) => {
        seen.push(value);
      });
      expected.delete(Number.NaN);
      expect(new Set(seen)).toEqual(new Set([...expected].map((value) => value + 0)));
      expect(seen).toHaveLength(expected.size);
    }),
    { seed: 7 },
  );
});

test('W10 a set that was copied does not change with its copy', () => {
  const first = setOf(Array.from({ length: 1000 }, (_, value) => value));
  const copy = new NumberSet();
  copy.addAll(first);
  copy.add(5000);
  copy.add(1e12);
  expect([first.size, copy.size]).toEqual([1000, 1002]);
});
