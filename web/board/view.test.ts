import { expect, test } from 'vitest';
import { shownBoard } from './view.ts';

test('an address names a board that is there, or the only one is shown, or the list', () => {
  const two = { shop: {}, line: {} };
  expect(shownBoard(two, 'line')).toBe('line');
  expect(shownBoard({ shop: {} }, null)).toBe('shop');
  expect(shownBoard({ shop: {} }, 'gone')).toBeNull();
  for (const wanted of ['gone', 'constructor', '__proto__', 'toString', null])
    expect(shownBoard(two, wanted)).toBeNull();
});
