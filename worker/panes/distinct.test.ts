import { expect, test } from 'vitest';
import { columnOf, feed, feedCells } from '../../tests/support/accumulate.ts';
import type { Cell } from './column.ts';
import { Distinct, MAX_EXACT } from './distinct.ts';
import { DISTINCT_ERROR } from './hyperloglog.ts';

const kinds: Readonly<Record<string, (index: number) => Cell>> = {
  integers: (index) => index * 7919,
  floats: (index) => index / 3,
  int64: (index) => 2n ** 60n + BigInt(index),
  texts: (index) => `user-${index}`,
};

test.each(Object.keys(kinds))(
  'W23 %s: exact up to 16,384 values, within the bound beyond, and it says which',
  (kind) => {
    const cells = Array.from({ length: MAX_EXACT + 20_000 }, (_, index) => kinds[kind]?.(index) ?? null);
    const state = feedCells(new Distinct(), cells.slice(0, MAX_EXACT));
    feedCells(state, cells.slice(0, 100));
    expect([state.value(0), state.relativeError(0)]).toEqual([MAX_EXACT, 0]);
    feedCells(state, cells.slice(MAX_EXACT));
    expect(state.relativeError(0)).toBe(DISTINCT_ERROR);
    expect(Math.abs((state.value(0) as number) / cells.length - 1)).toBeLessThan(DISTINCT_ERROR);
    expect(state.bytesOf(0)).toBeLessThan(20_000);

    // Cut into states otherwise, some exact and some not, in another order: the very same estimate.
    const parts = [cells.slice(30_000), cells.slice(0, 25_000), cells.slice(20_000, 33_000)].map((part) =>
      feedCells(state.fresh(), part),
    );
    const merged = new Distinct();
    merged.resize(1);
    for (const part of parts) merged.merge(part, 0, 0);
    expect(merged.value(0)).toBe(state.value(0));
    expect(merged.relativeError(0)).toBe(DISTINCT_ERROR);
  },
);

test('W23 equal numbers are one value: integers and floats, −0 and 0, NaN and NaN, small ones among large', () => {
  const state = feedCells(new Distinct(), [1, 2, 0, -0, Number.NaN, Number.NaN, null]);
  feedCells(state, [1n, 2n, 2n ** 60n, -(2n ** 53n)]);
  feedCells(state, [-(2 ** 53)]);
  expect(state.value(0)).toBe(6);
  feedCells(state, [2 ** 60, 2 ** 62]);
  feedCells(state, [2n ** 62n, 2n ** 60n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]);
  feedCells(state, [2 ** 63, -(2 ** 63)]);
  expect(state.value(0)).toBe(11);
});

test('W23 values whose last group went are forgotten, those a fold or another state still holds are not', () => {
  const state = new Distinct();
  const other = feedCells(state.fresh(), ['kept']);
  const texts = (from: number) => columnOf(Array.from({ length: 1000 }, (_, index) => `t${from + index}`));
  state.resize(100);
  for (let round = 0; round < 200; round++) {
    const slot = round % 100;
    state.reset(slot);
    feed(state, 1000, { argument: texts(round * 1000), slots: new Array<number>(1000).fill(slot) });
  }
  // Numbers have been given back and used again by now.
  for (let slot = 0; slot < 100; slot++) expect(state.value(slot)).toBe(1000);
  feedCells(other, ['kept', 't199999']);
  expect(other.value(0)).toBe(2);
  other.merge(state, 99, 0);
  expect(other.value(0)).toBe(1001);
});

test('N2 states merge within one accumulator and keep apart', () => {
  const state = feed(new Distinct(), 4, { argument: columnOf(['a', 'b', 'b', 'c']), slots: [0, 0, 1, 1] });
  state.merge(state, 0, 1);
  expect([state.value(0), state.value(1)]).toEqual([2, 3]);
  feed(state, 2, { argument: columnOf(['x', 'y']), slots: [1, 1] });
  expect([state.value(0), state.value(1)]).toEqual([2, 5]);
});

test('W23 large exact slots merged beyond 16,384 values are the sketch of all of them, after they grew too', () => {
  const slots = Array.from({ length: 12 }, (_, slot) => slot);
  const valuesOf = (slot: number, count: number) => Array.from({ length: count }, (_, index) => slot * 1500 + index);
  const table = new Distinct();
  const add = (slot: number, values: readonly number[]) => {
    feed(table, values.length, { argument: columnOf(values), slots: values.map(() => slot) });
    table.resize(slots.length + 1);
  };
  const grow = (count: number) => {
    for (const slot of slots) add(slot, valuesOf(slot, count));
  };
  const folded = () => {
    const fold = table.fresh();
    fold.resize(1);
    for (const slot of slots) fold.merge(table, slot, 0);
    return fold.value(0);
  };
  const direct = (count: number) =>
    feedCells(
      new Distinct(),
      slots.flatMap((slot) => valuesOf(slot, count)),
    ).value(0);
  for (const count of [1200, 1800, 2000]) {
    grow(count);
    expect(folded()).toBe(direct(count));
    expect(folded()).toBe(direct(count));
    // Of a slot of the same accumulator, made of others and then given to another.
    table.reset(slots.length);
    for (const slot of slots) table.merge(table, slot, slots.length);
    expect(table.value(slots.length)).toBe(direct(count));
  }
  const halves = valuesOf(0, 2000).map((value) => value + 0.5);
  table.reset(0);
  add(0, halves);
  const moved = [...halves, ...slots.slice(1).flatMap((s) => valuesOf(s, 2000))];
  expect(folded()).toBe(feedCells(new Distinct(), moved).value(0));
});
