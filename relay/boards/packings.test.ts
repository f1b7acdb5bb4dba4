import { expect, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { packingsOf } from './packings.ts';

const DEDUP = { by: ['id'], within: '1m' };
const over = (from: string, more: object = {}) =>
  WindowSpecSchema.parse({ from, window: 'tumble(1s)', select: { n: 'count()' }, ...more });

test('F10 W31 a stream doubles are taken from is packed in order; where they are taken from closed rows, never', () => {
  const windows = {
    plain: over('a'),
    once: over('b', { dedup: DEDUP }),
    minutes: over('seconds', { dedup: DEDUP }),
    seconds: over('c'),
    hours: over('days', { dedup: DEDUP }),
    days: over('d', { dedup: DEDUP }),
    weeks: over('e'),
    months: over('weeks'),
  };
  expect([...packingsOf(windows)]).toEqual([
    ['b', 'in order'],
    ['c', 'never'],
    ['d', 'never'],
  ]);
});
