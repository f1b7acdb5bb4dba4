import { expect, test } from 'vitest';
import type { RawRecord, Source, SourceEvent } from '../../relay/sources/source.ts';
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

test('P5 a gap of unknown size is told to a tab that was away when it came', async () => {
  const lost = Promise.withResolvers<void>();
  const source: Source = {
    replayable: false,
    label: 'a source that loses its session',
    committed: () => undefined,
    async *read(_from, signal) {
      yield { kind: 'opened', position: { epoch: 'e', next: { 0: 0 } } };
      yield records(0, 20);
      yield { kind: 'caught-up' };
      await lost.promise;
      yield { kind: 'gap', partition: 0, firstOffset: 20, nextOffset: 20, reason: 'the session is gone' };
      yield records(20, 10);
      yield { kind: 'caught-up' };
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    },
  };
  const relay = await startTestRelay(source);
  const tab = await Tab.open(relay.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(20);
  const position = { epoch: 'e', next: { 0: 20 } };
  await tab.cut();
  const beforeMs = Date.now();
  lost.resolve();
  await new Promise((resolve) => setTimeout(resolve, 300));
  const backMs = Date.now();
  const again = await Tab.open(relay.port);
  again.subscribe('events', position);
  await again.rowsAtLeast(10);
  expect((await again.message('subscribed')).outcome).toBe('resumed');
  expect(again.all('gap').map(({ firstOffset, nextOffset }) => [firstOffset, nextOffset])).toEqual([[20, 20]]);
  // When it was noticed, not when it was told.
  const [{ foundAtMs = 0 } = {}] = again.all('gap');
  expect(foundAtMs).toBeGreaterThanOrEqual(beforeMs);
  expect(foundAtMs).toBeLessThan(backMs);
  await again.cut();
});
