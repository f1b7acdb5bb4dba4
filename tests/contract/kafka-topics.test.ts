import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
import { MAX_UNPACKED_BYTES } from '../../relay/sources/kafka/batches.ts';
import { createKafkaSource } from '../../relay/sources/kafka.ts';
import { atLeast, type Following, follow, ofKind, recordsOf, stateOf, valuesOf } from '../support/follow.ts';
import { type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.ts';
import { freePorts } from '../support/ports.ts';
import { type TextMemory, textMemory } from '../support/text-memory.ts';
import { expectUnbroken } from './source.contract.ts';

/** Which topics a stream reads, where it begins, and what topics hold beside plain records. */
let broker: KafkaBroker;
beforeAll(async () => {
  broker = await startKafkaBroker();
});
afterAll(() => broker.stop());

const followed: Following[] = [];
const reading = (...args: Parameters<typeof follow>) => {
  const following = follow(...args);
  followed.push(following);
  return following;
};
afterEach(async () => {
  await Promise.allSettled(followed.splice(0).map((following) => following.stop()));
});

/** Time for what looks again now and then goes ten times as fast. */
const soon = { nowMs: clock.nowMs, after: (ms: number, run: () => void) => clock.after(ms / 10, run) };
const sourceOf = (topic: string, memory: TextMemory | null = null) =>
  createKafkaSource({ brokers: [broker.address], topic, clock: soon, memory });
const put = (topic: string, ...values: readonly string[]) =>
  broker.produce(
    topic,
    values.map((value) => ({ value })),
  );
const opened = (following: Following, at = 0) => ofKind(following.events, 'opened')[at]?.position;
const caughtUp = (following: Following) => following.until((events) => ofKind(events, 'caught-up')[0]);

describe('S9 several topics', () => {
  test('named ones are slots in their order; a position of theirs goes on without a memory', async () => {
    await broker.createTopic('sales', 2);
    await broker.createTopic('refunds');
    await put('sales', 's0');
    await broker.produce('sales', [{ value: 's1', partition: 1 }]);
    await put('refunds', 'r0');
    const following = reading(sourceOf('sales,refunds'), 'earliest');
    const events = await following.until(atLeast(3));
    expect(opened(following)?.next).toEqual({ 0: 0, 1: 0, 65536: 0 });
    const topicsOf = Object.fromEntries(recordsOf(events).map(({ topic, value }) => [String(value), topic]));
    expect(topicsOf).toEqual({ s0: 'sales', s1: 'sales', r0: 'refunds' });
    await following.stop();
    await put('refunds', 'r1');
    const position = { epoch: opened(following)?.epoch ?? '', next: { 0: 1, 1: 1, 65536: 1 } };
    const later = reading(sourceOf('sales,refunds'), position);
    expect(valuesOf(await later.until(atLeast(1)))).toEqual(['r1']);
    expect(opened(later)).toEqual(position);
    // The same topics in another order are other numbers: another past.
    const other = reading(sourceOf('refunds,sales'), position);
    expect(ofKind(await other.until(atLeast(4)), 'reset')).toHaveLength(1);
  });

  test('one that is missing is told, and nothing is read before it is there', async () => {
    await broker.createTopic('here');
    await put('here', 'a');
    const following = reading(sourceOf('here,not_here'), 'earliest');
    expect((await following.until(stateOf('failed'))).message).toMatch(
      /^topic "not_here" does not exist at .*; there are: here/,
    );
    await broker.createTopic('not_here');
    expect(valuesOf(await following.until(atLeast(1)))).toEqual(['a']);
  });
});

describe('S9 topics by pattern', () => {
  test('those created while reading are read from their start, without another opening', async () => {
    await broker.createTopic('eu-orders');
    await put('eu-orders', 'eu');
    const memory = textMemory();
    const following = reading(sourceOf('*-orders', memory), 'earliest');
    await following.until(atLeast(1));
    await broker.createTopic('asia-orders', 2);
    await broker.produce('asia-orders', [{ value: 'asia', partition: 1 }]);
    const events = await following.until(atLeast(2));
    expect(ofKind(events, 'records').map(({ partition }) => partition)).toEqual([0, 65_537]);
    expect(ofKind(events, 'opened')).toHaveLength(1);
    expectUnbroken(events);
    await following.stop();

    // A relay that starts again knows the slots; one that has forgotten them begins anew rather than guess.
    await put('eu-orders', 'eu 2');
    const position = { epoch: opened(following)?.epoch ?? '', next: { 0: 1, 65536: 0, 65537: 1 } };
    const again = reading(sourceOf('*-orders', textMemory(memory.saved.at(-1))), position);
    expect(valuesOf(await again.until(atLeast(1)))).toEqual(['eu 2']);
    expect(ofKind(again.events, 'reset')).toEqual([]);
    const forgetful = reading(sourceOf('*-orders'), position);
    const anew = await forgetful.until(atLeast(3));
    expect(ofKind(anew, 'reset')).toHaveLength(1);
    expect(
      ofKind(anew, 'records')
        .map(({ partition }) => partition)
        .toSorted((a, b) => a - b),
    ).toContain(65_536);
  });

  test('none that fits is told with those there are, and reading begins with the first', async () => {
    const following = reading(sourceOf('audit-*'), 'earliest');
    const state = await following.until(stateOf('failed'));
    expect(state.message).toMatch(/^no topic at .* matches audit-\*; there are: /);
    await broker.createTopic('audit-1');
    await put('audit-1', 'a');
    expect(valuesOf(await following.until(atLeast(1)))).toEqual(['a']);
  });

  test('one that is deleted holds up nobody; created again it is a reset', async () => {
    await broker.createTopic('day-1');
    await broker.createTopic('day-2');
    await put('day-1', 'one');
    await put('day-2', 'two');
    const following = reading(sourceOf('day-*', textMemory()), 'earliest');
    await following.until(atLeast(2));
    await broker.deleteTopic('day-1');
    await put('day-2', 'three');
    await following.until(atLeast(3));
    expect(ofKind(following.events, 'reset')).toEqual([]);
    const epoch = opened(following)?.epoch;
    await broker.createTopic('day-1');
    await put('day-1', 'new');
    const events = await following.until(atLeast(6));
    expect(ofKind(events, 'reset')).toMatchObject([{ reason: expect.stringContaining('"day-1"') }]);
    expect(opened(following, 1)?.epoch).not.toBe(epoch);
    expect(valuesOf(events).slice(3).toSorted()).toEqual(['new', 'three', 'two']);
  });
});

describe('S3 where reading begins', () => {
  const at = (ms: number) => 1_743_760_800_000 + ms;

  test('P7 at a time: each partition with the first record at or after it, at its end where there is none', async () => {
    await broker.createTopic('timed', 3);
    await broker.produce('timed', [
      ...[0, 10, 20, 30].map((ms) => ({ value: `a${ms}`, timestampMs: at(ms) })),
      ...[5, 15, 25].map((ms) => ({ value: `b${ms}`, partition: 1, timestampMs: at(ms) })),
      { value: 'c1', partition: 2, timestampMs: at(1) },
    ]);
    const following = reading(sourceOf('timed'), { sinceMs: at(20) });
    const events = await following.until(atLeast(3));
    expect(valuesOf(events).toSorted()).toEqual(['a20', 'a30', 'b25']);
    expect(opened(following)?.next).toEqual({ 0: 2, 1: 2, 2: 1 });
    await caughtUp(following);
    await broker.produce('timed', [{ value: 'c2', partition: 2, timestampMs: at(2) }]);
    expect(valuesOf(await following.until(atLeast(4)))).toContain('c2');
    const beforeAll = reading(sourceOf('timed'), { sinceMs: -5 });
    expect(valuesOf(await beforeAll.until(atLeast(9)))).toHaveLength(9);
  });

  test('at offsets by partition, the others at their start; what is not there is told', async () => {
    await broker.createTopic('placed', 3);
    for (const partition of [0, 1, 2])
      await broker.produce(
        'placed',
        ['0', '1', '2'].map((value) => ({ value: `${partition}/${value}`, partition })),
      );
    await broker.deleteRecords('placed', 2, 2);
    const following = reading(sourceOf('placed'), { offsets: { 0: 2, 1: 99, 2: 1, 7: 0 } });
    const events = await following.until(atLeast(2));
    expect(valuesOf(events).toSorted()).toEqual(['0/2', '2/2']);
    expect(opened(following)?.next).toEqual({ 0: 2, 1: 3, 2: 1 });
    expect(ofKind(events, 'gap')).toMatchObject([{ partition: 2, firstOffset: 1, nextOffset: 2 }]);
    const state = await following.until(stateOf('live'));
    expect(state.message).toBe(
      'partition 1 ends at offset 3, before 99: it is read from there; there is no partition 7',
    );
    expectUnbroken(events);
  });
});

describe('Kafka source, what topics hold', () => {
  test('headers are pairs of text in their order; a record without has none', async () => {
    await broker.createTopic('headed');
    await broker.produce('headed', [{ value: 'a', key: 'k', headers: { trace: 'é€😀', empty: '' } }, { value: 'b' }]);
    const [first, second] = recordsOf(await reading(sourceOf('headed'), 'earliest').until(atLeast(2)));
    expect(first?.headers).toEqual([
      ['trace', 'é€😀'],
      ['empty', ''],
    ]);
    expect(Object.keys(second ?? {})).not.toContain('headers');
    expect(Buffer.from(first?.key ?? []).toString()).toBe('k');
  });

  test.each(['gzip', 'zstd'] as const)(
    'S3 a batch of %s that unpacks to more than a relay can hold is a gap, and those around it come',
    async (compression) => {
      const topic = `bomb-${compression}`;
      await broker.createTopic(topic);
      await put(topic, 'before');
      await broker.produce(topic, [{ value: Buffer.alloc(MAX_UNPACKED_BYTES + 1) }], { compression });
      await put(topic, 'after');
      const events = await reading(sourceOf(topic), 'earliest').until(atLeast(2));
      expect(recordsOf(events).map(({ offset, value }) => `${offset} ${value}`)).toEqual(['0 before', '2 after']);
      expect(ofKind(events, 'gap')).toMatchObject([{ firstOffset: 1, nextOffset: 2 }]);
      expectUnbroken(events);
    },
  );

  test('S7 behind an open transaction nothing is read, which is told; then everything is', async () => {
    await broker.createTopic('held');
    await put('held', 'before');
    const later = { nowMs: () => clock.nowMs() * 10, after: clock.after };
    const source = createKafkaSource({ brokers: [broker.address], topic: 'held', clock: later });
    const following = reading(source, 'earliest');
    await following.until(atLeast(1));
    const transaction = await broker.openTransaction('held', [{ value: 'in it' }]);
    await put('held', 'after');
    const told = await following.until((events) =>
      ofKind(events, 'state').find(({ state }) => state.message?.includes('transaction')),
    );
    expect(told.state).toMatchObject({
      state: 'live',
      message:
        'a transaction is open in partition 0 of topic "held" since offset 1: what comes after it (2 offsets) can be read when it ends',
    });
    expect(valuesOf(following.events)).toEqual(['before']);
    expect(ofKind(following.events, 'caught-up').length).toBeGreaterThan(0);
    const seen = following.events.length;
    await transaction.commit();
    expect(valuesOf(await following.until(atLeast(3)))).toEqual(['before', 'in it', 'after']);
    expect(await following.until(stateOf('live', seen))).toMatchObject({ message: null });
    expectUnbroken(following.events);
  });

  test('S2 a compacted topic: holes lie inside what is told, tombstones come as they are', async () => {
    const configs = {
      'cleanup.policy': 'compact',
      'segment.ms': '200',
      'min.cleanable.dirty.ratio': '0.001',
      'max.compaction.lag.ms': '300',
    };
    await broker.createTopic('compacted', 1, { configs });
    for (let round = 0; round < 20; round++)
      await broker.produce('compacted', [
        { key: `k${round % 2}`, value: `v${round}` },
        { key: `gone${round}`, value: null },
      ]);
    // Cleaning spares the segment that is written to: a later record closes it.
    const kept = async () => {
      await broker.produce('compacted', [{ key: 'last', value: 'last' }]);
      const following = reading(sourceOf('compacted'), 'earliest');
      await caughtUp(following);
      await following.stop();
      return following.events;
    };
    await expect.poll(async () => recordsOf(await kept()).length, { timeout: 40_000, interval: 500 }).toBeLessThan(30);
    const events = await kept();
    expectUnbroken(events);
    const { end } = await broker.bounds('compacted');
    expect(ofKind(events, 'records').at(-1)?.nextOffset).toBe(end);
    const newest = new Map(
      recordsOf(events).map(({ key, value }) => [String(key), value === null ? null : String(value)]),
    );
    expect([newest.get('k0'), newest.get('k1'), newest.get('last')]).toEqual(['v18', 'v19', 'last']);
    expect(recordsOf(events).some(({ value }) => value === null)).toBe(true);
    expect(ofKind(events, 'gap')).toEqual([]);
  });
});

describe('Kafka source, brokers that do not answer', () => {
  // Last: it stops the broker for a while.
  test('S5 one that keeps connections and answers nothing is noticed, told, and read on when it answers', async () => {
    await broker.createTopic('silent');
    await put('silent', 'a');
    const [port = 0] = await freePorts(1);
    const brokers = [`127.0.0.1:${port}`, broker.address];
    const source = createKafkaSource({ brokers, topic: 'silent', clock, requestTimeoutMs: 1_000 });
    const following = reading(source, 'earliest');
    await following.until(atLeast(1));
    broker.pause();
    const state = await following.until(stateOf('connecting', following.events.length)).finally(() => broker.resume());
    expect(state.message).toMatch(/^the connection to Kafka at .* was lost \(Request timed out\)$/);
    await put('silent', 'b');
    expect(valuesOf(await following.until(atLeast(2)))).toEqual(['a', 'b']);
    expect(ofKind(following.events, 'opened')).toHaveLength(1);
    expectUnbroken(following.events);
  });
});
