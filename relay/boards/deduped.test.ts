import { expect, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { dedupedStreams } from './deduped.ts';

const DEDUP = { by: ['id'], within: '1m' };
const over = (from: string, more: object = {}) =>
  WindowSpecSchema.parse({ from, window: 'tumble(1s)', select: { n: 'count()' }, ...more });

test('W31 a stream is deduped where a window over it is, or one over such a window', () => {
  const windows = {
    plain: over('a'),
    once: over('b', { dedup: DEDUP }),
    minutes: over('seconds', { dedup: DEDUP }),
    seconds: over('c'),
  };
  expect([...dedupedStreams(windows)]).toEqual(['b', 'c']);
});
