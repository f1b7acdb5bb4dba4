import { expect, test } from 'vitest';
import type { Accumulator } from './accumulator.ts';
import { Count } from './count.ts';
import { Slots } from './slots.ts';

/** A count that says how often it was asked for its bytes. */
class Asked extends Count {
  bytes = 8;
  asked = 0;
  override bytesOf(): number {
    this.asked++;
    return this.bytes;
  }
}

function slotsOf(state: Accumulator): Slots {
  return new Slots(new Map([['n', { argument: null, by: null, filter: null, state }]]), 0);
}

test('N5 what many slots take is not walked through each time the page asks, and follows what is measured', () => {
  const state = new Asked();
  const slots = slotsOf(state);
  for (let slot = 0; slot < 16_000; slot++) slots.take();
  expect(slots.bytes).toBe(16_000 * 8);
  const once = state.asked;
  expect(once).toBeGreaterThan(1000);
  for (let time = 0; time < 100; time++) slots.bytes;
  expect(state.asked).toBe(once);
  // The table measures from time to time; and so do twice as many slots.
  state.bytes = 24;
  slots.averageBytes();
  expect(slots.bytes).toBe(16_000 * 24);
  state.bytes = 40;
  for (let slot = 0; slot <= 16_000; slot++) slots.take();
  expect(slots.bytes).toBe(32_001 * 40);
});

test('N5 what few slots take is what they take now', () => {
  const state = new Asked();
  const slots = slotsOf(state);
  for (let slot = 0; slot < 10; slot++) slots.take();
  expect(slots.bytes).toBe(80);
  state.bytes = 800;
  expect(slots.bytes).toBe(8000);
});
