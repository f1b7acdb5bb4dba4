import { expect, test } from 'vitest';
import { Gather } from './gather.ts';

test('P6 a small tick is followed by a pause as long as it took, 50 ms at most; a full one by none', () => {
  const gather = new Gather();
  expect(gather.waitMs(0)).toBe(0);
  gather.ticked(10, 100, 103);
  expect(gather.waitMs(104)).toBe(2);
  expect(gather.waitMs(106)).toBe(0);
  gather.ticked(10, 200, 900);
  expect(gather.waitMs(900)).toBe(50);
  gather.ticked(50_000, 1000, 1200);
  expect(gather.waitMs(1200)).toBe(0);
});
