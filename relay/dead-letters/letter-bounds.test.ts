import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { handClock } from '../../tests/support/hand-clock.ts';
import { Rejected } from '../decode/rejected.ts';
import { diskFiles, type SegmentFiles } from '../log/segment-files.ts';
import type { DeadLetters } from './dead-letters.ts';
import { openDeadLetters } from './on-disk.ts';
import { matching } from './search.ts';

const BOUNDS = { maxBytes: 64 * 1024, maxLetters: 1_000 };

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-letters-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function add(letters: DeadLetters, from: number, to: number): void {
  for (let offset = from; offset < to; offset++) {
    const value = Buffer.from(`bad ${offset} ${'x'.repeat(100)}`);
    letters.add('e', 0, { offset, topic: 't', timestampMs: 1, key: null, value }, new Rejected('it is no JSON'));
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: operation not permitted, unlink`), { code });
}

test('X3 a segment that somebody has deleted by hand has gone: the next go as ever', async () => {
  const folder = newFolder();
  const letters = await openDeadLetters(folder, handClock(), { bounds: BOUNDS });
  add(letters, 0, 120);
  rmSync(join(folder, readdirSync(folder).sort()[0] ?? ''));
  add(letters, 120, 3_000);
  expect(letters.bytes).toBeLessThanOrEqual(BOUNDS.maxBytes + 4096);
  expect(letters.letGo + letters.index.size).toBe(3_000);
  expect(letters.trouble).toBeNull();
  await letters.close();
});

test('X3 where a file cannot be deleted letters stay, it is said, and it is tried again: reading never ends', async () => {
  const folder = newFolder();
  const clock = handClock();
  let isStuck = false;
  let tried = 0;
  const remove = (path: string): void => {
    tried++;
    if (isStuck) throw failure('EPERM');
    diskFiles.remove(path);
  };
  const files: SegmentFiles = { ...diskFiles, remove };
  const letters = await openDeadLetters(folder, clock, { bounds: BOUNDS, files });
  // Some are rows, whose offsets are written down before they go.
  add(letters, 0, 20);
  letters.beginReplay('log', 0, matching(letters, {}).reverse());
  letters.endReplay('log', 20);
  isStuck = true;
  add(letters, 20, 1_000);
  expect(tried).toBe(1);
  expect({ letGo: letters.letGo, kept: letters.index.size }).toEqual({ letGo: 0, kept: 1_000 });
  expect(letters.trouble).toMatchObject({ message: expect.stringMatching(/cannot be deleted: EPERM/) });
  await letters.room();
  expect(matching(letters, {}).map((entry) => letters.read(entry).id)).toHaveLength(980);
  const bytes = letters.bytes;
  clock.pass(10_000);
  clock.pass(10_000);
  expect(tried).toBe(3);
  expect(letters.bytes).toBe(bytes);
  isStuck = false;
  clock.pass(10_000);
  expect(letters.trouble).toBeNull();
  expect(letters.bytes).toBeLessThanOrEqual(BOUNDS.maxBytes + 4096);
  expect(letters.letGo + letters.index.size).toBe(980);
  const record = { offset: 3, topic: 't', timestampMs: 1, key: null, value: null };
  expect(letters.accept('e', 0, record)).toBe(false);
  await letters.close();
  const again = await openDeadLetters(folder, clock, { bounds: BOUNDS });
  expect([again.count, again.accept('e', 0, record)]).toEqual([980, false]);
  await again.close();
});

test('X4 a file that cannot be deleted when a full disk has room again ends nothing', async () => {
  const clock = handClock();
  let isFull = false;
  const files: SegmentFiles = {
    ...diskFiles,
    write(file, pieces, at) {
      if (isFull) throw failure('ENOSPC');
      diskFiles.write(file, pieces, at);
    },
    remove() {
      throw failure('EBUSY');
    },
  };
  const letters = await openDeadLetters(newFolder(), clock, { bounds: { ...BOUNDS, maxLetters: 100 }, files });
  add(letters, 0, 100);
  isFull = true;
  add(letters, 100, 105);
  expect(letters.holds).toBe(true);
  isFull = false;
  clock.pass(1_000);
  expect(letters.holds).toBe(false);
  expect(letters.trouble).toMatchObject({ message: expect.stringMatching(/cannot be deleted: EBUSY/) });
  add(letters, 105, 110);
  expect(letters.index.size).toBe(110);
  await letters.close();
});
