import { expect, test } from 'vitest';
import { parseSelect, type Select } from '../../contract/spec/select.ts';
import type { Cell } from '../panes/column.ts';
import { compileError, compileSelect, emptyValue, isAdditive } from './evaluate.ts';

function selectsOf(texts: Readonly<Record<string, string>>): Select[] {
  return Object.entries(texts).map(([name, text]) => {
    const parsed = parseSelect(name, text, Object.keys(texts));
    if ('problem' in parsed) throw new Error(parsed.problem);
    return parsed.select;
  });
}

const selects = selectsOf({
  n: 'count()',
  buys: "count_if(action = 'buy')",
  rate: 'buys / n',
  net: '-(sum(price) - 2) * 3 + rate',
  p95: 'quantile(price, 0.95)',
});
const values: Record<string, Cell> = { '["count",null,null,null,null]': 4, '["sum","price",null,null,null]': 10 };
const evaluate = (name: string, other: Record<string, Cell> = {}) =>
  compileSelect(name, selects, {
    state: (key) => ({ value: () => ({ ...values, ...other })[key] ?? 0 }) as never,
    seconds: () => 60,
    measures: new Map(),
  })(0);
const errorOf = (name: string) =>
  compileError(name, selects, {
    state: (key) => ({ relativeError: () => (key.includes('quantile') ? 0.01 : 0) }) as never,
    seconds: () => 60,
    measures: new Map(),
  })(0);

test('W11 x / 0 is null, and null makes null', () => {
  expect(evaluate('rate')).toBe(0);
  expect(evaluate('rate', { '["count",null,null,null,null]': 0 })).toBeNull();
  expect(evaluate('net', { '["count",null,null,null,null]': 0 })).toBeNull();
  expect(evaluate('net')).toBe(-24);
});

test('a picture of no rows shows 0 for counts and sums, and knows what adds up and what is approximate', () => {
  expect(['n', 'rate', 'p95'].map((name) => emptyValue(name, selects, 60))).toEqual([0, null, null]);
  expect(['n', 'buys', 'rate', 'net'].map((name) => isAdditive(name, selects))).toEqual([true, true, false, false]);
  expect([errorOf('n'), errorOf('p95')]).toEqual([0, 0.01]);
  expect(() => emptyValue('gone', selects, 60)).toThrow('gone');
});
