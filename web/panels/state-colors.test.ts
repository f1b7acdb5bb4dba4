import { expect, test } from 'vitest';
import { ownColor } from './state-colors.ts';

test('V4 names have the colours the board gives them, and numbers without end are not remembered', () => {
  const asked: string[] = [];
  const named = (name: string) => asked.push(name);
  expect(ownColor('up', named)).toBe(1);
  expect([0, 1, 7, 8, -1, 2.5, Number.NaN, 1e300].map((state) => ownColor(state, named)).slice(0, 7)).toEqual([
    1, 2, 8, 1, 8, 3, 1,
  ]);
  expect(asked).toEqual(['up']);
});
