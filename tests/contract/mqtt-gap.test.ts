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

test('S10 the relay is killed after the broker has made a session anew, before that is saved: it is told, and it reads on', async () => {
  const broker = await startMosquitto();
  onTestFinished(() => broker.stop());
  const kept = memory();
  const read = (from: Position | 'latest', over: SourceMemory): Following => {
    const following = follow(
      createMqttSource({ url: broker.url, filter: 'a/#', epoch: 'run', clock, memory: over }),
      from,
    );
    onTestFinished(() => following.stop().catch(() => undefined));
    return following;
  };
  const publish = async (...values: readonly string[]): Promise<void> => {
    const publisher = await connectAsync(broker.url, { protocolVersion: 5 });
    for (const value of values) await publisher.publishAsync('a/b', value, { qos: 1 });
    await publisher.endAsync(true);
  };
  const first = read('latest', kept);
  await first.until(stateOf('live'));
  await publish('1', '2', '3');
  await first.until(atLeast(3));
  await first.stop();
  const position = { epoch: ofKind(first.events, 'opened')[0]?.position.epoch ?? '', next: { 0: 3 } };

  // The broker forgets, and what the relay learns of that never reaches its disk.
  await broker.restart();
  const learnt = Promise.withResolvers<void>();
  const killed = read(position, {
    load: kept.load,
    save: (text) => {
      if (JSON.parse(text).missed === null) return kept.save(text);
      learnt.resolve();
      return new Promise(() => undefined);
    },
  });
  await learnt.promise;
  await killed.stop();

  const next = read(position, kept);
  await next.until(stateOf('live'));
  await publish('4');
  await next.until(atLeast(1));
  await next.stop();
  const [gap, ...more] = ofKind(next.events, 'gap');
  expect(more).toEqual([]);
  expect(gap).toMatchObject({ firstOffset: 3, nextOffset: 3, reason: expect.stringContaining('may have made') });
  expect(gap?.foundAtMs).toBeLessThanOrEqual(clock.nowMs());
  // Once its row is kept that is over: the next start tells nothing.
  const last = read({ ...position, next: { 0: 4 } }, kept);
  await last.until(stateOf('live'));
  await last.stop();
  expect(ofKind(last.events, 'gap')).toEqual([]);
});

test.each([
  ['messages come of it: it is the old one, and nothing is told', true],
  ['nothing comes of it: it may be new, which is told', false],
])('S10 the broker’s answer was lost, and then it has a session; %s', async (_, publishes) => {
  const broker = await startMosquitto();
  onTestFinished(() => broker.stop());
  let text: string | null = null;
  const kept: SourceMemory = {
    load: async () => text,
    save: async (saved) => {
      text = saved;
    },
  };
  const read = (from: Position | 'latest'): Following => {
    const source = createMqttSource({ url: broker.url, filter: 'a/#', epoch: 'run', clock, memory: kept });
    const following = follow(source, from);
    onTestFinished(() => following.stop().catch(() => undefined));
    return following;
  };
  const first = read('latest');
  await first.until(stateOf('live'));
  await first.stop();
  const epoch = ofKind(first.events, 'opened')[0]?.position.epoch ?? '';
  text = JSON.stringify({ ...JSON.parse(text ?? ''), asking: true });
  const publisher = await connectAsync(broker.url, { protocolVersion: 5 });
  const publish = (value: string) => publisher.publishAsync('a/b', value, { qos: 1 });
  if (publishes) await publish('while it was away');

  const next = read({ epoch, next: { 0: 0 } });
  await next.until(stateOf('live'));
  await publish('now');
  await next.until(atLeast(publishes ? 2 : 1));
  await next.stop();
  await publisher.endAsync(true);
  expect(ofKind(next.events, 'gap').map(({ reason }) => /may have made the session anew/.test(reason))).toEqual(
    publishes ? [] : [true],
  );
});
