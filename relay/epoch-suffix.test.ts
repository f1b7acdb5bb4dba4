import { expect, test } from 'vitest';
import { withEpochSuffix } from './epoch-suffix.ts';
import type { Source, StartFrom } from './sources/source.ts';

function asked(suffix: string, from: StartFrom): StartFrom | undefined {
  let heard: StartFrom | undefined;
  const source: Source = {
    replayable: false,
    label: 'asked',
    read: (start) => {
      heard = start;
      return (async function* () {})();
    },
  };
  withEpochSuffix(source, suffix).read(from, new AbortController().signal);
  return heard;
}

const BEYOND = { next: { 0: 2 ** 32 + 9 }, certain: { 0: 9 } };

test.each(['', '~1', '~12'])('S8 a source followed by "%s" is told where what is kept of it ends', (suffix) => {
  expect(asked(suffix, { epoch: `mqtt:a${suffix}`, ...BEYOND })).toEqual({ epoch: 'mqtt:a', ...BEYOND });
  expect(asked(suffix, { epoch: `mqtt:a${suffix}`, next: { 0: 9 } })).toEqual({ epoch: 'mqtt:a', next: { 0: 9 } });
});

test('a position from before a log was left is of another past', () => {
  expect(asked('~1', { epoch: 'mqtt:a', next: { 0: 9 } })).toMatchObject({ epoch: 'mqtt:a~' });
  expect(asked('~1', 'latest')).toBe('latest');
});
