import { connectAsync, type IClientPublishOptions, type MqttClient } from 'mqtt';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
import type { Position } from '../../contract/protocol/position.ts';
import { createMqttSource, type MqttSourceOptions } from '../../relay/sources/mqtt.ts';
import type { SourceMemory, StartFrom } from '../../relay/sources/source.ts';
import {
  atLeast,
  type Following,
  type FollowOptions,
  follow,
  ofKind,
  recordsOf,
  stateOf,
  valuesOf,
} from '../support/follow.ts';
import { type Mosquitto, type MosquittoOptions, startMosquitto } from '../support/mosquitto.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { expectUnbroken } from './source.contract.ts';

/** What a session with a real broker keeps: over lost links, a killed broker, and readers that end and begin again. */

async function brokerForTest(options?: MosquittoOptions): Promise<Mosquitto> {
  const broker = await startMosquitto(options);
  onTestFinished(() => broker.stop());
  return broker;
}

async function linkTo(broker: Mosquitto): Promise<TcpProxy & { readonly url: string }> {
  const proxy = await startProxy({ target: () => broker.port });
  onTestFinished(() => proxy.stop());
  return Object.assign(proxy, { url: `mqtt://127.0.0.1:${proxy.port}` });
}

function memory(): SourceMemory & { text: string | null } {
  return {
    text: null,
    async load() {
      return this.text;
    },
    async save(text) {
      this.text = text;
    },
  };
}

function reading(
  url: string,
  options: Partial<MqttSourceOptions> = {},
  from: StartFrom = 'latest',
  keep: FollowOptions = {},
): Following {
  const following = follow(createMqttSource({ url, filter: 'a/#', epoch: 'run', clock, ...options }), from, keep);
  onTestFinished(() => following.stop().catch(() => undefined));
  return following;
}

async function publisherTo(url: string): Promise<MqttClient> {
  const client = await connectAsync(url, { protocolVersion: 5 });
  onTestFinished(() => client.endAsync(true));
  return client;
}

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => String(from + index));

/** Resolves when the broker has answered for all of them. It takes no more than 20 of QoS 2 at once, and refuses others. */
async function publish(client: MqttClient, values: readonly string[], options: IClientPublishOptions): Promise<void> {
  for (let at = 0; at < values.length; at += 15)
    await Promise.all(values.slice(at, at + 15).map((value) => client.publishAsync('a/b', value, options)));
}

const positionAfter = (following: Following): Position => {
  const epoch = ofKind(following.events, 'opened').at(-1)?.position.epoch ?? '';
  return { epoch, next: { 0: recordsOf(following.events).length } };
};

describe.each([1, 2] as const)('QoS %i', (qos) => {
  test('S8 many messages come before any is kept, and all of them come again until they are', async () => {
    const broker = await brokerForTest();
    const remembered = memory();
    const client = await publisherTo(broker.url);
    const first = reading(broker.url, { memory: remembered }, 'latest', { keep: 'when-told' });
    await first.until(stateOf('live'));
    await publish(client, numbers(500), { qos });
    await first.until(atLeast(500));
    const { epoch } = positionAfter(first);
    await first.stop();

    const second = reading(broker.url, { memory: remembered }, { epoch, next: { 0: 0 } }, { keep: 'when-told' });
    await second.until(atLeast(500));
    expect(valuesOf(second.events)).toEqual(numbers(500));
    second.keep();
    await second.stop();

    const third = reading(broker.url, { memory: remembered }, positionAfter(second));
    await third.until(stateOf('live'));
    await publish(client, ['new'], { qos });
    const events = await third.until(atLeast(1));
    expect(recordsOf(events).map(({ offset }) => offset)).toEqual([500]);
    expect(valuesOf(events)).toEqual(['new']);
    expect([first, second, third].flatMap((one) => ofKind(one.events, 'gap'))).toEqual([]);
    expect(ofKind(events, 'opened')[0]?.position).toEqual({ epoch, next: { 0: 500 } });
  });

  test('S10 what is published while the relay is away waits in its session', async () => {
    const broker = await brokerForTest();
    const remembered = memory();
    const first = reading(broker.url, { memory: remembered });
    await first.until(stateOf('live'));
    const client = await publisherTo(broker.url);
    await publish(client, numbers(10), { qos });
    await first.until(atLeast(10));
    await first.stop();
    await publish(client, numbers(200, 10), { qos });
    const second = reading(broker.url, { memory: remembered }, positionAfter(first));
    const events = await second.until(atLeast(200));
    expect(valuesOf(events)).toEqual(numbers(200, 10));
    expect(ofKind(events, 'gap')).toEqual([]);
  });

  test('S10 the link is cut again and again: nothing is missing, nothing overlaps, no gap is told', async () => {
    const broker = await brokerForTest();
    const link = await linkTo(broker);
    const following = reading(link.url, { memory: memory() });
    await following.until(stateOf('live'));
    const client = await publisherTo(broker.url);
    let sent = 0;
    for (let cut = 0; cut < 6; cut++) {
      await publish(client, numbers(300, sent), { qos });
      sent += 300;
      await following.until(atLeast(sent - 200));
      link.resetAll();
    }
    const events = await following.until((all) => (new Set(valuesOf(all)).size === sent ? all : undefined));
    expect(ofKind(events, 'gap')).toEqual([]);
    expectUnbroken(events);
    // Of QoS 1, what was answered for as the link was cut may come twice; of QoS 2, nothing may.
    if (qos === 2) expect(valuesOf(events)).toEqual(numbers(sent));
    else expect([...new Set(valuesOf(events))]).toEqual(numbers(sent));
  });

  test('S10 a persistent broker is killed: the session goes on, without a gap', async () => {
    const broker = await brokerForTest({ persistent: true });
    const following = reading(broker.url, { memory: memory() });
    await following.until(stateOf('live'));
    const client = await publisherTo(broker.url);
    await publish(client, numbers(100), { qos });
    await following.until(atLeast(100));
    // What it has not put on disk yet is lost to everybody: give it the moment it takes.
    await publish(client, numbers(50, 100), { qos });
    await following.until(atLeast(150));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const seen = following.events.length;
    await broker.restart();
    await following.until(stateOf('live', seen));
    await publish(await publisherTo(broker.url), numbers(100, 150), { qos });
    const events = await following.until(atLeast(250));
    expect(valuesOf(events)).toEqual(numbers(250));
    expect(ofKind(events, 'gap')).toEqual([]);
  });
});

