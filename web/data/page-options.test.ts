import { expect, test } from 'vitest';
import { heapBytes, journalBytes, paneBytes, stuckMs } from './page-options.ts';

test('T4 J2 bounds are what the address says, within reason, and the usual ones where it says nothing that is known', () => {
  const MiB = 2 ** 20;
  expect([stuckMs('?watchdog=30s'), stuckMs('?watchdog=1ms'), stuckMs(''), stuckMs('?watchdog=soon')]).toEqual([
    30_000, 1000, 15_000, 15_000,
  ]);
  expect([journalBytes('?journal=32MiB', 5), journalBytes('?journal=much', 5), journalBytes('', 5)]).toEqual([
    32 * MiB,
    5,
    5,
  ]);
  expect([journalBytes('?journal=0', 5), journalBytes('?journal=0B', 5)]).toEqual([0, 0]);
  expect([paneBytes('?panes=64MiB', 5), paneBytes('?panes=0B', 5), paneBytes('?panes=x', 5)]).toEqual([
    64 * MiB,
    4 * MiB,
    5,
  ]);
  expect([heapBytes('?heap=1GiB', 5), heapBytes('?heap=1MiB', 5), heapBytes('?heap=', 5)]).toEqual([
    1024 * MiB,
    128 * MiB,
    5,
  ]);
});
