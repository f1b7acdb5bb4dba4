import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

test('C4 the window in which tabs come back grows with their number, up to a minute', () => {
  expect([0, 1, 200, 2_000, 50_000].map((sessions) => retryAfterMs(sessions, 1))).toEqual([
    1_500, 1_500, 1_500, 10_500, 60_500,
  ]);
  expect([0, 2_000, 50_000].map((sessions) => retryAfterMs(sessions, 0))).toEqual([500, 500, 500]);
});
