import { expect, test } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { shiftPixels } from './pixel-shift.ts';

test('it moves by a pixel or two at most, comes round, and rests where motion is not wanted', () => {
  const clock = handClock();
  const moves: string[] = [];
  let still = false;
  const end = shiftPixels(
    clock,
    () => still,
    (x, y) => void moves.push(`${x},${y}`),
  );
  for (let step = 0; step < 9; step++) clock.pass(180_000);
  expect(new Set(moves).size).toBe(9);
  expect(moves.at(-1)).toBe('0,0');
  for (const move of moves) for (const px of move.split(',')) expect(Math.abs(Number(px))).toBeLessThanOrEqual(2);
  still = true;
  clock.pass(180_000);
  clock.pass(180_000);
  expect(moves.slice(-2)).toEqual(['0,0', '0,0']);
  end();
  clock.pass(180_000);
  expect(moves.length).toBe(12);
});
