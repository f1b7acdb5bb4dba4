import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textMemory } from '../../../tests/support/text-memory.ts';
import type { Batch } from './batches.ts';
import type { Topic } from './client.ts';
import { Past, SLOT_SIZE } from './past.ts';
import { matching, topicChoice } from './topics.ts';

const cluster = { clusterId: 'c', brokers: [], topics: [] };
const topicOf = (name: string, topicId: string): Topic => ({
  name,
  topicId,
  partitions: [{ leader: 1, leaderEpoch: 0 }],
});
const batchOf = (firstOffset: number, partitionLeaderEpoch: number): Batch => ({
  firstOffset,
  partitionLeaderEpoch,
  lastOffsetDelta: 0,
  attributes: 0,
  firstTimestamp: 0,
  maxTimestamp: 0,
  producerId: -1n,
  records: [],
  unreadable: null,
});
const pastOf = (text: string, { memory = textMemory(), run = 'run' } = {}) =>
  new Past({ choice: topicChoice(text), memory, run });

test('S9 one topic keeps its partition numbers, and its epoch is that of cluster and topic', async () => {
  const past = pastOf('orders');
  expect(await past.meet(cluster, [topicOf('orders', 'id-1')], null)).toBe('c:id-1');
  expect(past.firstPartition('id-1')).toBe(0);
});

test('S9 several topics are numbered in the order they are named, whatever the broker answers', async () => {
  const topics = [topicOf('a', 'id-a'), topicOf('b', 'id-b')];
  const [one, other] = [pastOf('b,a'), pastOf('b,a', { run: 'another' })];
  expect(await one.meet(cluster, topics, null)).toBe(await other.meet(cluster, topics.toReversed(), null));
  expect(['id-b', 'id-a', 'id-c'].map((id) => one.firstPartition(id))).toEqual([0, SLOT_SIZE, null]);
  expect(one.topicOf(SLOT_SIZE + 3)).toBe('a');
});

