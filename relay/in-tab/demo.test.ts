import { expect, test } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import { DEMOS } from '../../contract/demos.ts';
import { handClock } from '../../tests/support/hand-clock.ts';
import { openDemo } from './demo.ts';

test.each(DEMOS)('the demo $name has boards, and a source for each of its streams', async ({ name }) => {
  const options = { rate: null, clock: handClock(), run: 'r', seed: 1, utcOffsetMs: 0 };
  const { streams, boards } = await openDemo(name, options);
  expect(streams.length).toBeGreaterThan(0);
  expect(Object.keys(boards.boards).length).toBeGreaterThan(0);
  for (const { panels } of Object.values(boards.boards)) expect(panels.length).toBeGreaterThan(3);
  const first: string[] = [];
  for (const { source } of streams)
    for await (const { kind } of source.read('earliest', new AbortController().signal)) {
      if (kind === 'records') break;
      first.push(kind);
    }
  expect(new Set(first)).toEqual(new Set(['opened', 'state']));
});

test('a demo that is not there is refused by name', async () => {
  const options = { rate: null, clock: handClock(), run: 'r', seed: 1, utcOffsetMs: 0 };
  await expect(openDemo('fishery', options)).rejects.toThrow('there is no demo fishery');
});

test('events asked for are of all streams of a demo together', async () => {
  const clock: Clock = { ...handClock(), after: (_, run) => clearImmediate.bind(null, setImmediate(run)) };
  const options = { clock, run: 'r', seed: 1, utcOffsetMs: 0 };
  const countOf = async (rate: number) => {
    const { streams } = await openDemo('all', { ...options, rate });
    let count = 0;
    for (const { source } of streams) {
      const stop = new AbortController();
      for await (const event of source.read('earliest', stop.signal)) {
        if (event.kind === 'records') count += event.records.length;
        if (event.kind === 'caught-up') stop.abort();
      }
    }
    return count;
  };
  // 15 minutes of the past; times of day differ.
  const perSecond = (await countOf(40)) / 900;
  expect(perSecond).toBeGreaterThan(40 / 3);
  expect(perSecond).toBeLessThan(40 * 2);
});
