import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
import { createKafkaSource } from '../../relay/sources/kafka.ts';
import { atLeast, type Following, follow, ofKind, recordsOf, stateOf, valuesOf } from '../support/follow.ts';
import { type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.ts';
import { freePorts } from '../support/ports.ts';
import { describeSource, expectUnbroken } from './source.contract.ts';

let broker: KafkaBroker;
beforeAll(async () => {
  broker = await startKafkaBroker();
});
afterAll(() => broker.stop());

let topics = 0;
async function newTopic(partitions = 1): Promise<string> {
  const topic = `topic-${topics++}`;
  await broker.createTopic(topic, partitions);
  return topic;
}
const sourceOf = (topic: string, limits: { maxBytes?: number; partitionMaxBytes?: number } = {}) =>
  createKafkaSource({ brokers: [broker.address], topic, clock, ...limits });
const produce = (topic: string, values: readonly (string | null)[]) =>
  broker.produce(
    topic,
    values.map((value) => ({ value })),
  );
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => String(from + index));

const followed: Following[] = [];
const reading = (...args: Parameters<typeof follow>) => {
  const following = follow(...args);
  followed.push(following);
  return following;
};
afterEach(async () => {
  await Promise.allSettled(followed.splice(0).map((following) => following.stop()));
});

describeSource('Kafka source', {
  keepsThePast: true,
  goesOn: true,
  async create() {
    const topic = await newTopic(2);
    return {
      source: sourceOf(topic),
      partitions: [0, 1],
      put: (values) => produce(topic, values),
      close: async () => undefined,
    };
  },
});

describe('Kafka source, records', () => {
  test('keys, tombstones, partitions and record times come as they are', async () => {
    const topic = await newTopic(3);
    await broker.produce(topic, [
      { value: 'a', key: 'k', timestampMs: 1_743_760_800_123 },
      { value: null, key: 'k', timestampMs: 1_743_760_800_000 },
      { value: 'b', partition: 1 },
      { value: 'c', partition: 2 },
    ]);
    const following = reading(sourceOf(topic), 'earliest');
    await following.until((events) => ofKind(events, 'caught-up')[0]);
    const records = ofKind(following.events, 'records')
      .filter(({ partition }) => partition === 0)
      .flatMap((event) => event.records);
    expect(records).toEqual([
      { offset: 0, topic, timestampMs: 1_743_760_800_123, key: Buffer.from('k'), value: Buffer.from('a') },
      { offset: 1, topic, timestampMs: 1_743_760_800_000, key: Buffer.from('k'), value: null },
    ]);
    expect(valuesOf(following.events).toSorted()).toEqual(['a', 'b', 'c', null]);
    expectUnbroken(following.events);
  });

  test.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
    '%s batches come as they were, from this and from the Java producer',
    async (codec) => {
      const topic = await newTopic();
      const values = numbers(300).map((number) => `${number} ${'compressible '.repeat(20)}`);
      await broker.produce(
        topic,
        values.map((value) => ({ value })),
        { compression: codec },
      );
      await broker.produceByJava(topic, values, codec);
      const following = reading(sourceOf(topic), 'earliest');
      expect(valuesOf(await following.until(atLeast(600)))).toEqual([...values, ...values]);
    },
  );

  test.each([{ partitionMaxBytes: 100 }, { partitionMaxBytes: 1_048_576 }])(
    'S7 aborted transactions are holes, fetched by $partitionMaxBytes bytes',
    async (limits) => {
      const topic = await newTopic();
      const ends = ['abort', 'commit', 'abort', 'commit', 'abort'] as const;
      await broker.transactions(
        topic,
        ends.map((end, index) => ({ end, records: [{ value: `${end} ${index}` }] })),
      );
      await produce(topic, ['last']);
      const following = reading(sourceOf(topic, limits), 'earliest');
      const events = await following.until((all) => (valuesOf(all).includes('last') ? all : undefined));
      expect(recordsOf(events).map(({ offset, value }) => [offset, Buffer.from(value ?? []).toString()])).toEqual([
        [2, 'commit 1'],
        [6, 'commit 3'],
        [10, 'last'],
      ]);
      expectUnbroken(events);
    },
  );

  test('S7 a reader of a topic that ends in aborted records is caught up', async () => {
    const topic = await newTopic();
    await broker.transactions(topic, [{ end: 'abort', records: [{ value: 'never' }] }]);
    const following = reading(sourceOf(topic), 'earliest');
    await following.until((events) => ofKind(events, 'caught-up')[0]);
    expect(recordsOf(following.events)).toEqual([]);
    expect(ofKind(following.events, 'records').at(-1)).toMatchObject({ nextOffset: 2, behind: 0 });
  });

  test('a record of 20 MB comes whole, and those around it', async () => {
    const topic = await newTopic();
    await produce(topic, ['before']);
    await broker.produce(topic, [{ value: Buffer.alloc(20_000_000, 0x61) }]);
    await produce(topic, ['after']);
    const following = reading(sourceOf(topic), 'earliest');
    const records = recordsOf(await following.until(atLeast(3)));
    expect(records.map(({ value }) => value?.length)).toEqual([6, 20_000_000, 5]);
  });

  test('behind counts what is left in the partition', async () => {
    const topic = await newTopic();
    for (let at = 0; at < 5; at++) await produce(topic, numbers(10, at * 10));
    const following = reading(sourceOf(topic, { partitionMaxBytes: 1 }), 'earliest');
    const events = await following.until(atLeast(50));
    expect(ofKind(events, 'records').map(({ nextOffset, behind }) => nextOffset + (behind ?? 0))).toEqual([
      50, 50, 50, 50, 50,
    ]);
  });
});

