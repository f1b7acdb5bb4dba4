import { expect, test } from 'vitest';
import { Gather } from './gather.ts';

test('P6 a small tick of history, or of a busy computer, is followed by a pause as long as it took, 50 ms at most', () => {
  const gather = new Gather();
  expect(gather.waitMs(0)).toBe(0);
  gather.ticked({ rows: 10, liveRows: 0 }, 100, 103);
  expect(gather.waitMs(104)).toBe(2);
  expect(gather.waitMs(106)).toBe(0);
  gather.ticked({ rows: 10, liveRows: 10 }, 200, 900);
  expect(gather.waitMs(900)).toBe(50);
});

test('P6 live rows do not wait, nor does what comes after a full tick', () => {
  const gather = new Gather();
  gather.ticked({ rows: 500, liveRows: 500 }, 100, 120);
  expect(gather.waitMs(120)).toBe(0);
  gather.ticked({ rows: 50_000, liveRows: 0 }, 1000, 1200);
  expect(gather.waitMs(1200)).toBe(0);
});
