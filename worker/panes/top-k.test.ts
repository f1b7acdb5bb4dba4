import { expect, test } from 'vitest';
import { feedCells } from '../../tests/support/accumulate.ts';
import type { Cell, ValueType } from './column.ts';
import { MAX_COUNTED, TopK } from './top-k.ts';

const top = (type: ValueType, cells: readonly Cell[], k: number) => feedCells(new TopK(type), cells).value(0, k);

test('W24 the k most frequent values, equally frequent ones by value, as JSON text', () => {
  const cells = ['b', 'a', 'c', null, 'c', 'a', 'b', 'd"', 'c'];
  expect(top('text', cells, 3)).toBe('[{"value":"c","count":3},{"value":"a","count":2},{"value":"b","count":2}]');
  expect(top('text', cells, 9)).toBe(
    '[{"value":"c","count":3},{"value":"a","count":2},{"value":"b","count":2},{"value":"d\\"","count":1}]',
  );
  expect(top('text', [null], 3)).toBeNull();
});

test('W24 values of every type as JSON', () => {
  expect(top('integer', [2n ** 60n + 1n, 5n, 5n], 2)).toBe(
    '[{"value":5,"count":2},{"value":1152921504606846977,"count":1}]',
  );
  expect(top('decimal:2', [-5], 1)).toBe('[{"value":-0.05,"count":1}]');
  expect(top('boolean', [1, 1, 0], 1)).toBe('[{"value":true,"count":2}]');
  expect(top('float', [Number.NaN, Number.NaN, -0, 0, 0], 2)).toBe('[{"value":0,"count":3},{"value":"NaN","count":2}]');
  expect(top('timestamp', [0, -1], 2)).toBe(
    '[{"value":"1969-12-31T23:59:59.999999Z","count":1},{"value":"1970-01-01T00:00:00Z","count":1}]',
  );
});

test('W24 exact up to 10,000 values, merged too', () => {
  const cells = Array.from({ length: MAX_COUNTED }, (_, index) => index);
  const state = feedCells(new TopK('integer'), cells);
  state.merge(feedCells(state.fresh(), [17, 17, 5]), 0, 0);
  expect(state.value(0, 2)).toBe('[{"value":17,"count":3},{"value":5,"count":2}]');
  expect(state.relativeError(0, 2)).toBe(0);
});

test('W24 of many values that all occur once some are listed, and the error says that they may not be the right ones', () => {
  const state = feedCells(
    new TopK('integer'),
    Array.from({ length: 100_001 }, (_, index) => index),
  );
  const found = JSON.parse(state.value(0, 10) ?? '') as { count: number }[];
  expect(found).toHaveLength(10);
  const most = Math.max(...found.map(({ count }) => count));
  expect(most).toBeLessThanOrEqual(1 + 100_001 / MAX_COUNTED);
  expect(state.relativeError(0, 10)).toBe((most - 1) / most);
});

test('W24 beyond, counts are never too low and too high by at most n / 10,000, and nothing more frequent is left out', () => {
  const values = 150_000;
  const heavy = 40;
  const cells: number[] = [];
  for (let index = 0; index < values; index++)
    cells.push(1_000 + index, index > 60_000 && index % 3 === 0 ? index % heavy : 1_000 + index);
  const counts = new Map<number, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  const whole = feedCells(new TopK('integer'), cells);
  const merged = new TopK('integer');
  merged.resize(1);
  for (let at = 0; at < cells.length; at += 37_000)
    merged.merge(feedCells(merged.fresh(), cells.slice(at, at + 37_000)), 0, 0);
  for (const state of [whole, merged]) {
    const found = JSON.parse(state.value(0, 10) ?? '') as { value: number; count: number }[];
    const last = found.at(-1)?.count ?? 0;
    const bound = state.relativeError(0, 10) * last;
    expect(bound).toBeGreaterThan(0);
    expect(bound).toBeLessThanOrEqual(cells.length / MAX_COUNTED);
    for (const { value, count } of found) {
      const right = counts.get(value) ?? 0;
      expect(count).toBeGreaterThanOrEqual(right);
      expect(count - right).toBeLessThanOrEqual(bound);
    }
    const listed = new Set(found.map(({ value }) => value));
    for (const [value, count] of counts) if (!listed.has(value)) expect(count).toBeLessThanOrEqual(last);
    expect(state.bytesOf(0)).toBeLessThan(4e6);
  }
});
