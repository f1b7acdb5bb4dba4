import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { encodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { handClock } from '../../tests/support/hand-clock.ts';
import { DiskLog, type DiskLogOptions } from './disk-log.ts';
import type { Log, LogEntry } from './log.ts';
import { diskFiles, type SegmentFiles } from './segment-files.ts';

const FRAMES = 12;
const begin = { epoch: 'e', next: { 0: 0 } };

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-failing-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'log');
}

function optionsOf(folder: string, clock: Clock, more: Partial<DiskLogOptions> = {}): DiskLogOptions {
  const bounds = { maxBytes: 9_000, maxAgeMs: 3_600_000, segmentBytes: 3_000, cacheBytes: 0 };
  const events = { shown: () => undefined, kept: () => undefined };
  return { folder, clock, ...bounds, replayable: true, fromEarliest: true, schemaOf: schema, events, ...more };
}

const schema = (version: number): StreamSchema => ({
  type: 'schema',
  stream: 'events',
  version,
  timeField: 'ts',
  inferred: true,
  fields: [{ name: `field_${version}`, type: 'string', role: 'text', unit: null }],
});

function frame(clock: Clock, offset: number): LogEntry {
  const extent = { partition: 0, firstOffset: offset, nextOffset: offset + 1 };
  const times = { minEventTimeUs: 1, maxEventTimeUs: 1, watermarkBeforeUs: MIN_TIME_US };
  const header = { stream: 'events', epoch: 'e', rows: 1, contiguous: true, schemaVersion: 1, ...times, ...extent };
  const message = encodeFrame({ ...header, sealedAtUs: clock.nowMs() * 1000 }, new Uint8Array(800).fill(offset));
  return { kind: 'frame', ...extent, schemaVersion: 1, maxEventTimeUs: 1, message, payloadBytes: 800 };
}

/** What a reader is given that comes back after a second where there is nothing for now. */
function extents(log: Log, clock: { pass(ms: number): void }): number[][] {
  const found: number[][] = [];
  for (let sequence = log.start; sequence < log.end; sequence++) {
    let entry = log.get(sequence);
    if (entry === null) {
      expect(log.trouble?.message).toMatch(/cannot be read now/);
      clock.pass(1_000);
      expect(log.trouble).toBeNull();
      entry = log.get(sequence);
    }
    found.push([entry?.firstOffset ?? -1, entry?.nextOffset ?? -1]);
  }
  return found;
}

const upTo = (first: number, end: number) =>
  Array.from({ length: end - first }, (_, at) => [first + at, first + at + 1]);

const failed = (code: string) => Object.assign(new Error(`${code}: it failed`), { code });

/** All calls but those that sync: the one with the number `failing`, and `more` after it, fail. */
function failingFiles(failing: number, more: number, code: string): SegmentFiles & { readonly calls: string[] } {
  const calls: string[] = [];
  const tried =
    <A extends unknown[], R>(name: string, call: (...args: A) => R) =>
    (...args: A): R => {
      const at = calls.push(name) - 1;
      if (at >= failing && at <= failing + more) throw failed(code);
      return call(...args);
    };
  return {
    ...diskFiles,
    calls,
    makeFolder: tried('makeFolder', diskFiles.makeFolder),
    list: tried('list', diskFiles.list),
    open: tried('open', diskFiles.open),
    write: tried('write', diskFiles.write),
    read: tried('read', diskFiles.read),
    bytes: tried('bytes', diskFiles.bytes),
    remove: tried('remove', diskFiles.remove),
  };
}

