import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { systemClock as clock } from '../../../contract/clock.ts';
import type { SourceEvent, StartFrom } from '../source.ts';
import type { FetchRequest, KafkaClient, PartitionFetch } from './client.ts';
import { Past } from './past.ts';
import { Reading } from './reading.ts';
import { topicChoice } from './topics.ts';

const BATCHES = 50;

/** A cluster in memory: one record per batch, one batch per partition and fetch. `answer` may change what a broker says. */
function fakeCluster(
  leaders: readonly number[],
  answer: (fetch: PartitionFetch, node: number) => PartitionFetch = (fetch) => fetch,
) {
  const requests: FetchRequest[] = [];
  const client: KafkaClient = {
    cluster: async () => ({
      clusterId: 'c',
      brokers: ['b:1'],
      topics: [{ name: 'topic', topicId: 't', partitions: leaders.map((leader) => ({ leader, leaderEpoch: 0 })) }],
    }),
    offsets: async (places, at) =>
      new Map(places.map(({ streamPartition }) => [streamPartition, at === 'first' ? 0 : BATCHES])),
    async fetch(request) {
      requests.push(request);
      if (request.partitions.every(({ fetchOffset }) => fetchOffset >= BATCHES))
        await new Promise((resolve) => setTimeout(resolve, 1));
      return request.partitions.map(({ streamPartition, fetchOffset }) =>
        answer(fetchOf(streamPartition, fetchOffset), request.node),
      );
    },
    close: async () => undefined,
  };
  return { client, requests };
}

function fetchOf(streamPartition: number, offset: number): PartitionFetch {
  const batch = {
    firstOffset: offset,
    lastOffsetDelta: 0,
    partitionLeaderEpoch: 0,
    attributes: 0,
    firstTimestamp: 0,
    maxTimestamp: 0,
    producerId: -1n,
    unreadable: null,
    records: [{ offsetDelta: 0, timestampDelta: 0, key: null, value: Buffer.of(1), headers: [] }],
  };
  const batches = offset < BATCHES ? [batch] : [];
  const ends = { highWatermark: BATCHES, lastStableOffset: BATCHES };
  return { streamPartition, errorCode: 0, ...ends, divergesAt: null, batches, aborted: [] };
}

function newReading(from: StartFrom = 'earliest'): Reading {
  const choice = topicChoice('topic');
  const past = new Past({ choice, memory: null, run: 'r' });
  return new Reading({ choice, past, at: 'b:1', leads: true, told: () => undefined, clock }, from);
}

test('S4 while nobody pulls, each leading broker is asked once and no more', async () => {
  const { client, requests } = fakeCluster([1, 2, 1, 3]);
  const iterator = newReading().open(client, new AbortController().signal)[Symbol.asyncIterator]();
  let records = 0;
  while (records < 4) {
    const { value } = await iterator.next();
    if (value?.kind === 'records') records++;
  }
  const asked = requests.length;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(requests.length).toBe(asked);
  // One answer per broker may be waiting, and at most one more was delivered for each event pulled.
  expect(asked).toBeLessThanOrEqual(3 + records);
});

test('S4 an answer that was taken is held no longer, however long nothing else has come', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage: () => void = runInNewContext('gc');
  const values: WeakRef<Uint8Array>[] = [];
  const { client } = fakeCluster([1], (fetch) => {
    const batches = fetch.batches.map((batch) => {
      const value = new Uint8Array(1024);
      values.push(new WeakRef(value));
      return { ...batch, records: batch.records.map((record) => ({ ...record, value })) };
    });
    return { ...fetch, batches };
  });
  const iterator = newReading().open(client, new AbortController().signal)[Symbol.asyncIterator]();
  for (let records = 0; records < BATCHES; )
    await iterator.next().then(({ value }) => {
      if (value?.kind === 'records') records++;
    });
  // What a WeakRef was made of lives to the end of the turn.
  await new Promise((resolve) => setTimeout(resolve, 5));
  collectGarbage();
  expect(values).toHaveLength(BATCHES);
  // The one given last, and the one read ahead.
  expect(values.filter((value) => value.deref() !== undefined).length).toBeLessThanOrEqual(2);
  await iterator.return?.();
});

