import { expect, test } from 'vitest';
import { MessageQueue, type QueueItem } from './queue.ts';

const record = (offset: number, bytes: number): QueueItem => ({
  kind: 'record',
  record: { offset, topic: 't', timestampMs: 0, key: null, value: new Uint8Array(bytes) },
  once: false,
});
const event: QueueItem = { kind: 'event', event: { kind: 'caught-up' } };

test('S4 it is full by messages or by bytes, and says once that there is room again', async () => {
  for (const [limits, fits] of [
    [{ maxQueued: 3, maxQueuedBytes: 1_000 }, 2],
    [{ maxQueued: 100, maxQueuedBytes: 50 }, 4],
  ] as const) {
    let rooms = 0;
    const queue = new MessageQueue(limits, () => rooms++);
    for (let count = 0; count < fits; count++) queue.push(record(count, 10));
    expect(queue.isFull).toBe(false);
    queue.push(record(fits, 10));
    expect(queue.isFull).toBe(true);
    expect(await queue.take(2)).toHaveLength(2);
    expect(await queue.take(1)).toHaveLength(1);
    expect([queue.isFull, rooms]).toEqual([false, 1]);
  }
});

test('what happened is taken by itself, in its place between records', async () => {
  const queue = new MessageQueue({ maxQueued: 100, maxQueuedBytes: 1_000 }, () => undefined);
  for (const item of [record(0, 1), record(1, 1), event, event, record(2, 1)]) queue.push(item);
  const kinds: string[] = [];
  while (queue.size > 0) kinds.push(((await queue.take(10)) ?? []).map(({ kind }) => kind).join('+'));
  expect(kinds).toEqual(['record+record', 'event', 'event', 'record']);
});

test('what was queued can be taken after the end, then null', async () => {
  const queue = new MessageQueue({ maxQueued: 1, maxQueuedBytes: 1_000 }, () => undefined);
  queue.push(record(0, 1));
  queue.end();
  expect(await queue.take(10)).toHaveLength(1);
  expect(await queue.take(10)).toBeNull();
  const empty = new MessageQueue({ maxQueued: 1, maxQueuedBytes: 1_000 }, () => undefined);
  const taken = empty.take(10);
  empty.end();
  expect(await taken).toBeNull();
});
