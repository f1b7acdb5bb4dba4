import { expect, test } from 'vitest';
import { columnOf, feed, feedCells } from '../../tests/support/accumulate.ts';
import { Extreme } from './extreme.ts';
import { FirstLast } from './first-last.ts';

test('W9 min and max over numbers, int64 beyond 2^53 and texts, also when a column changes between frames', () => {
  const max = feedCells(new Extreme(1), [3, null, 7, 5]);
  expect(max.value(0)).toBe(7);
  feedCells(max, [2n ** 60n, 2n ** 60n + 1n, 4n]);
  feedCells(max, [2 ** 60]);
  expect(max.value(0)).toBe(2n ** 60n + 1n);
  const min = feedCells(new Extreme(-1), [2n ** 60n, 2n ** 60n - 1n]);
  feedCells(min, [9]);
  expect(min.value(0)).toBe(9);
  expect(feedCells(new Extreme(-1), ['b', null, 'a', 'c']).value(0)).toBe('a');
  expect(feedCells(new Extreme(1), [null]).value(0)).toBeNull();
});

test('W9 NaN is above every number', () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  expect(feedCells(new Extreme(1), [1, nan, infinity]).value(0)).toBeNaN();
  expect(feedCells(new Extreme(-1), [nan, infinity]).value(0)).toBe(infinity);
  expect(feedCells(new Extreme(-1), [nan]).value(0)).toBeNaN();
});

test('W9 a small int64 that came among large ones is the same cell as from a column of small ones', () => {
  expect(feedCells(new Extreme(-1), [2n ** 60n, 5n]).value(0)).toBe(5);
  expect(feedCells(new FirstLast(1), [2n ** 60n, 5n]).value(0)).toBe(5);
  expect(feedCells(new FirstLast(-1), [2n ** 60n, 5n]).value(0)).toBe(2n ** 60n);
});

test('N2 a state merged within itself, and a slot used anew, hold nothing of before', () => {
  const state = feed(new FirstLast(1), 3, {
    argument: columnOf(['a', 'b', 'c']),
    slots: [0, 1, 1],
    timeUs: [5, 1, 2],
  });
  state.merge(state, 1, 0);
  expect([state.value(0), state.value(1)]).toEqual(['a', 'c']);
  state.reset(0);
  state.merge(state, 1, 0);
  expect(state.value(0)).toBe('c');
});
