import { expect, test } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import type { SourceEvent } from '../sources/source.ts';
import { createSimulatedSource } from './simulated-source.ts';

test('the past comes first, then what happens, once each and in order', async () => {
  const clock = handClock();
  const startMs = clock.nowMs();
  const stop = new AbortController();
  const source = createSimulatedSource({
    // One event a second, told by its time.
    simulate(fromMs) {
      let at = fromMs;
      return {
        until(timeMs) {
          const made = [];
          for (; at <= timeMs; at += 1000) made.push({ topic: 't', event: { at } });
          return made;
        },
      };
    },
    label: 'a test',
    epoch: 'e',
    clock,
    pastMs: 60_000,
  });
  const events: SourceEvent[] = [];
  const reading = (async () => {
    for await (const event of source.read('earliest', stop.signal)) events.push(event);
  })();
  const turns = async () => {
    for (let turn = 0; turn < 200; turn++) {
      await Promise.resolve();
      if (turn % 20 === 0) clock.pass(0);
    }
  };
  await turns();
  const times = () =>
    events.flatMap((event) =>
      event.kind === 'records'
        ? event.records.map(({ value }) => JSON.parse(new TextDecoder().decode(value ?? undefined)).at as number)
        : [],
    );
  expect(times()).toEqual(Array.from({ length: 61 }, (_, second) => startMs - 60_000 + second * 1000));
  expect(events.map(({ kind }) => kind).filter((kind) => kind !== 'records')).toEqual(['opened', 'state', 'caught-up']);
  clock.pass(2_500);
  await turns();
  expect(times().slice(61)).toEqual([startMs + 1000, startMs + 2000]);
  const records = events.filter((event) => event.kind === 'records');
  for (const [index, event] of records.entries()) {
    expect(event.firstOffset).toBe(records[index - 1]?.nextOffset ?? 0);
    expect(event.nextOffset - event.firstOffset).toBe(event.records.length);
  }
  stop.abort();
  await reading;
});