test('S9 equal epochs mean equal numbers, however topics come, go and come again, and relays restart', async () => {
  const name = fc.constantFrom('orders-a', 'orders-b', 'orders-c');
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('create' as const, 'delete' as const), name }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('look' as const), name }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('restart' as const, 'forget' as const), name }) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const there = new Map<string, string>();
      const meaning = new Map<string, string>();
      let memory = textMemory();
      let runs = 0;
      let past = pastOf('orders-*', { memory, run: 'run 0' });
      let ids = 0;
      for (const { do: what, name: topic } of steps) {
        if (what === 'create') there.set(topic, there.get(topic) ?? `id-${ids++}`);
        else if (what === 'delete') there.delete(topic);
        else if (what === 'look') {
          const epoch = await past.meet(
            cluster,
            [...there].map(([known, id]) => topicOf(known, id)),
            null,
          );
          for (const [known, id] of there) {
            const number = `${epoch} ${past.firstPartition(id)}`;
            expect(meaning.get(number) ?? `${known} ${id}`).toBe(`${known} ${id}`);
            meaning.set(number, `${known} ${id}`);
          }
        } else {
          if (what === 'forget') memory = textMemory();
          past = pastOf('orders-*', { memory, run: `run ${++runs}` });
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('S9 by pattern a restart with what was written down has the same epoch, and later topics go behind', async () => {
  const memory = textMemory();
  const first = pastOf('o-*', { memory });
  const epoch = await first.meet(cluster, [topicOf('o-b', 'b')], null);
  expect(await first.meet(cluster, [topicOf('o-a', 'a'), topicOf('o-b', 'b')], null)).toBe(epoch);
  const later = pastOf('o-*', { memory, run: 'later' });
  expect(await later.meet(cluster, [topicOf('o-a', 'a'), topicOf('o-b', 'b')], null)).toBe(epoch);
  expect([later.firstPartition('b'), later.firstPartition('a')]).toEqual([0, SLOT_SIZE]);
  const forgetful = pastOf('o-*', { run: 'later' });
  expect(await forgetful.meet(cluster, [topicOf('o-b', 'b')], null)).not.toBe(epoch);
});

test('S9 what was written down for other topics, by something else or not whole is not believed', async () => {
  const memory = textMemory();
  await pastOf('a', { memory }).meet(cluster, [topicOf('a', 'id-a')], null);
  for (const text of [memory.saved.at(-1) ?? '', '{"format":1', '{"format":2}', 'null']) {
    const past = pastOf('b', { memory: textMemory(text) });
    expect(await past.meet(cluster, [topicOf('b', 'id-b')], null)).toBe('c:id-b');
    expect(past.firstPartition('id-b')).toBe(0);
  }
});

test('S3 another cut at the same offset is another epoch, and no epoch grows', async () => {
  const past = pastOf('a');
  const seen = [await past.meet(cluster, [topicOf('a', 'id-a')], null)];
  for (let at = 0; at < 5; at++) seen.push(await past.cut(seen.at(-1) ?? '', 0, 50, 'cut'));
  expect(new Set(seen).size).toBe(6);
  expect(new Set(seen.slice(1).map(({ length }) => length)).size).toBe(1);
  // A reading that finds it after another one has: the epoch is that of the other.
  expect(await past.cut(seen[2] ?? '', 0, 50, 'cut')).toBe(seen[5]);
});

test('S3 what was written down of leaders counts for a reading that goes on, not for one that begins elsewhere', async () => {
  const memory = textMemory();
  const topics = [topicOf('a', 'id-a')];
  const first = pastOf('a', { memory });
  await first.meet(cluster, topics, null);
  first.begin(0, 0, 'anew');
  first.note(0, [batchOf(0, 3)], 10);
  await first.keep();
  const later = pastOf('a', { memory });
  await later.meet(cluster, topics, null);
  later.begin(0, 8, 'on');
  expect(later.leaderBefore(0, 8)).toBe(3);
  const elsewhere = pastOf('a', { memory });
  await elsewhere.meet(cluster, topics, null);
  elsewhere.begin(0, 500, 'anew');
  expect(elsewhere.leaderBefore(0, 500)).toBe(-1);
});

test('S5 what cannot be written down is a fault, and is written before anything is read', async () => {
  let full = true;
  const memory = {
    load: async () => null,
    save: async () => {
      if (full) throw new Error('no space left');
    },
  };
  const past = new Past({ choice: topicChoice('a'), memory, run: 'r' });
  await expect(past.meet(cluster, [topicOf('a', 'id')], null)).rejects.toMatchObject({ fault: 'unsaved' });
  await expect(past.keep()).rejects.toMatchObject({ fault: 'unsaved' });
  full = false;
  await past.keep();
});

test.each(['a', 'a,b', 'a*'])(
  'S3 %s: a broker that lags behind does not bring back a topic of before',
  async (text) => {
    const memory = textMemory();
    const others = text === 'a,b' ? [topicOf('b', 'id-b')] : [];
    const before = [topicOf('a', 'id-1'), ...others];
    const after = [topicOf('a', 'id-2'), ...others];
    const past = pastOf(text, { memory });
    const first = await past.meet(cluster, before, null);
    const second = await past.meet(cluster, after, first);
    expect(second).not.toBe(first);
    const late = { fault: 'moved', message: expect.stringContaining('"a"') };
    await expect(past.meet(cluster, before, null)).rejects.toMatchObject(late);
    expect(await past.meet(cluster, after, null)).toBe(second);
    // Nor after a restart.
    const later = pastOf(text, { memory });
    await expect(later.meet(cluster, before, second)).rejects.toMatchObject(late);
    expect(await later.meet(cluster, after, second)).toBe(second);
  },
);

test('S9 a pattern takes the names that fit it as a whole', () => {
  const names = ['orders-eu', 'orders-', 'xorders-eu', 'orders.eu', 'returns', 'a.b.c', 'axbxc'];
  expect(matching(topicChoice('orders-*'), names)).toEqual(['orders-eu', 'orders-']);
  expect(matching(topicChoice('returns,*.c'), names)).toEqual(['returns', 'a.b.c']);
  expect(matching(topicChoice('*'), names)).toEqual(names);
});