/** As those do who hold a log: a store makes it, and opens it, again. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; tries < 4; tries++) {
    const done = await attempt().catch(() => null);
    if (done !== null) return done;
  }
  return attempt();
}

/** Writes, reads while it does, and starts again; returns what was called. */
async function run(files: ReturnType<typeof failingFiles>, replayable: boolean): Promise<string[]> {
  const clock = handClock();
  const folder = newFolder();
  const damaged: unknown[] = [];
  const options = optionsOf(folder, clock, { files, replayable, onDamage: (damage) => damaged.push(damage) });
  const log = await eventually(() => {
    rmSync(folder, { recursive: true, force: true });
    return DiskLog.create(options, begin);
  });
  for (let offset = 0; offset < FRAMES; offset++) {
    log.append(frame(clock, offset));
    if (offset % 3 === 2) await log.flush();
    log.get(log.start);
    clock.pass(1_000);
  }
  for (let tries = 0; tries < 5; tries++) clock.pass(1_000);
  await log.flush();
  expect(log.trouble).toBeNull();
  expect(log.end).toBe(FRAMES);
  expect(extents(log, clock)).toEqual(upTo(log.start, FRAMES));
  const { start } = log;
  await log.close();
  const kept = await eventually(() => DiskLog.open(options));
  if (kept === null) throw new Error('no log');
  const there = extents(kept.log, clock);
  const first = there[0]?.[0] ?? -1;
  expect(first).toBeLessThanOrEqual(start);
  expect(there).toEqual(upTo(first, FRAMES));
  expect(damaged).toEqual([]);
  await kept.log.close();
  return files.calls;
}

for (const replayable of [true, false])
  test(`L5 whichever call of the file system fails once, or thrice, nothing is lost and nothing is written twice; replayable: ${replayable}`, async () => {
    const calls = await run(failingFiles(Number.POSITIVE_INFINITY, 0, ''), replayable);
    expect(new Set(calls)).toEqual(new Set(['makeFolder', 'list', 'open', 'write', 'read', 'bytes', 'remove']));
    for (const [at, name] of calls.entries())
      for (const more of name === 'write' || name === 'remove' ? [0, 2] : [0]) {
        const files = failingFiles(at, more, 'EMFILE');
        await run(files, replayable).catch((error: unknown) => {
          throw new Error(`call ${at} (${name}), and ${more} more`, { cause: error });
        });
      }
  });

test('L3 the oldest segment was removed by hand: it is gone, and what is written is written once', async () => {
  const clock = handClock();
  const folder = newFolder();
  const log = await DiskLog.create(optionsOf(folder, clock), begin);
  for (let offset = 0; offset < 8; offset++) log.append(frame(clock, offset));
  await log.flush();
  rmSync(join(folder, readdirSync(folder).sort()[0] ?? ''));
  for (let offset = 8; offset < 14; offset++) log.append(frame(clock, offset));
  expect(log.trouble).toBeNull();
  await log.close();
  const kept = await DiskLog.open(optionsOf(folder, clock));
  expect(kept?.log.head()).toEqual(new Map([[0, 14]]));
  await kept?.log.close();
});

test('L5 a file that cannot be deleted: reading stands still and says so, and nothing is written twice', async () => {
  const clock = handClock();
  const folder = newFolder();
  let stuck = true;
  const remove = (path: string) => {
    if (stuck) throw failed('EACCES');
    diskFiles.remove(path);
  };
  const log = await DiskLog.create(optionsOf(folder, clock, { files: { ...diskFiles, remove } }), begin);
  for (let offset = 0; offset < 30; offset++) log.append(frame(clock, offset));
  expect(log.trouble?.message).toMatch(/reading stands still: .*EACCES/);
  expect(log.trouble?.fix).toMatch(/may make, write and delete files in/);
  expect(log.bytes).toBeLessThan(9_000 + 3_000);
  stuck = false;
  clock.pass(1_000);
  expect(log.trouble).toBeNull();
  await log.close();
  const kept = await DiskLog.open(optionsOf(folder, clock));
  expect(kept?.log.head()).toEqual(new Map([[0, 30]]));
  await kept?.log.close();
});

test('L5 few files are open, however much of the past is read', async () => {
  const clock = handClock();
  let [open, most] = [0, 0];
  const files: SegmentFiles = {
    ...diskFiles,
    open(path, mode) {
      most = Math.max(most, ++open);
      return diskFiles.open(path, mode);
    },
    close(file) {
      open--;
      diskFiles.close(file);
    },
  };
  const log = await DiskLog.create(optionsOf(newFolder(), clock, { files, maxBytes: 1e6 }), begin);
  for (let offset = 0; offset < 100; offset++) log.append(frame(clock, offset));
  await log.flush();
  most = 0;
  expect(extents(log, clock)).toEqual(upTo(0, 100));
  expect(extents(log, clock)).toEqual(upTo(0, 100));
  expect(most).toBeLessThanOrEqual(10);
  await log.close();
  expect(open).toBe(0);
});
