import { expect, test } from 'vitest';
import { placedNames } from './paint-control.ts';

test('names stand above their lines, below at the top, and none where a line or another name is', () => {
  const placed = (lines: Record<string, number>) =>
    placedNames(
      Object.entries(lines).map(([name, y]) => ({ name, y })),
      0,
      26,
    ).map(({ name, below }) => `${name}${below ? ' below' : ''}`);
  expect(placed({ upper: 100, lower: 160, spec: 20, centre: 130 })).toEqual(['upper', 'lower', 'spec below', 'centre']);
  // The centre goes through what is 20 px below it.
  expect(placed({ upper: 100, lower: 140, centre: 120 })).toEqual(['upper']);
  // What lies below one line comes near what lies above the next.
  expect(placed({ upper: 60, spec: 10 })).toEqual(['upper']);
  expect(placed({ upper: 60, spec: 60 })).toEqual([]);
});