test('several partitions of a broker are asked for in one request, and no broker is starved', async () => {
  const { client, requests } = fakeCluster([1, 2, 1]);
  const abort = new AbortController();
  const order: number[] = [];
  for await (const event of newReading().open(client, abort.signal)) {
    if (event.kind === 'records') order.push(event.partition);
    if (event.kind === 'caught-up') abort.abort();
  }
  expect(requests[0]?.partitions.map(({ partition }) => partition)).toEqual([0, 2]);
  expect(requests[1]?.partitions.map(({ partition }) => partition)).toEqual([1]);
  for (const partition of [0, 1, 2])
    expect(order.slice(0, 30).filter((other) => other === partition).length).toBeGreaterThanOrEqual(8);
});

test('W3 a partition with nothing to give says so at once, long before the whole topic is caught up', async () => {
  const { client } = fakeCluster([1, 1]);
  const abort = new AbortController();
  const reading = newReading({ epoch: 'c:t', next: { 0: 0, 1: BATCHES } });
  const events: SourceEvent[] = [];
  for await (const event of reading.open(client, abort.signal)) {
    events.push(event);
    if (event.kind === 'caught-up') abort.abort();
  }
  const kinds = events.map(({ kind }) => kind);
  expect(events.filter(({ kind }) => kind === 'partition-at-end')).toEqual([
    { kind: 'partition-at-end', partition: 1 },
  ]);
  expect(kinds.indexOf('partition-at-end')).toBeLessThan(kinds.indexOf('records'));
});