test('S10 a broker that forgot the session while the relay was away: one gap, its reason, and reading goes on', async () => {
  const broker = await brokerForTest();
  const remembered = memory();
  const first = reading(broker.url, { memory: remembered });
  await first.until(stateOf('live'));
  const client = await publisherTo(broker.url);
  await publish(client, ['a'], { qos: 1 });
  await first.until(atLeast(1));
  await first.stop();
  await broker.restart();
  const second = reading(broker.url, { memory: remembered }, positionAfter(first));
  await second.until(stateOf('live'));
  await publish(await publisherTo(broker.url), ['b'], { qos: 1 });
  const events = await second.until(atLeast(1));
  expect(ofKind(events, 'gap')).toEqual([
    {
      kind: 'gap',
      foundAtMs: expect.any(Number),
      partition: 0,
      firstOffset: 1,
      nextOffset: 1,
      reason: expect.stringMatching(/was not running, and the broker did not keep the session/),
    },
  ]);
  expect(recordsOf(events)).toMatchObject([{ offset: 1 }]);
  expectUnbroken(events);
});

test('S10 with MQTT 5 a lost link loses nothing even where nothing is kept on disk', async () => {
  const broker = await brokerForTest();
  const link = await linkTo(broker);
  const following = reading(link.url);
  await following.until(stateOf('live'));
  const client = await publisherTo(broker.url);
  await publish(client, ['a'], { qos: 1 });
  await following.until(atLeast(1));
  await link.refuse();
  link.resetAll();
  await following.until(stateOf('failed'));
  await publish(client, ['b', 'c'], { qos: 1 });
  await link.listen();
  const events = await following.until((all) => (valuesOf(all).includes('c') ? all : undefined));
  expect(new Set(valuesOf(events))).toEqual(new Set(['a', 'b', 'c']));
  expect(ofKind(events, 'gap')).toEqual([]);
});

test('S10 where messages of QoS 0 come, a lost link is a gap: no broker keeps those', async () => {
  const broker = await brokerForTest();
  const link = await linkTo(broker);
  const following = reading(link.url, { memory: memory() });
  await following.until(stateOf('live'));
  const client = await publisherTo(broker.url);
  await publish(client, ['a'], { qos: 0 });
  await following.until(atLeast(1));
  const seen = following.events.length;
  link.resetAll();
  await following.until(stateOf('live', seen));
  expect(ofKind(following.events, 'gap')).toMatchObject([
    { reason: expect.stringMatching(/with QoS 0 were not received/) },
  ]);
});

