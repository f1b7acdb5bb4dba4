import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
import type { Position } from '../../contract/protocol/position.ts';
import { createMqttSource } from '../../relay/sources/mqtt.ts';
import type { SourceMemory } from '../../relay/sources/source.ts';
import { atLeast, type Following, follow, ofKind, recordsOf, stateOf } from '../support/follow.ts';
import { startMosquitto } from '../support/mosquitto.ts';

function memory(): SourceMemory {
  let text: string | null = null;
  return {
    load: async () => text,
    save: async (saved) => {
      text = saved;
    },
  };
}

/** A relay whose log takes nothing: it connects, and what the source has to say is not read. Then it stops. */
async function unread(url: string, filter: string, from: Position, kept: SourceMemory): Promise<void> {
  const abort = new AbortController();
  const source = createMqttSource({ url, filter, epoch: 'run', clock, memory: kept });
  const events = source.read(from, abort.signal)[Symbol.asyncIterator]();
  await events.next();
  const waiting = events.next();
  // Long enough for the filter to be granted; shorter proves less, and nothing wrong.
  await new Promise((resolve) => clock.after(1_000, () => resolve(undefined)));
  abort.abort();
  await waiting;
  await events.return?.();
}

test.each([
  ['the session is lost', 'a/#', true],
  ['the filter is changed', 'a/+', false],
])('S10 %s, and the relay stops before that is in its log: the next one tells it', async (_, filter, restarts) => {
  const broker = await startMosquitto();
  onTestFinished(() => broker.stop());
  const kept = memory();
  const read = (over: string, from: Position | 'latest'): Following => {
    const following = follow(
      createMqttSource({ url: broker.url, filter: over, epoch: 'run', clock, memory: kept }),
      from,
    );
    onTestFinished(() => following.stop().catch(() => undefined));
    return following;
  };
  const first = read('a/#', 'latest');
  await first.until(stateOf('live'));
  const publisher = await connectAsync(broker.url, { protocolVersion: 5 });
  for (let n = 0; n < 10; n++) await publisher.publishAsync('a/b', String(n), { qos: 1 });
  await first.until(atLeast(10));
  await first.stop();
  await publisher.endAsync(true);
  const epoch = ofKind(first.events, 'opened')[0]?.position.epoch ?? '';
  const position = { epoch, next: { 0: recordsOf(first.events).length } };
  if (restarts) await broker.restart();

  await unread(broker.url, filter, position, kept);
  const next = read(filter, position);
  await next.until(stateOf('live'));
  const again = await connectAsync(broker.url, { protocolVersion: 5 });
  await again.publishAsync('a/b', 'new', { qos: 1 });
  await next.until(atLeast(1));
  await next.stop();
  expect(ofKind(next.events, 'gap').map(({ firstOffset, nextOffset }) => [firstOffset, nextOffset])).toEqual([
    [10, 10],
  ]);

  const last = read(filter, { epoch, next: { 0: 11 } });
  await last.until(stateOf('live'));
  await last.stop();
  await again.endAsync(true);
  expect(ofKind(last.events, 'gap')).toEqual([]);
});
