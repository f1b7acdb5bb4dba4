import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { encodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { handClock } from '../../tests/support/hand-clock.ts';
import { DiskLog, type DiskLogOptions } from './disk-log.ts';
import type { Log, LogEntry } from './log.ts';
import { diskFiles } from './segment-files.ts';

const HOUR_MS = 3_600_000;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-disk-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'log');
}

const schema = (version: number): StreamSchema => ({
  type: 'schema',
  stream: 'events',
  version,
  timeField: 'ts',
  inferred: true,
  fields: [{ name: `field_${version}`, type: 'string', role: 'text', unit: null }],
});

function optionsOf(more: Partial<DiskLogOptions> & { folder: string; clock: Clock }): DiskLogOptions {
  return {
    maxBytes: 1e6,
    maxAgeMs: HOUR_MS,
    replayable: true,
    fromEarliest: true,
    schemaOf: schema,
    events: { shown: () => undefined, kept: () => undefined },
    segmentBytes: 4_000,
    ...more,
  };
}

function frame(
  clock: Clock,
  offset: number,
  { timeUs = offset, version = 1, watermarkUs = MIN_TIME_US } = {},
): LogEntry {
  const extent = { partition: 0, firstOffset: offset, nextOffset: offset + 1 };
  const header = {
    ...{ stream: 'events', epoch: 'e', rows: 1, minEventTimeUs: timeUs, maxEventTimeUs: timeUs, contiguous: true },
    ...{ watermarkBeforeUs: watermarkUs, sealedAtUs: clock.nowMs() * 1000, schemaVersion: version },
  };
  const message = encodeFrame({ ...header, ...extent }, new Uint8Array(800).fill(offset));
  return { kind: 'frame', ...extent, schemaVersion: version, maxEventTimeUs: timeUs, message, payloadBytes: 800 };
}

const begin = { epoch: 'e', next: { 0: 0 } };
const offsets = (log: Log) => {
  const found: number[] = [];
  for (let sequence = log.start; sequence < log.end; sequence++) found.push(log.get(sequence)?.firstOffset ?? -1);
  return found;
};
const upTo = (first: number, end: number) => Array.from({ length: end - first }, (_, index) => first + index);
const synced = () => new Promise((resolve) => setTimeout(resolve, 30));

async function reopened(options: DiskLogOptions) {
  const kept = await DiskLog.open(options);
  if (kept === null) throw new Error('no log');
  onTestFinished(() => kept.log.close());
  return kept;
}

test('P8 another start finds the epoch, the versions, the watermark and the newest event time', async () => {
  const clock = handClock();
  const options = optionsOf({ folder: newFolder(), clock });
  const log = await DiskLog.create(options, begin);
  for (const offset of upTo(0, 8)) log.append(frame(clock, offset, { timeUs: 100 - offset, watermarkUs: offset * 3 }));
  log.append({ kind: 'progress', partition: 0, firstOffset: 8, nextOffset: 12, watermarkUs: 77 });
  log.append(frame(clock, 12, { version: 3, watermarkUs: 77 }));
  await log.close();
  const kept = await reopened(options);
  expect(kept.begin).toEqual(begin);
  expect(kept.schemas).toEqual([schema(1), schema(2), schema(3)]);
  expect(kept.log.watermarkUs).toBe(77);
  expect(kept.log.newestUs()).toBe(100);
  expect(kept.log.head()).toEqual(new Map([[0, 13]]));
  expect(offsets(kept.log)).toEqual([...upTo(0, 8), 8, 12]);
  expect(kept.certain).toEqual(kept.log.head());
});

test('L3 what is older than its age goes, also when little comes, and the newest entry’s place is not forgotten', async () => {
  const clock = handClock();
  const options = optionsOf({ folder: newFolder(), clock, segmentBytes: 1e6 });
  const log = await DiskLog.create(options, begin);
  for (const offset of upTo(0, 24)) {
    log.append(frame(clock, offset));
    clock.pass(HOUR_MS / 12);
  }
  expect(log.end - log.start).toBeGreaterThanOrEqual(12);
  expect(log.end - log.start).toBeLessThanOrEqual(14);
  for (let step = 0; step < 36; step++) clock.pass(HOUR_MS / 12);
  expect(offsets(log)).toEqual([]);
  log.append(frame(clock, 24));
  expect(offsets(log)).toEqual([24]);
  expect(log.floor()).toEqual(new Map([[0, 24]]));
  await log.close();
  clock.pass(3 * HOUR_MS);
  const kept = await reopened(options);
  kept.log.append(frame(clock, 25));
  expect(offsets(kept.log)).toEqual([25]);
});

