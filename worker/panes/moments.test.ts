import { expect, test } from 'vitest';
import { feedCells } from '../../tests/support/accumulate.ts';
import type { Cell } from './column.ts';
import { Moments } from './moments.ts';

const of = (population: boolean, deviation: boolean, cells: readonly Cell[], unit = 1) =>
  feedCells(new Moments({ population, deviation, unit }), cells);

test('W26 variance and stddev, of a sample and of a population', () => {
  const cells = [2, 4, 4, 4, 5, 5, 7, 9, null];
  expect(of(true, false, cells).value(0)).toBe(4);
  expect(of(true, true, cells).value(0)).toBe(2);
  expect(of(false, false, cells).value(0)).toBeCloseTo(32 / 7, 14);
  expect(of(false, true, cells).value(0)).toBeCloseTo(Math.sqrt(32 / 7), 14);
});

test('W26 a sample of one has no variance, a population of one has 0, none has none', () => {
  expect([of(false, false, [5]).value(0), of(true, false, [5]).value(0)]).toEqual([null, 0]);
  expect([of(false, false, []).value(0), of(true, true, [null]).value(0)]).toEqual([null, null]);
});

test('W26 digits are not lost far from 0, and states merge to the same', () => {
  const cells = Array.from({ length: 1000 }, (_, index) => 1e15 + (index % 10));
  const whole = of(true, false, cells);
  const parts = of(true, false, cells.slice(0, 10));
  for (let at = 10; at < 1000; at += 90) parts.merge(of(true, false, cells.slice(at, at + 90)), 0, 0);
  expect(whole.value(0)).toBeCloseTo(8.25, 8);
  expect(parts.value(0)).toBeCloseTo(8.25, 8);
  expect(of(true, false, [0.1, 0.1, 0.1]).value(0)).toBe(0);
});

test('W26 with a NaN or an infinity it is NaN, merged too', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const state = of(true, false, [1, 2]);
    state.merge(of(true, false, [bad]), 0, 0);
    expect(state.value(0)).toBeNaN();
  }
});

test('W26 decimals are counted as what they are, int64 as the nearest float', () => {
  expect(of(true, false, [100, 300], 100).value(0)).toBe(1);
  expect(of(true, true, [100, 300], 100).value(0)).toBe(1);
  expect(of(true, true, [2n ** 60n, -(2n ** 60n)]).value(0)).toBe(2 ** 60);
});
