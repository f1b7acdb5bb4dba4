import { expect, test } from 'vitest';
import type { RawRecord, Source, SourceEvent } from '../../relay/sources/source.ts';
import { positionOf } from '../../relay/sources/source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

function records(firstOffset: number, count: number): SourceEvent {
  const given = numbered(firstOffset, count).map(
    (value, index): RawRecord => ({
      offset: firstOffset + index,
      topic: 't',
      timestampMs: 1_743_760_800_000,
      key: null,
      value: Buffer.from(JSON.stringify(value)),
    }),
  );
  return { kind: 'records', partition: 0, firstOffset, nextOffset: firstOffset + count, behind: 0, records: given };
}

test('P5 a tab behind, while the relay has yet to hear that the source was made anew, is sent away for a little', async () => {
  let readings = 0;
  let epoch = 'e1';
  const source: Source = {
    replayable: true,
    label: 'a source made anew in silence',
    async *read(from, signal) {
      readings++;
      const asked = positionOf(from);
      if (asked !== null && asked.epoch !== epoch) yield { kind: 'reset', reason: 'made anew' };
      yield { kind: 'opened', position: { epoch, next: { 0: 0 } } };
      for (let at = 0; at < 4000; at += 500) {
        yield records(at, 500);
        // Frames of their own, so that the log has something to let go of.
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
      yield { kind: 'caught-up' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  const relay = await startTestRelay(source, { maxLogBytes: 9_000 });
  const early = await Tab.open(relay.port);
  early.subscribe('events');
  await early.rowsAtLeast(4000);
  await early.cut();
  expect(relay.feeds.get('events')?.opened?.log.floor().get(0)).toBeGreaterThan(0);
  epoch = 'e2';
  const before = readings;
  const tab = await Tab.open(relay.port);
  tab.subscribe('events');
  const bye = await tab.message('bye');
  expect([bye.code, bye.retry, bye.retryAfterMs > 0]).toEqual(['shutdown', true, true]);
  expect((await tab.message('fault')).message).toContain('made anew');
  expect(readings - before).toBeLessThanOrEqual(3);
});

test('P5 a source whose past is another at every start: a tab with an earlier one drops its rows, and is told why', async () => {
  const source: Source = {
    replayable: false,
    startsAnew: 'it was started again',
    label: 'a demo',
    async *read(_, signal) {
      yield { kind: 'opened', position: { epoch: 'second run', next: { 0: 0 } } };
      yield records(0, 200);
      yield { kind: 'caught-up' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  const relay = await startTestRelay(source);
  const tab = await Tab.open(relay.port);
  tab.subscribe('events', { epoch: 'first run', next: { 0: 150 } });
  await tab.rowsAtLeast(200);
  const { outcome, reason } = await tab.message('subscribed');
  expect(outcome).toBe('reset');
  expect(reason).toContain('it was started again');
  const again = await Tab.open(relay.port);
  again.subscribe('events', { epoch: 'second run', next: { 0: 150 } });
  expect((await again.message('subscribed')).outcome).toBe('resumed');
});
