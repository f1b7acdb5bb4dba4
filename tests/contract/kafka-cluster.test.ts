import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
import { createKafkaSource } from '../../relay/sources/kafka.ts';
import { atLeast, type Following, follow, ofKind, recordsOf, stateOf, valuesOf } from '../support/follow.ts';
import { type KafkaCluster, startKafkaCluster } from '../support/kafka-broker.ts';
import { textMemory } from '../support/text-memory.ts';
import { expectUnbroken } from './source.contract.ts';

/** Three brokers: leaders that die, come back, and lose what they had. */
let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafkaCluster(3);
});
afterAll(() => cluster.stop());

const followed: Following[] = [];
const reading = (...args: Parameters<typeof follow>) => {
  const following = follow(...args);
  followed.push(following);
  return following;
};
afterEach(async () => {
  await Promise.allSettled(followed.splice(0).map((following) => following.stop()));
});

const sourceOf = (topic: string, memory = textMemory()) =>
  createKafkaSource({ brokers: cluster.addresses, topic, clock, memory });
const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, index) => String(from + index));
const inOrder = (values: readonly (string | null)[]) => values.map(Number).toSorted((left, right) => left - right);

test('S5 the leader is killed in the middle: nothing lost, nothing twice, nothing told but waiting', async () => {
  await cluster.createTopic('failover', 3);
  const put = (from: number, count: number) =>
    cluster.produce(
      'failover',
      numbers(count, from).map((value, index) => ({ value, partition: index % 3 })),
    );
  await put(0, 900);
  const following = reading(sourceOf('failover'), 'earliest');
  await following.until(atLeast(900));
  const leader = await cluster.leaderOf('failover', 0);
  await cluster.kill(leader);
  await put(900, 300);
  await following.until(atLeast(1_200));
  await cluster.start(leader);
  await put(1_200, 300);
  const events = await following.until(atLeast(1_500));
  expect(inOrder(valuesOf(events))).toEqual(numbers(1_500).map(Number));
  expectUnbroken(events);
  expect(ofKind(events, 'opened')).toHaveLength(1);
  expect([...ofKind(events, 'gap'), ...ofKind(events, 'reset')]).toEqual([]);
});

test('S5 a partition without a leader holds up nobody: the others are read on, and it when it has one', async () => {
  const configs = { 'min.insync.replicas': '1' };
  await cluster.createTopic('alone', 1, { nodes: [1], configs });
  await cluster.createTopic('together', 1, { nodes: [2], configs });
  const following = reading(sourceOf('alone,together'), 'earliest');
  await following.until((events) => ofKind(events, 'caught-up')[0]);
  await cluster.kill(1);
  const told = await following.until((events) =>
    ofKind(events, 'state').find(({ state }) => state.message?.includes('no leader: the others are read')),
  );
  expect(told.state.state).toBe('live');
  await cluster.produce('together', [{ value: 'other' }]);
  await following.until(atLeast(1));
  const seen = following.events.length;
  await cluster.start(1);
  await cluster.produce('alone', [{ value: 'back' }]);
  expect(valuesOf(await following.until(atLeast(2)))).toEqual(['other', 'back']);
  expect(await following.until(stateOf('live', seen))).toMatchObject({ message: null });
  expectUnbroken(following.events);
});

/** A replica that was away while two records were written comes to lead without them, and takes others in their place. */
async function withoutFollower(topic: string): Promise<number> {
  const leader = await cluster.leaderOf(topic, 0);
  const [follower = 0] = (await cluster.inSyncOf(topic, 0)).filter((node) => node !== leader);
  await cluster.kill(follower);
  await cluster.produce(topic, [{ value: 'lost 1' }, { value: 'lost 2' }], { acknowledged: 'leader' });
  await expect.poll(() => cluster.inSyncOf(topic, 0), { timeout: 20_000 }).toEqual([leader]);
  return follower;
}

async function leadsWithoutThem(topic: string, follower: number): Promise<void> {
  const leader = await cluster.leaderOf(topic, 0);
  await cluster.kill(leader);
  await cluster.start(follower);
  await expect.poll(() => cluster.leaderOf(topic, 0), { timeout: 30_000 }).toBe(follower);
  await cluster.produce(
    topic,
    numbers(5, 100).map((value) => ({ value })),
    { acknowledged: 'leader' },
  );
  await cluster.start(leader);
}

const UNCLEAN = {
  replicas: 2,
  configs: { 'unclean.leader.election.enable': 'true', 'min.insync.replicas': '1' },
} as const;

test('S3 a log that was cut and has grown past the position is a reset, though offsets look right', async () => {
  await cluster.createTopic('cut', 1, UNCLEAN);
  await cluster.produce(
    'cut',
    numbers(3).map((value) => ({ value })),
  );
  const memory = textMemory();
  const following = reading(sourceOf('cut', memory), 'earliest');
  const follower = await withoutFollower('cut');
  const events = await following.until(atLeast(5));
  const [opened] = ofKind(events, 'opened');
  const position = { epoch: opened?.position.epoch ?? '', next: { 0: 5 } };
  await leadsWithoutThem('cut', follower);
  const after = await following.until(atLeast(5 + 8));
  expect(ofKind(after, 'reset')).toMatchObject([{ reason: expect.stringContaining('its log was cut') }]);
  expect(valuesOf(after).slice(5)).toEqual([...numbers(3), ...numbers(5, 100)]);
  expect(ofKind(after, 'opened')[1]?.position.epoch).not.toBe(position.epoch);
  await following.stop();

  // A relay that was away while it happened finds out too: from what it had written down before.
  const later = reading(sourceOf('cut', textMemory(memory.before(position.epoch))), position);
  const told = await later.until(atLeast(8));
  expect(ofKind(told, 'reset')).toHaveLength(1);
  expect(recordsOf(told).map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
