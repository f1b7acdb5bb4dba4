import { expect, test } from 'vitest';
import { PassedFor } from './passed-for.ts';

test('V42 what was passed when the page opened has been for at least so long; what it saw begin, for so long', () => {
  const found = new PassedFor();
  expect(found.passed('rate', 10e6, null)).toEqual({ forMs: 0, atLeast: true });
  expect(found.passed('rate', 12e6, null)).toEqual({ forMs: 2000, atLeast: true });
  found.notPassed('rate');
  expect(found.passed('rate', 13e6, null)).toEqual({ forMs: 0, atLeast: false });
  expect(found.passed('rate', 16e6, null)).toEqual({ forMs: 3000, atLeast: false });
  expect(found.passed('other', 17e6, null)).toEqual({ forMs: 0, atLeast: true });
});

test('V42 windows before the page was opened tell when it began, or that it began before them', () => {
  const found = new PassedFor();
  expect(found.passed('rate', 190e6, { fromUs: 10e6, all: false })).toEqual({ forMs: 180_000, atLeast: false });
  expect(found.passed('rate', 190e6, { fromUs: 10e6, all: true })).toEqual({ forMs: 180_000, atLeast: true });
  // The newest windows alone are above it again: the value over all of them has been for longer.
  expect(found.passed('rate', 200e6, { fromUs: 195e6, all: false })).toEqual({ forMs: 10_000, atLeast: true });
});
