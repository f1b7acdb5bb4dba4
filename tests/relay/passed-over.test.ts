import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import { BATCH_LIMITS } from '../../relay/batch/batcher.ts';
import { DeadLetters } from '../../relay/dead-letters/dead-letters.ts';
import { MemoryLog } from '../../relay/log/memory.ts';
import { memoryStore } from '../../relay/log/store.ts';
import { Conflators } from '../../relay/serve/conflation.ts';
import { Subscription } from '../../relay/serve/subscription.ts';
import { Shaper } from '../../relay/shape/shaper.ts';
import { StreamFeed } from '../../relay/stream-feed.ts';
import { frameEntry } from '../contract/log.contract.ts';
import { ScriptedSource } from './scripted-source.ts';

/** A log that tells which of its entries were read whole. */
class ReadLog extends MemoryLog {
  readonly read: number[] = [];

  override get(sequence: number) {
    this.read.push(sequence);
    return super.get(sequence);
  }
}

/** What is sent to a tab that subscribes to this log, turn by turn: until nothing more comes. */
async function deliver(
  log: ReadLog,
  from: SubscribeFrom,
): Promise<{ readonly frames: number; readonly turns: number }> {
  const stop = new AbortController();
  const feed = feedOf(log);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  const opened = new Promise<void>((resolve) => feed.listen({ opened: resolve }));
  const running = feed.run(stop.signal);
  await opened;
  let frames = 0;
  let wakes = 0;
  const output = {
    send: () => undefined,
    frame: () => {
      frames++;
    },
    wake: () => {
      wakes++;
    },
    failed: (message: string) => expect.fail(message),
  };
  const subscription = new Subscription(feed, from, output, new Conflators());
  onTestFinished(() => subscription.close());
  let turns = 0;
  for (let seen = -1; seen !== wakes; turns++) {
    seen = wakes;
    while (subscription.deliver());
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { frames, turns };
}

function feedOf(log: MemoryLog): StreamFeed {
  const source = new ScriptedSource({ replayable: true, partitions: 2 });
  const begin = { epoch: source.epoch, next: { 0: 0, 1: 0 } };
  const none = { schemas: [], certain: log.head(), watermarkUs: 0, newestUs: new Map<number, number>(), unfit: null };
  const store = { ...memoryStore({ fromEarliest: true }), restore: async () => ({ log, begin, ...none }) };
  return new StreamFeed({
    ...{ stream: 'events', source, from: 'earliest', clock: systemClock, delayUs: 0, idleMs: 0, aheadUs: null },
    makeShaper: (restored) =>
      new Shaper(
        { stream: 'events', time: { field: undefined, format: 'auto' }, fields: undefined, topics: false },
        restored,
      ),
    ...{ limits: BATCH_LIMITS, pacer: null, deadLetters: DeadLetters.inMemory(systemClock), store, backfillUs: null },
  });
}

const MANY = 2_500;

/** Partition 1 has one frame before and one behind the many of partition 0, whose events are a second apart. */
function filled(): ReadLog {
  const log = new ReadLog();
  log.append(frameEntry(1, 0, 1));
  for (let n = 0; n < MANY; n++) log.append(frameEntry(0, n, 1, 96, n * 1_000_000));
  log.append(frameEntry(1, 1, 1, 96, MANY * 1_000_000));
  return log;
}

test('P5 what a tab has is not read again, and others have their turn while it is passed over', async () => {
  const log = filled();
  const { frames, turns } = await deliver(log, { epoch: 'epoch-1', next: { 0: MANY, 1: 0 } });
  expect(frames).toBe(2);
  expect(log.read).toEqual([0, MANY + 1]);
  expect(turns).toBeGreaterThan(2);
});
