import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
import { connectMqtt, type MqttPublisher } from '../../relay/mqtt-client.ts';
import { createMqttSource } from '../../relay/sources/mqtt.ts';
import type { SourceMemory } from '../../relay/sources/source.ts';
import { atLeast, type Following, follow, ofKind, recordsOf, stateOf, valuesOf } from '../support/follow.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { freePorts } from '../support/ports.ts';
import { describeSource, expectUnbroken } from './source.contract.ts';

let broker: Mosquitto;
beforeAll(async () => {
  broker = await startMosquitto();
});
afterAll(() => broker.stop());

let topics = 0;
const followed: Following[] = [];
const reading = (...args: Parameters<typeof follow>) => {
  const following = follow(...args);
  followed.push(following);
  return following;
};
afterEach(async () => {
  await Promise.allSettled(followed.splice(0).map((following) => following.stop()));
});

async function publishing<T>(use: (link: MqttPublisher) => Promise<T>): Promise<T> {
  const link = await connectMqtt(broker.url);
  try {
    return await use(link);
  } finally {
    await link.close();
  }
}

const PUBACK = 4;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
/** Something that listens; its port. */
async function listen(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer(serve);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describeSource('MQTT source', {
  keepsThePast: false,
  goesOn: true,
  async create() {
    const topic = `contract/${topics++}`;
    return {
      source: createMqttSource({ url: broker.url, filter: `${topic}/#`, epoch: 'run-1', clock, maxQueued: 200 }),
      partitions: [0],
      put: (values) =>
        publishing(async (link) => {
          // Pieces: mqtt.js numbers at most 65,535 unacknowledged messages.
          for (let at = 0; at < values.length; at += 1_000)
            await Promise.all(values.slice(at, at + 1_000).map((value) => link.publish(`${topic}/events`, value)));
        }),
      close: async () => undefined,
    };
  },
});

describe('MQTT source, by mosquitto', () => {
  test('a broker that knows MQTT 5 is spoken to in MQTT 5', () =>
    publishing(async (link) => expect(link.protocolVersion).toBe(5)));

  test('wildcards, topics and arrival times come with each record, and retained messages are rows', async () => {
    await publishing((link) => link.publish('line/1/temp', '20.5', { retain: true }));
    const following = reading(
      createMqttSource({ url: broker.url, filter: 'line/+/temp', epoch: 'r', clock }),
      'latest',
    );
    await following.until(atLeast(1));
    const beforeMs = clock.nowMs();
    await publishing(async (link) => {
      await link.publish('line/2/temp', '21');
      await link.publish('line/2/pressure', '1.5');
      await link.publish('line/3/temp', Buffer.of(0xff, 0x00));
    });
    const records = recordsOf(await following.until(atLeast(3)));
    expect(records.map(({ topic, offset }) => [topic, offset])).toEqual([
      ['line/1/temp', 0],
      ['line/2/temp', 1],
      ['line/3/temp', 2],
    ]);
    expect(records[2]?.value).toEqual(Buffer.of(0xff, 0x00));
    expect(records[2]?.timestampMs).toBeGreaterThanOrEqual(beforeMs);
    await publishing((link) => link.publish('line/1/temp', '', { retain: true }));
  });

  test('S4 a queue holds no more than its limit and what was read at once, and the broker keeps the rest', async () => {
    const source = createMqttSource({ url: broker.url, filter: 'slow/#', epoch: 'r', clock, maxQueued: 100 });
    const abort = new AbortController();
    const held: number[] = [];
    const sent = Array.from({ length: 2_000 }, (_, index) => `${index} ${'x'.repeat(1_000)}`);
    const values: (string | null)[] = [];
    for await (const event of source.read('latest', abort.signal)) {
      if (event.kind === 'state' && event.state.state === 'live')
        await publishing(async (link) => {
          await Promise.all(sent.map((value) => link.publish('slow/a', value)));
        });
      if (event.kind !== 'records') continue;
      source.committed?.({ 0: event.nextOffset });
      // What was taken made room, so it and what waits now are counted apart.
      held.push(event.records.length, event.behind ?? 0);
      values.push(...valuesOf([event]));
      if (values.length === 2_000) abort.abort();
    }
    expect(values).toEqual(sent);
    // At most 64 KiB are read from a socket at once.
    expect(Math.max(...held)).toBeLessThanOrEqual(100 + 65);
  });

  test('S5 no broker is a state with what to do, tried again until there is one', async () => {
    const [port = 0] = await freePorts(1);
    const following = reading(
      createMqttSource({ url: `mqtt://127.0.0.1:${port}`, filter: '#', epoch: 'r', clock }),
      'latest',
    );
    const state = await following.until(stateOf('failed'));
    expect(state.message).toBe(`no MQTT broker answers at 127.0.0.1:${port} (ECONNREFUSED)`);
    expect(state.fix).toMatch(/start the broker/);
    expect(ofKind(following.events, 'opened')).toHaveLength(1);
  });

  test('S5 a broker that refuses the user says so', async () => {
    const port = await listen((socket) => {
      // CONNACK of MQTT 5, reason 0x87: not authorized.
      socket.once('data', () => socket.write(Buffer.of(0x20, 0x03, 0x00, 0x87, 0x00)));
      socket.on('error', () => undefined);
    });
    const source = createMqttSource({ url: `mqtt://me:wrong@127.0.0.1:${port}`, filter: '#', epoch: 'r', clock });
    const state = await reading(source, 'latest').until(stateOf('failed'));
    expect(state.message).toMatch(`the MQTT broker at 127.0.0.1:${port} refuses this user`);
    expect(state.fix).toContain('user:password@');
  });

  test('S5 a password in the address is never told', async () => {
    const [port = 0] = await freePorts(1);
    const source = createMqttSource({ url: `mqtt://me:hunter2@127.0.0.1:${port}`, filter: '#', epoch: 'r', clock });
    const following = reading(source, 'latest');
    await following.until(stateOf('failed'));
    expect(JSON.stringify([source.label, following.events])).not.toContain('hunter2');
  });

  test('S5 a broker that goes and comes back: offsets go on, and a gap says that messages may be missing', async () => {
    const following = reading(createMqttSource({ url: broker.url, filter: 'restart/#', epoch: 'r', clock }), 'latest');
    await following.until(stateOf('live'));
    await publishing((link) => link.publish('restart/a', 'before'));
    await following.until(atLeast(1));
    const seen = following.events.length;
    await broker.restart();
    await following.until(stateOf('live', seen));
    await publishing((link) => link.publish('restart/a', 'after'));
    const events = await following.until(atLeast(2));
    expect(valuesOf(events)).toEqual(['before', 'after']);
    expect(ofKind(events, 'gap')).toMatchObject([{ partition: 0, firstOffset: 1, nextOffset: 1 }]);
    expectUnbroken(events);
  });

  test.each([5, 4])(
    'S3 a retained message is one row however often the connection is lost (protocol %i)',
    async (version) => {
      const topic = `kept/${version}`;
      const wires = new Set<Socket>();
      let answers = 0;
      const port = await listen((socket) => {
        wires.add(socket);
        socket.on('error', () => undefined);
        socket.once('data', (hello) => {
          // The protocol's level follows its name; CONNACK 1 refuses it.
          if ((hello[hello.indexOf('MQTT') + 4] ?? 0) > version) return socket.end(Buffer.of(0x20, 0x02, 0x00, 0x01));
          const upstream = connect(broker.port, '127.0.0.1', () => upstream.write(hello));
          upstream.on('error', () => socket.destroy());
          upstream.pipe(socket);
          socket.on('data', (bytes) => {
            upstream.write(bytes);
            if ((bytes[0] ?? 0) >> 4 === PUBACK) answers++;
          });
          socket.on('close', () => upstream.end());
        });
      });
      await publishing((link) => link.publish(topic, 'retained', { retain: true }));
      const following = reading(
        createMqttSource({ url: `mqtt://127.0.0.1:${port}`, filter: 'kept/#', epoch: 'r', clock }),
        'latest',
      );
      await following.until(atLeast(1));
      for (const value of ['first', 'second']) {
        const seen = following.events.length;
        // What the broker has no answer to may come again.
        await expect.poll(() => answers).toBe(value === 'first' ? 1 : 2);
        for (const wire of wires) wire.destroy();
        await following.until(stateOf('live', seen));
        await publishing((link) => link.publish(topic, value));
        await following.until(atLeast(value === 'first' ? 2 : 3));
      }
      expect(valuesOf(following.events)).toEqual(['retained', 'first', 'second']);
      await publishing((link) => link.publish(topic, '', { retain: true }));
    },
  );

  test('S10 by MQTT 3.1.1 what is published while the relay is away waits too', async () => {
    const port = await listen((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (hello) => {
        if ((hello[hello.indexOf('MQTT') + 4] ?? 0) > 4) return socket.end(Buffer.of(0x20, 0x02, 0x00, 0x01));
        const upstream = connect(broker.port, '127.0.0.1', () => upstream.write(hello));
        upstream.on('error', () => socket.destroy());
        socket.pipe(upstream).pipe(socket);
      });
    });
    let saved: string | null = null;
    const memory: SourceMemory = {
      load: async () => saved,
      save: async (text) => {
        saved = text;
      },
    };
    const options = { url: `mqtt://127.0.0.1:${port}`, filter: 'old/#', epoch: 'r', clock, memory };
    const first = reading(createMqttSource(options), 'latest');
    await first.until(stateOf('live'));
    await publishing((link) => link.publish('old/a', 'one'));
    await first.until(atLeast(1));
    await first.stop();
    await publishing((link) => link.publish('old/a', 'two'));
    const { epoch } = ofKind(first.events, 'opened')[0]?.position ?? expect.fail();
    const events = await reading(createMqttSource(options), { epoch, next: { 0: 1 } }).until(atLeast(1));
    expect(recordsOf(events).map(({ offset, value }) => [offset, Buffer.from(value ?? []).toString()])).toEqual([
      [1, 'two'],
    ]);
    expect(ofKind(events, 'gap')).toEqual([]);
  });

  test('a message of 20 MB arrives whole', async () => {
    const following = reading(createMqttSource({ url: broker.url, filter: 'big/#', epoch: 'r', clock }), 'latest');
    await following.until(stateOf('live'));
    await publishing(async (link) => {
      await link.publish('big/a', Buffer.alloc(20_000_000, 0x61));
      await link.publish('big/a', 'small');
    });
    const records = recordsOf(await following.until(atLeast(2)));
    expect(records.map(({ value }) => value?.length)).toEqual([20_000_000, 5]);
  });

  test('what is listening but no MQTT broker is a state too', async () => {
    const port = await listen((socket) => socket.destroy());
    const following = reading(
      createMqttSource({ url: `mqtt://127.0.0.1:${port}`, filter: '#', epoch: 'r', clock }),
      'latest',
    );
    expect((await following.until(stateOf('failed'))).message).toContain(`127.0.0.1:${port}`);
  });
});
