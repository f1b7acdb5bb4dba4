import { expect, test } from 'vitest';
import { VariableSchema } from '../../contract/spec/variable.ts';
import { found, MAX_OPTIONS, optionsOf, optionsSql } from './options.ts';
import { unfilteredWords } from './unfiltered-words.ts';
import { valuesWords } from './value-words.ts';

test('values are those of the column, names quoted, or those the board has or asks for', () => {
  const of = (spec: object) => optionsSql(VariableSchema.parse({ column: 'a', ...spec }));
  expect(of({ column: 'a "b"', from: 'orders; x' })).toBe(
    'SELECT DISTINCT "a ""b""" AS value FROM "orders; x" ORDER BY value LIMIT 501',
  );
  expect(of({ from: 'orders', sql: 'SELECT a FROM b -- all\n;' })).toBe(
    'SELECT * FROM (\nSELECT a FROM b -- all\n\n) LIMIT 501',
  );
  expect(of({ values: ['x'] })).toBeNull();
});

test('values are the first column as texts; more than are offered are told', () => {
  expect(optionsOf([{ a: 'x', b: 1 }, { a: null }, { a: 7n }, { a: true }, { a: 'x' }])).toEqual({
    values: ['x', null, '7', 'true'],
    more: false,
  });
  const many = optionsOf(Array.from({ length: MAX_OPTIONS + 1 }, (_, index) => ({ a: index })));
  expect([many.values.length, many.more]).toEqual([MAX_OPTIONS, true]);
});

test('what is searched for is found whatever its case; what is chosen is offered though no event has it any more', () => {
  expect(found(['DE', 'FR', null], ['AT'], '')).toEqual(['DE', 'FR', null, 'AT']);
  expect(found(['DE', 'FR', null], ['AT'], ' d')).toEqual(['DE']);
});

test('what is chosen, and what could not be, in words', () => {
  expect([[], ['DE'], [null], [''], ['DE', 'FR'], ['DE', 'FR', 'AT']].map(valuesWords)).toEqual([
    'all',
    'DE',
    'none',
    '(empty)',
    'DE, FR',
    'DE + 2 more',
  ]);
  expect([[], ['a'], ['a', 'b', 'c']].map(unfilteredWords)).toEqual([
    null,
    'not filtered by a',
    'not filtered by a, b or c',
  ]);
});
