import { expect, test } from 'vitest';
import { COLORS, type ColorMemory, createColors } from './colors.ts';

test('eight values of a column wear eight colours', () => {
  const colors = createColors();
  const slots = Array.from({ length: COLORS }, (_, index) => colors.slot('country', `c${index}`));
  expect(new Set(slots).size).toBe(COLORS);
  expect(colors.slot('country', 'c3')).toBe(slots[3]);
  expect(colors.slot('country', 'one more')).toBeLessThan(COLORS);
});

test('a declared order decides, on every panel, and others keep clear of it', () => {
  const colors = createColors();
  const order = ['search', 'click', 'cart', 'purchase'];
  const declared = order.map((value) => colors.slot('action', value, order));
  expect(new Set(declared).size).toBe(4);
  for (const value of ['refund', 'bot', 'x']) expect(declared).not.toContain(colors.slot('action', value, order));
});

test('V4 after a reload the colours are the same, whatever comes first', () => {
  let kept: Record<string, Record<string, number>> = {};
  const memory: ColorMemory = { load: () => kept, save: (slots) => (kept = JSON.parse(JSON.stringify(slots))) };
  const names = ['DE', 'FR', 'GB', 'US', 'ES', 'SE'];
  const before = createColors(memory);
  const first = names.map((name) => before.slot('country', name));
  const after = createColors(memory);
  expect([...names].reverse().map((name) => after.slot('country', name))).toEqual([...first].reverse());
});
