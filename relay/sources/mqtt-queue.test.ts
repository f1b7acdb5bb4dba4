import { expect, test } from 'vitest';
import { MessageQueue } from './mqtt-queue.ts';

const message = (bytes: number) => ({ topic: 't', timestampMs: 0, value: new Uint8Array(bytes) });

test('S4 the pusher waits when there are too many messages or too many bytes, until some are taken', async () => {
  for (const [limits, fits] of [
    [{ maxQueued: 3, maxQueuedBytes: 1_000 }, 2],
    [{ maxQueued: 100, maxQueuedBytes: 50 }, 4],
  ] as const) {
    const queue = new MessageQueue(limits);
    for (let count = 0; count < fits; count++) expect(queue.push(message(10))).toBeUndefined();
    const room = queue.push(message(10));
    expect(room).toBeInstanceOf(Promise);
    expect(await queue.take(2)).toHaveLength(2);
    await room;
    expect(queue.push(message(10))).toBeUndefined();
  }
});

test('what was queued can be taken after the end, then null; nobody waits any more', async () => {
  const queue = new MessageQueue({ maxQueued: 1, maxQueuedBytes: 1_000 });
  const room = queue.push(message(1));
  queue.end();
  await room;
  expect(await queue.take(10)).toHaveLength(1);
  expect(await queue.take(10)).toBeNull();
  const empty = new MessageQueue({ maxQueued: 1, maxQueuedBytes: 1_000 });
  const taken = empty.take(10);
  empty.end();
  expect(await taken).toBeNull();
});