test('when one partition fails, what the others brought is delivered first, and reading goes on from there', async () => {
  let failing = false;
  const { client } = fakeCluster([1, 1], (fetch) =>
    failing && fetch.streamPartition === 1
      ? { ...fetch, errorCode: 6, batches: [], highWatermark: -1, lastStableOffset: -1 }
      : fetch,
  );
  const reading = newReading();
  const events: SourceEvent[] = [];
  const firstOpening = async () => {
    for await (const event of reading.open(client, new AbortController().signal)) {
      events.push(event);
      if (events.filter(({ kind }) => kind === 'records').length === 4) failing = true;
    }
  };
  await expect(firstOpening()).rejects.toMatchObject({ fault: 'moved' });
  failing = false;
  const abort = new AbortController();
  for await (const event of reading.open(client, abort.signal)) {
    events.push(event);
    if (event.kind === 'caught-up') abort.abort();
  }
  for (const partition of [0, 1]) {
    const offsets = events.flatMap((event) =>
      event.kind === 'records' && event.partition === partition ? event.records.map(({ offset }) => offset) : [],
    );
    expect(offsets).toEqual(Array.from({ length: BATCHES }, (_, offset) => offset));
  }
  expect(events.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
});

test('S4 S5 attempts are counted until every broker has answered, and all brokers together send a bounded lot', async () => {
  let failing = true;
  const { client, requests } = fakeCluster(
    Array.from({ length: 40 }, (_, at) => at),
    (fetch, node) => (failing && node === 7 ? { ...fetch, errorCode: 6, batches: [] } : fetch),
  );
  const reading = newReading();
  for (let attempt = 1; attempt <= 3; attempt++) {
    const opening = async () => {
      for await (const _ of reading.open(client, new AbortController().signal));
    };
    await expect(opening()).rejects.toMatchObject({ fault: 'moved' });
    expect(reading.failures++).toBe(attempt - 1);
  }
  expect(requests.slice(0, 40).reduce((sum, { maxBytes }) => sum + maxBytes, 0)).toBeLessThan(33 * 1024 * 1024);
  failing = false;
  const abort = new AbortController();
  for await (const event of reading.open(client, abort.signal)) if (event.kind === 'caught-up') abort.abort();
  expect(reading.failures).toBe(0);
});

test('S3 a log that a broker says was cut is a reset, though its end lies beyond the position', async () => {
  let cut = true;
  const { client } = fakeCluster([1], (fetch) =>
    cut && fetch.streamPartition === 0 ? { ...fetch, divergesAt: 20, batches: [] } : fetch,
  );
  const reading = newReading({ epoch: 'c:t', next: { 0: 30 } });
  const events: SourceEvent[] = [];
  const abort = new AbortController();
  const openings = async () => {
    for await (const event of reading.open(client, abort.signal)) {
      events.push(event);
      if (event.kind === 'caught-up') abort.abort();
    }
  };
  await expect(openings()).rejects.toMatchObject({ fault: 'moved' });
  cut = false;
  await openings();
  const told = events.filter(({ kind }) => kind === 'opened' || kind === 'reset');
  expect(told).toMatchObject([
    { kind: 'opened', position: { epoch: 'c:t', next: { 0: 30 } } },
    { kind: 'reset', reason: 'partition 0 ends at offset 20, before 30: its log was cut' },
    { kind: 'opened', position: { epoch: expect.stringMatching(/^c:t\/./), next: { 0: 0 } } },
  ]);
  expect(events.filter(({ kind }) => kind === 'records')).toHaveLength(BATCHES);
});

test('S3 batches of one fetch that cannot be read for one reason are one gap, and no more than those', async () => {
  const why = (at: number) => (at < 10 ? 'old' : at < 12 ? 'damaged' : null);
  const { client, requests } = fakeCluster([1], (fetch) => {
    const from = fetch.batches[0]?.firstOffset ?? BATCHES;
    const batches = Array.from({ length: BATCHES - from }, (_, at) => fetchOf(0, from + at).batches)
      .flat()
      .map((batch) => ({ ...batch, unreadable: why(batch.firstOffset) }));
    return { ...fetch, batches };
  });
  const abort = new AbortController();
  const events: SourceEvent[] = [];
  for await (const event of newReading().open(client, abort.signal)) {
    events.push(event);
    if (event.kind === 'caught-up') abort.abort();
  }
  expect(events.filter(({ kind }) => kind === 'gap' || kind === 'records')).toMatchObject([
    { kind: 'gap', firstOffset: 0, nextOffset: 10, reason: expect.stringContaining('old') },
    { kind: 'gap', firstOffset: 10, nextOffset: 12, reason: expect.stringContaining('damaged') },
    { kind: 'records', firstOffset: 12, nextOffset: BATCHES },
  ]);
  expect(requests.length).toBeLessThanOrEqual(5);
});

test('S3 only the stream’s own reading changes its epoch: what others ask for cannot', async () => {
  const { client } = fakeCluster([1]);
  const choice = topicChoice('topic');
  const past = new Past({ choice, memory: null, run: 'r' });
  const newOne = (leads: boolean, from: StartFrom) =>
    new Reading({ choice, past, at: 'b:1', leads, told: () => undefined, clock }, from);
  const first = async (reading: Reading) => {
    const abort = new AbortController();
    const events: SourceEvent[] = [];
    for await (const event of reading.open(client, abort.signal)) {
      events.push(event);
      if (event.kind === 'caught-up') abort.abort();
    }
    return events;
  };
  await first(newOne(true, 'earliest'));
  const forged = await first(newOne(false, { epoch: 'c:t', next: { 0: 1e9, 77: 5 } }));
  expect(forged[0]).toMatchObject({ kind: 'reset' });
  expect(forged[1]).toMatchObject({ kind: 'opened', position: { epoch: 'c:t', next: { 0: 0 } } });
  const honest = await first(newOne(false, { epoch: 'c:t', next: { 0: 40 } }));
  expect(honest[0]).toMatchObject({ kind: 'opened', position: { epoch: 'c:t', next: { 0: 40 } } });
});