describe('Kafka source, what was lost', () => {
  test('S3 offsets deleted below the position are one gap with its bounds', async () => {
    const topic = await newTopic();
    await produce(topic, numbers(20));
    const first = reading(sourceOf(topic), 'earliest');
    const epoch = ofKind(await first.until(atLeast(20)), 'opened')[0]?.position.epoch ?? '';
    await broker.deleteRecords(topic, 0, 15);
    const second = reading(sourceOf(topic), { epoch, next: { 0: 5 } });
    const events = await second.until(atLeast(5));
    expect(ofKind(events, 'gap')).toMatchObject([{ partition: 0, firstOffset: 5, nextOffset: 15 }]);
    expect(valuesOf(events)).toEqual(['15', '16', '17', '18', '19']);
    expectUnbroken(events);
  });

  test('S3 offsets deleted while the reader was busy are a gap too', async () => {
    const topic = await newTopic();
    // Each fetch brings one batch: two are read ahead at most, the rest is deleted under the reader.
    for (let at = 0; at < 6; at++) await produce(topic, numbers(10, at * 10));
    const abort = new AbortController();
    const events = [];
    for await (const event of sourceOf(topic, { partitionMaxBytes: 1 }).read('earliest', abort.signal)) {
      events.push(event);
      if (event.kind === 'records' && ofKind(events, 'records').length === 1) await broker.deleteRecords(topic, 0, 45);
      if (valuesOf(events).includes('59')) abort.abort();
    }
    const [gap] = ofKind(events, 'gap');
    expect(gap).toMatchObject({ partition: 0, nextOffset: 45 });
    expect(ofKind(events, 'gap')).toHaveLength(1);
    expect(valuesOf(events)).toEqual([...numbers(gap?.firstOffset ?? -1), ...numbers(15, 45)]);
    expectUnbroken(events);
  });

  test('S3 a position beyond the end of the log is a reset', async () => {
    const topic = await newTopic();
    await produce(topic, ['a', 'b']);
    const first = reading(sourceOf(topic), 'earliest');
    const epoch = ofKind(await first.until(atLeast(2)), 'opened')[0]?.position.epoch ?? '';
    const second = reading(sourceOf(topic), { epoch, next: { 0: 9 } });
    const events = await second.until(atLeast(2));
    expect(ofKind(events, 'reset')).toHaveLength(1);
    expect(ofKind(events, 'opened')[0]?.position.epoch).not.toBe(epoch);
    expect(valuesOf(events)).toEqual(['a', 'b']);
  });

  test('S3 a topic deleted and created again is a reset, and is read from its start', async () => {
    const topic = await newTopic();
    await produce(topic, ['old 1', 'old 2', 'old 3']);
    const following = reading(sourceOf(topic), 'earliest');
    await following.until(atLeast(3));
    await broker.deleteTopic(topic);
    await following.until(stateOf('failed'));
    await broker.createTopic(topic);
    await produce(topic, ['new']);
    const events = await following.until(atLeast(4));
    expect(valuesOf(events)).toEqual(['old 1', 'old 2', 'old 3', 'new']);
    const [before, after] = ofKind(events, 'opened');
    expect(ofKind(events, 'reset')).toHaveLength(1);
    expect(after?.position.epoch).not.toBe(before?.position.epoch);
    expect(recordsOf(events).at(-1)?.offset).toBe(0);
  });
});

