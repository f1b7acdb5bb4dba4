import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { decideOutcome } from '../serve/outcome.ts';
import { DiskLog, type DiskLogOptions } from './disk-log.ts';
import type { Log, LogEntry } from './log.ts';
import { MemoryLog } from './memory.ts';

const opened = { epoch: 'e', next: { 0: 0 } };
const gap: LogEntry = {
  kind: 'gap',
  partition: 0,
  firstOffset: 5,
  nextOffset: 5,
  reason: 'the session is gone',
  foundAtMs: 77,
};
const rowless = (firstOffset: number, nextOffset: number): LogEntry => ({
  kind: 'progress',
  partition: 0,
  firstOffset,
  nextOffset,
  watermarkUs: null,
});

const answered = (log: Log, next: number) =>
  decideOutcome({ from: { epoch: 'e', next: { 0: next } }, opened, log, replayable: false, paced: false });
const isTold = { from: 'log', outcome: 'gap', missing: null, reason: 'the session is gone', foundAtMs: 77 };

test('P5 a gap of unknown size that retention took, at the very floor, is told to a tab that was away', async () => {
  const log = new MemoryLog({ maxBytes: 600 });
  for (const entry of [rowless(0, 5), gap, rowless(5, 6), rowless(6, 7), rowless(7, 8)]) log.append(entry);
  expect(log.floor().get(0)).toBe(5);
  expect(answered(log, 5)).toMatchObject(isTold);
  expect(answered(log, 6)).toMatchObject({ outcome: 'resumed' });
  log.append(rowless(8, 9));
  expect(log.floor().get(0)).toBe(6);
  expect(answered(log, 6)).toMatchObject({ outcome: 'resumed' });
});

test('P5 after another start too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-floor-gap-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = handClock();
  const options: DiskLogOptions = {
    ...{ folder, clock, maxBytes: 1e6, maxAgeMs: 60_000, replayable: false, fromEarliest: true },
    schemaOf: () => null,
    events: { shown: () => undefined, kept: () => undefined },
  };
  const log = await DiskLog.create(options, opened);
  log.append(rowless(0, 5));
  log.append(gap);
  await log.flush();
  expect(log.get(1)).toEqual(gap);
  // Step by step: after a leap of the clock nothing is too old for a while.
  for (let step = 0; step < 20; step++) clock.pass(4_000);
  log.append(rowless(5, 5));
  await log.flush();
  expect([log.start, log.floor().get(0)]).toEqual([2, 5]);
  expect(answered(log, 5)).toMatchObject(isTold);
  await log.close();
  const again = await DiskLog.open(options);
  if (again === null) throw new Error('no log');
  expect(answered(again.log, 5)).toMatchObject(isTold);
  again.log.append(rowless(5, 9));
  await again.log.flush();
  expect(answered(again.log, 9)).toMatchObject({ outcome: 'resumed' });
  await again.log.close();
});
