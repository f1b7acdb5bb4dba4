import { expect, test } from 'vitest';
import { Holding } from './hold.ts';

test('what is held stands still, and the answer to another question is taken all the same', () => {
  const holding = new Holding<string>();
  expect(holding.of('a1', 'a', false)).toBe('a1');
  expect(holding.of('a2', 'a', true)).toBe('a1');
  expect(holding.of('a2', 'a', false)).toBe('a2');
  expect(holding.of('a3', 'a', true)).toBe('a2');
  // The question changes before its answer comes.
  expect(holding.of('a4', 'b', true)).toBe('a4');
  expect(holding.of('b1', 'b', true)).toBe('b1');
  expect(holding.of('b2', 'b', true)).toBe('b1');
  expect(holding.of('b2', 'b', false)).toBe('b2');
});
