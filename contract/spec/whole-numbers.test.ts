import { expect, test } from 'vitest';
import { floorMod, greatestDivisor } from './whole-numbers.ts';

test('the greatest divisor is above 0 whatever the signs, and of 0 it is the other number', () => {
  expect([greatestDivisor(12, 18), greatestDivisor(-12, 18), greatestDivisor(12, -18)]).toEqual([6, 6, 6]);
  expect([greatestDivisor(0, 5), greatestDivisor(5, 0), greatestDivisor(0, 0)]).toEqual([5, 5, 0]);
});

test('the rest of a division is from 0 to below the divisor, and never -0', () => {
  expect([7, -7, -1, 6, 0].map((value) => floorMod(value, 3))).toEqual([1, 2, 2, 0, 0]);
  expect(Object.is(floorMod(-6, 3), 0)).toBe(true);
});
