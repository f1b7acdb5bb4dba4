import { expect, test } from 'vitest';
import { ClockAhead } from './clock-ahead.ts';

test('V2 of what was slow on its way, the fastest says how far the clocks are apart', () => {
  const clock = new ClockAhead();
  expect(clock.ms).toBeNull();
  for (const [sent, took] of [
    [1000, 900],
    [2000, 20],
    [3000, 4000],
  ] as const)
    clock.heard(sent, sent + took - 3_600_000);
  expect(clock.ms).toBe(20 - 3_600_000);
});

test('V2 a clock that was set is believed within a minute, forwards and back', () => {
  const clock = new ClockAhead();
  clock.heard(0, 10);
  for (let second = 1; second <= 60; second++) clock.heard(second * 1000, second * 1000 + 5000);
  expect(clock.ms).toBe(5000);
  clock.heard(61_000, 61_000 - 7000);
  expect(clock.ms).toBe(-7000);
});