test('L3 P7 what was let go is known to have been there, after another start too', async () => {
  const clock = handClock();
  const options = optionsOf({ folder: newFolder(), clock, maxBytes: 9_000 });
  const log = await DiskLog.create(options, begin);
  // Events of the past come last: the oldest frames hold the newest events.
  for (const offset of upTo(0, 30)) log.append(frame(clock, offset, { timeUs: 1000 - offset }));
  const first = log.floor().get(0) ?? 0;
  expect(first).toBeGreaterThan(10);
  const answer = log.since(995);
  expect(answer.whole).toBe(false);
  await log.close();
  const kept = await reopened(options);
  expect(kept.log.floor().get(0)).toBe(first);
  expect(kept.log.since(995).whole).toBe(false);
  expect(kept.log.since(1001)).toEqual({ next: { 0: 30 }, whole: true });
});

test('L2 damage in an older segment: what is before it goes, and the floor says so', async () => {
  const clock = handClock();
  const folder = newFolder();
  const options = optionsOf({ folder, clock });
  const log = await DiskLog.create(options, begin);
  for (const offset of upTo(0, 20)) log.append(frame(clock, offset));
  await log.close();
  const names = readdirSync(folder).sort();
  const path = join(folder, names[1] ?? '');
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x10;
  writeFileSync(path, bytes);
  const damaged: number[] = [];
  const { log: again } = await reopened({ ...options, onDamage: ({ segment }) => damaged.push(segment) });
  expect(damaged).toEqual([2]);
  const floor = again.floor().get(0) ?? 0;
  expect(floor).toBeGreaterThan(4);
  expect(offsets(again)).toEqual(upTo(floor, 20));
  expect(again.seek({ 0: floor - 1 })).toBeNull();
  expect(readdirSync(folder)).not.toContain(names[0]);
});

test('L2 L4 whatever a power cut leaves of what was not synced: what was told as kept is there', async () => {
  const clock = handClock();
  const folder = newFolder();
  let kept = 0;
  const events = {
    shown: () => undefined,
    kept: (next: Readonly<Record<string, number>>) => {
      kept = next[0] ?? 0;
    },
  };
  const log = await DiskLog.create(optionsOf({ folder, clock, events, replayable: false, segmentBytes: 1e6 }), begin);
  for (const offset of upTo(0, 5)) log.append(frame(clock, offset));
  expect(log.end).toBe(0);
  expect(log.hidden).toBe(5);
  clock.pass(20);
  await vi.waitFor(() => expect([kept, log.end, log.hidden]).toEqual([5, 5, 0]), { timeout: 10_000 });
  const [name = ''] = readdirSync(folder);
  const syncedBytes = readFileSync(join(folder, name)).length;
  for (const offset of upTo(5, 9)) log.append(frame(clock, offset));
  const whole = readFileSync(join(folder, name));
  for (let cut = 0; cut < 40; cut++) {
    const image = newFolder();
    cpSync(folder, image, { recursive: true });
    // The tail may be cut, or be anything.
    const at = syncedBytes + Math.floor(((whole.length - syncedBytes) * cut) / 40);
    const torn = Buffer.from(whole);
    if (cut % 2 === 0) torn.fill(cut, at);
    writeFileSync(join(image, name), cut % 2 === 0 ? torn : torn.subarray(0, at));
    const again = await DiskLog.open(optionsOf({ folder: image, clock }));
    const found = again === null ? [] : offsets(again.log);
    expect(found).toEqual(upTo(0, found.length));
    expect(found.length).toBeGreaterThanOrEqual(kept);
    await again?.log.close();
  }
  await log.close();
});

