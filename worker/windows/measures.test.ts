import { expect, test } from 'vitest';
import type { AggregateName } from '../../contract/spec/select.ts';
import { feedCells } from '../../tests/support/accumulate.ts';
import type { Cell, ValueType } from '../panes/column.ts';
import { makeAccumulator } from './measures.ts';

const NUMERIC: readonly AggregateName[] = [
  'sum',
  'avg',
  'variance',
  'stddev',
  'var_pop',
  'stddev_pop',
  'quantile',
  'median',
];

test('W29 aggregates that count with their argument refuse texts and times, by name', () => {
  for (const fn of NUMERIC)
    for (const type of ['text', 'timestamp'] as const)
      expect(() => makeAccumulator({ fn }, type, null)).toThrow(`${fn} needs a number, and its argument is a ${type}`);
  expect(() => makeAccumulator({ fn: 'sum' }, null, null)).toThrow('sum needs an argument');
  expect(() => makeAccumulator({ fn: 'arg_max' }, 'text', null)).toThrow('arg_max needs a second argument');
});

test('W28 of decimals, sum, min, max, first, last and arg_min are decimals of the same scale, the rest floats', () => {
  const decimal: ValueType = 'decimal:2';
  const cells = [1998, 2, -500];
  const typeAndValue = (fn: AggregateName, rank = 0): readonly [ValueType, Cell] => {
    const { make, type } = makeAccumulator({ fn }, decimal, decimal);
    return [type, feedCells(make(), cells, cells).value(0, rank)];
  };
  expect(typeAndValue('sum')).toEqual([decimal, 1500]);
  expect(typeAndValue('min')).toEqual([decimal, -500]);
  expect(typeAndValue('max')).toEqual([decimal, 1998]);
  expect(typeAndValue('first')).toEqual([decimal, 1998]);
  expect(typeAndValue('last')).toEqual([decimal, -500]);
  expect(typeAndValue('arg_min')).toEqual([decimal, -500]);
  expect(typeAndValue('avg')).toEqual(['float', 5]);
  expect(typeAndValue('quantile', 1)).toEqual(['float', 19.98]);
  expect(typeAndValue('stddev_pop')).toEqual(['float', expect.closeTo(10.7889, 4)]);
  expect(typeAndValue('count_distinct')).toEqual(['integer', 3]);
  expect(typeAndValue('top_k', 1)).toEqual(['text', '[{"value":-5.00,"count":1}]']);
});

test('W9 aggregates of no values: counts are 0, all others null', () => {
  const every: readonly AggregateName[] = [...NUMERIC, 'min', 'max', 'first', 'last', 'arg_min', 'arg_max', 'top_k'];
  for (const fn of every) {
    const { make } = makeAccumulator({ fn }, 'float', 'float');
    expect(feedCells(make(), [null, null], [1, null]).value(0, 1), fn).toBeNull();
  }
  for (const fn of ['count', 'count_distinct'] as const)
    expect(feedCells(makeAccumulator({ fn }, 'float', null).make(), [null]).value(0, 0), fn).toBe(0);
});