describe('Kafka source, a broken world', () => {
  test('S5 a topic that does not exist is told with those that do, is not created, and works once it is', async () => {
    await broker.createTopic('user_events');
    const following = reading(sourceOf('user_event'), 'earliest');
    const state = await following.until(stateOf('failed'));
    expect(state.message).toMatch(`topic "user_event" does not exist at ${broker.address}; there are: user_events`);
    expect(state.fix).toContain('--create --topic user_event');
    expect(ofKind(following.events, 'opened')).toEqual([]);
    await broker.createTopic('user_event');
    await produce('user_event', ['a']);
    expect(valuesOf(await following.until(atLeast(1)))).toEqual(['a']);
  });

  test('S5 an empty topic says so, and is live with its first record', async () => {
    const topic = await newTopic();
    const following = reading(sourceOf(topic), 'earliest');
    expect((await following.until(stateOf('idle'))).message).toBe(`topic "${topic}" is empty: it holds no records`);
    await following.until((events) => ofKind(events, 'caught-up')[0]);
    await produce(topic, ['a']);
    await following.until(atLeast(1));
    expect(await following.until(stateOf('live'))).toEqual({ state: 'live', message: null, fix: null });
  });

  test('S5 no broker is a state with what to do', async () => {
    const [port = 0] = await freePorts(1);
    const following = reading(createKafkaSource({ brokers: [`127.0.0.1:${port}`], topic: 'any', clock }), 'earliest');
    const state = await following.until(stateOf('failed'));
    expect(state.message).toContain(`no Kafka broker answers at 127.0.0.1:${port}`);
    expect(state.fix).toContain('start Kafka');
  });

  test('partitions added later are read from their first record', async () => {
    const topic = await newTopic();
    await produce(topic, ['a']);
    const soon = { nowMs: clock.nowMs, after: (ms: number, run: () => void) => clock.after(ms / 100, run) };
    const following = reading(createKafkaSource({ brokers: [broker.address], topic, clock: soon }), 'earliest');
    await following.until(atLeast(1));
    await broker.addPartitions(topic, 2);
    await broker.produce(topic, [{ value: 'b', partition: 2 }]);
    expect(valuesOf(await following.until(atLeast(2)))).toEqual(['a', 'b']);
  });

  // Last: it takes the broker away.
  test('S5 kill -9 and restart of the broker in the middle: nothing lost, nothing twice', async () => {
    const topic = await newTopic(2);
    await broker.produce(
      topic,
      numbers(2_000).map((value, index) => ({ value, partition: index % 2 })),
    );
    const following = reading(sourceOf(topic, { partitionMaxBytes: 4_096 }), 'earliest');
    await following.until(atLeast(100));
    await broker.kill();
    await following.until(stateOf('failed'));
    const seen = following.events.length;
    await broker.start();
    await following.until(stateOf('live', seen));
    await broker.produce(
      topic,
      numbers(500, 2_000).map((value, index) => ({ value, partition: index % 2 })),
    );
    const events = await following.until(atLeast(2_500));
    expect(valuesOf(events).toSorted((left, right) => Number(left) - Number(right))).toEqual(numbers(2_500));
    expectUnbroken(events);
    expect(ofKind(events, 'opened')).toHaveLength(1);
    expect(ofKind(events, 'gap')).toEqual([]);
  });
});
