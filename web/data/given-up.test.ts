import { expect, test } from 'vitest';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import { isOpening } from '../board/opening.ts';
import { givenUp } from './given-up.ts';

test('T4 an engine given up while it was rebuilt, or read what was kept, is closed and nothing else', () => {
  const connecting = { state: 'connecting', attempt: 1, sinceMs: 0 } as const;
  const last = { ...shopStatus(0, connecting), rebuilding: true, restoring: true };
  const shown = givenUp(last, { message: 'it failed five times', fix: 'Reload the page.' });
  expect(shown).toEqual({
    ...last,
    rebuilding: false,
    restoring: false,
    connection: { state: 'closed', reason: 'it failed five times' },
  });
  expect(isOpening(shown)).toBe(false);
});
