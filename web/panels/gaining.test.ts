import { expect, test } from 'vitest';
import { createGaining } from './gaining.ts';

/** Told every second the newest event of then; what it says in the end. */
function after(seconds: number, eventMs: (nowMs: number) => number): boolean[] {
  const gains = createGaining();
  return Array.from({ length: seconds }, (_, second) => {
    const nowMs = 1e12 + second * 1000;
    return gains(eventMs(second * 1000), nowMs);
  });
}

const START_MS = 1e12 - 600_000;

test('a reader of the past gains on the clock, and no longer once it is as late as before', () => {
  const read = after(60, (passedMs) => START_MS + Math.min(passedMs * 20, 400_000) + passedMs);
  expect(read.slice(0, 4)).toEqual([false, true, true, true]);
  expect(read.at(-1)).toBe(false);
  // Twice as fast as the clock is not much, and tells in a while.
  expect(after(20, (passedMs) => START_MS + passedMs * 2).at(-1)).toBe(true);
});

test('what is late by the same all the while, or in bursts, gains nothing', () => {
  expect(after(60, (passedMs) => START_MS + passedMs)).not.toContain(true);
  expect(after(60, (passedMs) => START_MS + Math.floor(passedMs / 9000) * 9000)).not.toContain(true);
  expect(after(60, () => START_MS)).not.toContain(true);
});
