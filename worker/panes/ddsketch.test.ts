import fc from 'fast-check';
import { expect, test } from 'vitest';
import { feedCells } from '../../tests/support/accumulate.ts';
import { DdSketch, RELATIVE_ERROR } from './ddsketch.ts';
import { MAX_FEW_VALUES } from './few-values.ts';

const RANKS = [0, 0.01, 0.25, 0.5, 0.75, 0.95, 0.99, 1];
const INFINITY = Number.POSITIVE_INFINITY;
/** Magnitudes below the least normal float64 count as zero. */
const SUBNORMAL = 2.3e-308;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const sketch = (values: readonly number[]) => feedCells(new DdSketch(1), values);
const ordered = (values: readonly number[]) => Float64Array.from(values).sort();

test(`W10 W25 a quantile is within 1 % of the value at its rank, however rows were cut into states (seed ${seed})`, () => {
  const value = fc.oneof(
    fc.double({ min: -1e9, max: 1e9, noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -0, 1e-6, -1e-6, 7, INFINITY, -INFINITY),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 300, size: 'max' }), fc.nat(299), (few, cut) => {
      const values = Array.from({ length: MAX_FEW_VALUES + few.length }, (_, index) => few[index % few.length] ?? 0);
      const state = sketch(values.slice(0, cut));
      state.merge(sketch(values.slice(cut)), 0, 0);
      const sorted = ordered(values);
      const [least = 0, greatest = 0] = [sorted.at(0), sorted.at(-1)];
      for (const rank of RANKS) {
        const right = sorted[Math.floor(rank * (values.length - 1))] as number;
        const found = state.value(0, rank) as number;
        const error = state.relativeError(0, rank);
        if (Number.isFinite(right) && Number.isFinite(error))
          expect(Math.abs(found - right)).toBeLessThanOrEqual(error * 1.0000001 * Math.abs(right) + SUBNORMAL);
        else if (!Number.isFinite(right)) expect(found).toBe(right);
      }
      expect([0, 1].map((rank) => Number(state.value(0, rank)) + 0)).toEqual([least + 0, greatest + 0]);
    }),
    { seed, numRuns: 200 },
  );
});

test('W9 W25 a quantile of no values is null; nulls and NaN are no values, infinities are', () => {
  expect(sketch([]).value(0, 0.5)).toBeNull();
  expect(feedCells(new DdSketch(1), [null, Number.NaN]).value(0, 0.5)).toBeNull();
  const state = sketch([Number.NaN, INFINITY, -INFINITY, 5, 6]);
  expect([0, 1 / 3, 1].map((rank) => state.value(0, rank))).toEqual([-INFINITY, 5, INFINITY]);
});

test('W25 of up to 256 values a quantile is exact, between two of them in proportion', () => {
  expect(sketch([4, 1, 3, 2]).value(0, 0.5)).toBe(2.5);
  expect(sketch([10, 20]).value(0, 0.75)).toBe(17.5);
  const values = Array.from({ length: MAX_FEW_VALUES }, (_, index) => ((index * 89) % 256) + 0.125);
  const halves = sketch(values.slice(0, 100));
  halves.merge(sketch(values.slice(100)), 0, 0);
  expect([halves.value(0, 0.5), halves.relativeError(0, 0.5)]).toEqual([127.625, 0]);
  halves.merge(sketch([1e9]), 0, 0);
  expect(halves.relativeError(0, 0.5)).toBe(RELATIVE_ERROR);
  expect(Math.abs((halves.value(0, 0.5) as number) / 128.125 - 1)).toBeLessThanOrEqual(RELATIVE_ERROR);
});

test('W25 equal values are answered exactly, decimals as what they are', () => {
  const state = feedCells(new DdSketch(100), [1998, 1998, 1998]);
  expect([state.value(0, 0.5), state.relativeError(0, 0.5)]).toEqual([19.98, 0]);
  const int64 = feedCells(new DdSketch(1), [2n ** 60n, 2n ** 60n]);
  expect(int64.value(0, 0.3)).toBe(2 ** 60);
});

test('W25 past 17 powers of ten the lowest values are joined, which their answers say, whatever the order', () => {
  const values = Array.from({ length: 2000 }, (_, index) => 10 ** (-200 + index / 5));
  const sorted = ordered(values);
  const shuffled = values.map((_, index) => values[(index * 1237) % values.length] as number);
  const inOrder = sketch(sorted as unknown as number[]);
  const halves = sketch(shuffled.slice(0, 900));
  halves.merge(sketch(shuffled.slice(900)), 0, 0);
  expect(inOrder.bytesOf(0)).toBeLessThan(2 ** 16);
  for (const rank of RANKS) {
    const found = inOrder.value(0, rank) as number;
    const error = inOrder.relativeError(0, rank);
    expect(halves.value(0, rank)).toBe(found);
    expect(halves.relativeError(0, rank)).toBe(error);
    const right = sorted[Math.floor(rank * (values.length - 1))] as number;
    if (rank > 0 && rank < 0.95) expect(error).toBe(INFINITY);
    else expect(Math.abs(found - right)).toBeLessThanOrEqual((error + 1e-9) * right);
  }
  expect(inOrder.relativeError(0, 0.99)).toBe(RELATIVE_ERROR);
});

test('W25 a state keeps its own counts when it was merged into another', () => {
  const state = sketch([1, 2, 3]);
  state.resize(2);
  state.merge(state, 0, 1);
  state.merge(sketch([1000, 2000, 3000, 4000]), 0, 1);
  expect(state.value(0, 1)).toBe(3);
  expect(state.value(1, 1)).toBe(4000);
  state.reset(1);
  expect(state.value(1, 0.5)).toBeNull();
});