test('S10 another log of the same topics: retained messages are rows in it too, and its offsets begin anew', async () => {
  const broker = await brokerForTest();
  const remembered = memory();
  const client = await publisherTo(broker.url);
  await publish(client, ['kept'], { qos: 1, retain: true });
  const first = reading(broker.url, { memory: remembered });
  await first.until(atLeast(1));
  await first.stop();
  const second = reading(broker.url, { memory: remembered });
  expect(valuesOf(await second.until(atLeast(1)))).toEqual(['kept']);
  expect(positionAfter(second).epoch).not.toBe(positionAfter(first).epoch);
  await second.stop();
  const third = reading(broker.url, { memory: remembered }, positionAfter(second));
  await third.until(stateOf('live'));
  await publish(client, ['new'], { qos: 1 });
  expect(valuesOf(await third.until(atLeast(1)))).toEqual(['new']);
});

test('S10 another filter than before: the old one is not received any more, and the gap says why', async () => {
  const broker = await brokerForTest();
  const remembered = memory();
  const client = await publisherTo(broker.url);
  const first = reading(broker.url, { memory: remembered });
  await first.until(stateOf('live'));
  await publish(client, ['a'], { qos: 1 });
  await first.until(atLeast(1));
  await first.stop();
  const second = reading(broker.url, { memory: remembered, filter: 'other/#' }, positionAfter(first));
  await second.until(stateOf('live'));
  await publish(client, ['not this'], { qos: 1 });
  await client.publishAsync('other/x', 'this', { qos: 1 });
  const events = await second.until(atLeast(1));
  expect(valuesOf(events)).toEqual(['this']);
  expect(ofKind(events, 'gap')).toMatchObject([{ reason: expect.stringMatching(/filter was changed/) }]);
});

test('retained messages say so, and user properties are headers, in the order of their names, repeated ones too', async () => {
  const broker = await brokerForTest();
  const client = await publisherTo(broker.url);
  await publish(client, ['before'], { qos: 1, retain: true });
  const following = reading(broker.url);
  await following.until(atLeast(1));
  const userProperties = { line: ['3', '4'], unit: '°C' };
  await publish(client, ['after'], { qos: 1, properties: { userProperties } });
  const [before, after] = recordsOf(await following.until(atLeast(2)));
  expect(before).toMatchObject({ retained: true });
  expect(before?.headers).toBeUndefined();
  expect(after?.retained).toBeUndefined();
  expect(after?.headers).toEqual([
    ['line', '3'],
    ['line', '4'],
    ['unit', '°C'],
  ]);
});

describe('S5 who asks', () => {
  test('a wrong password is told, the right one is let in, from the environment too', async () => {
    const broker = await brokerForTest({ users: { me: 'right/word' } });
    const at = (user: string) => broker.url.replace('//', `//${user}@`);
    const state = await reading(at('me:wrong')).until(stateOf('failed'));
    expect(state.message).toMatch(/refuses this user/);
    expect(state.fix).toBe('correct user:password@ in the address');
    expect((await reading(broker.url).until(stateOf('failed'))).fix).toMatch(/^put user:password@ before the host/);
    await reading(at('me:right%2Fword')).until(stateOf('live'));
    await reading(at('me:env:MQTT_WORD'), { env: { MQTT_WORD: 'right/word' } }).until(stateOf('live'));
    expect(() => reading(at('me:env:NOT_SET'), { env: {} })).toThrow(/env:NOT_SET/);
  });

  test('TLS: a certificate nobody vouches for is told, so is one that is wanted from us; with both it is live', async () => {
    const { tls } = await brokerForTest({ tls: true });
    const { url, files } = tls ?? expect.fail('no TLS listener');
    const untrusted = await reading(url).until(stateOf('failed'));
    expect(untrusted.message).toMatch(/certificate of the MQTT broker at localhost:\d+ is not trusted/);
    expect(untrusted.fix).toMatch(/security: \{ tls: \{ ca:/);
    const anonymous = await reading(url, { tls: { ca: files.ca } }).until(stateOf('failed'));
    expect(anonymous.fix).toMatch(/cert: client.pem/);
    const otherHost = await reading(url.replace('localhost', '127.0.0.1'), { tls: files }).until(stateOf('failed'));
    expect(otherHost.message).toMatch(/is for another host/);
    await reading(url, { tls: files }).until(stateOf('live'));
    const gone = await reading(url, { tls: { ...files, ca: `${files.ca}.gone` } }).until(stateOf('failed'));
    expect(gone.message).toMatch(/ca.pem.gone cannot be read/);
  });

  test('plain MQTT to a listener for TLS is told', async () => {
    const { tls } = await brokerForTest({ tls: true });
    const state = await reading((tls?.url ?? '').replace('mqtts', 'mqtt')).until(stateOf('failed'));
    expect(state.fix).toMatch(/mqtts:\/\//);
  });
});
