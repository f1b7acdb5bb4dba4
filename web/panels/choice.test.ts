import { expect, test } from 'vitest';
import { chosenOf } from './choice.ts';

test('what is chosen of a column is known by its key, and nothing is muted before', () => {
  expect(chosenOf([], 'line')).toMatchObject({ any: false });
  expect(chosenOf([{ column: 'other', values: ['a'], not: false }], 'line').any).toBe(false);
  const one = chosenOf([{ column: 'line', values: ['a', null], not: false }], 'line');
  expect(['a', 'b', '∅', ''].map((key) => one.has(key))).toEqual([true, false, true, false]);
  const others = chosenOf([{ column: 'line', values: ['a'], not: true }], 'line');
  expect(['a', 'b'].map((key) => others.has(key))).toEqual([false, true]);
});
