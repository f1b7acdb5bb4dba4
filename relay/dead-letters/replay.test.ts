import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { decodeFrameHeader, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { REPLAY_PARTITION } from '../../contract/protocol/position.ts';
import { BATCH_LIMITS } from '../batch/batcher.ts';
import { Rejected } from '../decode/rejected.ts';
import type { LogEntry } from '../log/log.ts';
import { readRow } from '../read-row.ts';
import { Shaper } from '../shape/shaper.ts';
import type { RawRecord } from '../sources/source.ts';
import { DeadLetters } from './dead-letters.ts';
import { openDeadLetters } from './on-disk.ts';
import { type ReplayParts, replayLetters, tryLetters } from './replay.ts';
import { matching } from './search.ts';

const clock = { nowMs: () => 1_700_000_000_000, after: () => () => undefined };

/** What a log has of its replay partition: offsets of rows, by the letter each came from (its `n`). */
class FakeLog {
  entries: Extract<LogEntry, { kind: 'frame' }>[] = [];
  get tail(): number | null {
    return this.entries.at(-1)?.nextOffset ?? null;
  }
  get rows(): number {
    return this.entries.reduce((sum, { message }) => sum + decodeFrameHeader(message).header.rows, 0);
  }
}

const shaperOf = (type: 'int64' | 'string') => {
  const shaper = new Shaper({ stream: 's', time: { format: 'auto' }, fields: { n: type }, topics: false });
  shaper.settle();
  return shaper;
};
const rulesOf = (type: 'int64' | 'string') => ({ shaper: shaperOf(type), aheadUs: null, nowMs: clock.nowMs });

function partsOf(letters: DeadLetters, log: FakeLog, more: Partial<ReplayParts> = {}): ReplayParts {
  return {
    stream: 's',
    epoch: 'log-epoch',
    clock,
    limits: { ...BATCH_LIMITS, maxRows: 3 },
    rules: rulesOf('string'),
    letters,
    watermarkUs: () => MIN_TIME_US,
    tail: () => log.tail,
    append(entry) {
      if (entry.kind === 'frame') log.entries.push(entry);
    },
    checkOpen: () => undefined,
    room: async () => undefined,
    kept: async () => undefined,
    ...more,
  };
}

const recordOf = (offset: number): RawRecord => {
  const value = offset % 7 === 6 ? '{"n":' : JSON.stringify({ n: `text ${offset}` });
  return { offset, topic: 't', timestampMs: offset, key: null, value: Buffer.from(value) };
};

/** Letters whose `n` is a text where an int64 was declared; every seventh is no JSON at all. */
function addLetters(letters: DeadLetters, count: number): void {
  const rules = rulesOf('int64');
  for (let offset = 0; offset < count; offset++) {
    const record = recordOf(offset);
    const rejected = readRow(record, rules);
    if (!(rejected instanceof Rejected)) throw new Error('a row was not expected');
    letters.add('source-epoch', 0, record, rejected);
  }
}

test('X5 a dry run says what would be rows and why the others would not, and changes nothing', async () => {
  const letters = DeadLetters.inMemory(clock);
  addLetters(letters, 14);
  expect(await tryLetters(letters, rulesOf('string'), {})).toEqual({
    letters: 14,
    rows: 12,
    partial: 0,
    refused: [{ kind: 'the record is not JSON', reason: expect.stringMatching(/not JSON/), count: 2 }],
  });
  expect(await tryLetters(letters, rulesOf('int64'), {})).toMatchObject({ letters: 14, rows: 0 });
  expect(letters.count).toBe(14);
});

test('X5 replayed rows are a partition of their own, in the order they came; what is no row waits on', async () => {
  const letters = DeadLetters.inMemory(clock);
  const log = new FakeLog();
  addLetters(letters, 14);
  expect(await replayLetters(partsOf(letters, log), {})).toMatchObject({ letters: 14, rows: 12 });
  expect(log.entries.map(({ partition, firstOffset, nextOffset }) => [partition, firstOffset, nextOffset])).toEqual([
    [REPLAY_PARTITION, 0, 3],
    [REPLAY_PARTITION, 3, 6],
    [REPLAY_PARTITION, 6, 9],
    [REPLAY_PARTITION, 9, 12],
  ]);
  expect(letters.count).toBe(2);
  expect(await replayLetters(partsOf(letters, log), {})).toMatchObject({ letters: 2, rows: 0 });
  expect(log.rows).toBe(12);
  // The source gives everything again: what is a row by replay is not one twice, and what is none is no second letter.
  for (let offset = 0; offset < 14; offset++)
    expect(letters.accept('source-epoch', 0, recordOf(offset))).toBe(offset % 7 === 6);
  expect(letters.count).toBe(0);
});

class Killed extends Error {}

test('X5 killed at any moment, no letter is lost and none is a row twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.record({ at: fc.integer({ min: 0, max: 16 }), before: fc.boolean() }), { maxLength: 4 }),
      async (count, kills) => {
        const folder = await mkdtemp(join(tmpdir(), 'highwater-replay-'));
        try {
          const log = new FakeLog();
          addLetters(await openDeadLetters(folder, clock), count);
          for (const kill of [...kills, null]) {
            const letters = await openDeadLetters(folder, clock);
            letters.endReplay('log-epoch', log.tail ?? 0);
            let steps = 0;
            const step = () => {
              if (kill !== null && steps++ >= kill.at) throw new Killed();
            };
            const append = (entry: LogEntry) => {
              if (kill?.before) step();
              if (entry.kind === 'frame') log.entries.push(entry);
              if (!kill?.before) step();
            };
            const kept = async () => step();
            await replayLetters(partsOf(letters, log, { append, kept }), {}).catch((error: unknown) => {
              if (!(error instanceof Killed)) throw error;
            });
          }
          const noRows = Math.floor(count / 7);
          expect(log.rows).toBe(count - noRows);
          const end = await openDeadLetters(folder, clock);
          expect(matching(end, {}).every(({ offset }) => offset % 7 === 6)).toBe(true);
          expect(end.count).toBe(noRows);
          let next = 0;
          for (const { firstOffset, nextOffset } of log.entries) {
            expect(firstOffset).toBe(next);
            next = nextOffset;
          }
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 60, seed: 20261123, verbose: 1 },
  );
});

test('X5 rows of a log that was dropped wait again when the replay had not been marked', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-replay-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const letters = await openDeadLetters(folder, clock);
  addLetters(letters, 3);
  letters.beginReplay('log-epoch', 0, matching(letters, {}));
  const again = await openDeadLetters(folder, clock);
  again.endReplay('log-epoch~1', 2);
  expect(matching(again, {}).map(({ state }) => state)).toEqual(['waiting', 'waiting', 'waiting']);
});

test.each([1, 2])(
  'X5 letters wait again when their log is left while a replay waits (at check %i)',
  async (failing) => {
    const letters = DeadLetters.inMemory(clock);
    addLetters(letters, 5);
    const log = new FakeLog();
    let checks = 0;
    const checkOpen = () => {
      checks++;
      if (checks === failing) throw new Error('the log was left');
    };
    await expect(replayLetters(partsOf(letters, log, { checkOpen }), {})).rejects.toThrow('the log was left');
    expect(matching(letters, { state: 'waiting' }).map(({ state }) => state)).toEqual(Array(5).fill('waiting'));
    expect(log.rows).toBe(0);
    expect(await replayLetters(partsOf(letters, log), {})).toMatchObject({ letters: 5, rows: 5 });
    expect(log.rows).toBe(5);
  },
);