test('L5 a full disk: it says so, keeps what came in order, and goes on when there is room', async () => {
  const clock = handClock();
  let room = true;
  const files = {
    ...diskFiles,
    write(file: number, pieces: readonly Uint8Array[], at: number) {
      if (room) return diskFiles.write(file, pieces, at);
      diskFiles.write(file, [Buffer.concat(pieces).subarray(0, 5)], at);
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    },
  };
  const options = optionsOf({ folder: newFolder(), clock, files });
  const log = await DiskLog.create(options, begin);
  log.append(frame(clock, 0));
  await log.room();
  room = false;
  for (const offset of upTo(1, 7)) log.append(frame(clock, offset));
  expect(log.trouble?.message).toMatch(/reading stands still: .*no space left/);
  expect(log.trouble?.fix).toMatch(/make room on the disk/);
  expect(offsets(log)).toEqual([0]);
  let resolved = false;
  const waiting = log.room().then(() => {
    resolved = true;
  });
  clock.pass(1_000);
  await synced();
  expect(resolved).toBe(false);
  room = true;
  clock.pass(1_000);
  await waiting;
  expect(log.trouble).toBeNull();
  expect(offsets(log)).toEqual(upTo(0, 7));
  await log.close();
  expect(offsets((await reopened(options)).log)).toEqual(upTo(0, 7));
});

test('L5 a disk that fails to sync: nothing more is told as kept, and it is said', async () => {
  const clock = handClock();
  let failing = false;
  let kept = 0;
  const files = {
    ...diskFiles,
    sync: (file: number) => (failing ? Promise.reject(new Error('EIO')) : diskFiles.sync(file)),
  };
  const events = { shown: () => undefined, kept: () => kept++ };
  const log = await DiskLog.create(optionsOf({ folder: newFolder(), clock, files, events }), begin);
  failing = true;
  log.append(frame(clock, 0));
  clock.pass(20);
  await vi.waitFor(() => expect(log.trouble?.message).toMatch(/the disk of .* failed \(EIO\)/), { timeout: 10_000 });
  expect(kept).toBe(0);
  await expect(log.room()).rejects.toThrow(/EIO/);
  await expect(log.close()).rejects.toThrow(/EIO/);
});

test('older messages are read from the disk as they were', async () => {
  const clock = handClock();
  const log = await DiskLog.create(optionsOf({ folder: newFolder(), clock, cacheBytes: 2_000 }), begin);
  const entries = upTo(0, 40).map((offset) => frame(clock, offset));
  for (const entry of entries) log.append(entry);
  expect(entries.map((_, sequence) => log.get(sequence))).toEqual(entries);
  await log.close();
});

test('L2 a record that cannot be read back is let go with all before it, and the log goes on', async () => {
  const folder = newFolder();
  const clock = handClock();
  const damaged: number[] = [];
  const options = optionsOf({ folder, clock, cacheBytes: 0, onDamage: ({ segment }) => damaged.push(segment) });
  const log = await DiskLog.create(options, begin);
  for (let offset = 0; offset < 12; offset++) log.append(frame(clock, offset));
  await log.flush();
  const path = join(folder, readdirSync(folder).sort()[0] ?? '');
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 10) ^ 1, bytes.length - 10);
  writeFileSync(path, bytes);

  const [lost] = [...Array(12).keys()].filter((sequence) => log.get(sequence) === null).slice(-1);
  expect(damaged).toEqual([1]);
  expect(lost).toBeGreaterThan(0);
  expect(log.start).toBe((lost ?? 0) + 1);
  expect([0, lost ?? 0].map((sequence) => log.lostReason(sequence))).toEqual(
    Array(2).fill(expect.stringMatching(/disk/)),
  );
  expect(log.lostReason(log.start)).toBeNull();
  expect(log.floor().get(0)).toBe(log.start);
  expect(log.seek({ 0: 0 })).toBe(null);
  expect(offsets(log)).toEqual([...Array(12).keys()].slice(log.start));
  log.append(frame(clock, 12));
  expect(log.get(12)?.nextOffset).toBe(13);
  await log.close();
});

test('L3 a clock that is wrong for a minute deletes nothing', async () => {
  const clock = handClock();
  const log = await DiskLog.create(optionsOf({ folder: newFolder(), clock }), begin);
  for (const offset of upTo(0, 12)) log.append(frame(clock, offset));
  clock.pass(8 * HOUR_MS);
  expect(offsets(log)).toEqual(upTo(0, 12));
  log.append(frame(clock, 12));
  clock.pass(60_000 - 8 * HOUR_MS);
  for (let step = 0; step < 3; step++) clock.pass(HOUR_MS / 12);
  expect(offsets(log)).toEqual(upTo(0, 13));
  await log.close();
});
