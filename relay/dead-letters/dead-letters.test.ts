import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Rejected } from '../decode/rejected.ts';
import { diskFiles, type SegmentFiles } from '../log/segment-files.ts';
import type { RawRecord } from '../sources/source.ts';
import { DeadLetters, DISK_BOUNDS } from './dead-letters.ts';
import { MAX_VALUE_BYTES, START_BYTES } from './letter.ts';
import { openDeadLetters } from './on-disk.ts';
import { findLetters, groupsInTurns, groupsOf, type LetterFilter, matching, matchingInTurns } from './search.ts';
import { letterLine, showLetter } from './show.ts';

/** A clock that is moved by hand. */
function handClock() {
  const timers: { at: number; run: () => void }[] = [];
  let now = 1_700_000_000_000;
  return {
    nowMs: () => now,
    after(delayMs: number, run: () => void) {
      const timer = { at: now + delayMs, run };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    pass(ms: number) {
      now += ms;
      for (const timer of timers.filter(({ at }) => at <= now)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
    },
  };
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'highwater-letters-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

const record = (offset: number, value: string | Uint8Array | null = `bad ${offset}`): RawRecord => ({
  offset,
  topic: 'orders',
  timestampMs: 1_700_000_000_000 + offset,
  key: Buffer.from([255, offset & 255]),
  value: typeof value === 'string' ? Buffer.from(value) : value,
  headers: [['trace', 'tr\u00e4ce']],
});
const bad = new Rejected('field "price": expected float64, found string "x"', { field: 'price', kind: 'a kind' });

async function idsOf(letters: DeadLetters, filter: LetterFilter): Promise<number[]> {
  const ids: number[] = [];
  for await (const { letter } of findLetters(letters, filter)) ids.push(letter.id);
  return ids;
}

test('X1 a letter comes back whole from the folder, after a process that was killed too', async () => {
  const path = await folder();
  const clock = handClock();
  const first = await openDeadLetters(path, clock);
  const values = [Buffer.from([0, 1, 255, 10]), Buffer.alloc(0), null, Buffer.from('{"a":')];
  for (const [offset, value] of values.entries()) first.add('e', 3, { ...record(offset), value }, bad);
  // Not closed: as after a kill.
  const second = await openDeadLetters(path, clock);
  expect(second.count).toBe(4);
  expect(second.lastReason).toBe(bad.reason);
  for (const [offset, value] of values.entries()) {
    const entry = second.index.at('e', 3, offset);
    const letter = entry === null ? null : second.read(entry);
    expect(letter?.record).toEqual({ ...record(offset), value });
    expect(letter).toMatchObject({ id: offset + 1, reason: bad.reason, field: 'price', atMs: 1_700_000_000_000 });
  }
  second.add('e', 3, record(9), bad);
  expect(second.index.at('e', 3, 9)?.id).toBe(5);
});

test('X1 what its source gives again under the same epoch and offset is one letter', async () => {
  const path = await folder();
  const letters = await openDeadLetters(path, handClock());
  for (let time = 0; time < 3; time++) letters.add('e', 0, record(7), bad);
  const again = await openDeadLetters(path, handClock());
  again.add('e', 0, record(7), bad);
  expect(again.count).toBe(1);
  again.add('other', 0, record(7), bad);
  again.add('e', 1, record(7), bad);
  expect(again.count).toBe(3);
});

test('X2 of a value beyond the bound the start is kept, and the letter says so', () => {
  const letters = DeadLetters.inMemory(handClock(), { maxBytes: 64 * 2 ** 20, maxLetters: 10 });
  letters.add('e', 0, record(0, Buffer.alloc(MAX_VALUE_BYTES, 65)), bad);
  letters.add('e', 0, record(1, Buffer.alloc(MAX_VALUE_BYTES + 1, 66)), bad);
  const [large, whole] = matching(letters, {}).map((entry) => letters.read(entry));
  expect(whole).toMatchObject({ whole: true, bytes: MAX_VALUE_BYTES });
  expect(whole?.record.value).toHaveLength(MAX_VALUE_BYTES);
  expect(large).toMatchObject({ whole: false, bytes: MAX_VALUE_BYTES + 1 });
  expect(large?.record.value).toHaveLength(START_BYTES);
});

test('X3 beyond its bounds the oldest go and are counted, over a restart too', async () => {
  const path = await folder();
  const bounds = { maxBytes: 64 * 1024, maxLetters: 1_000 };
  const letters = await openDeadLetters(path, handClock(), { bounds });
  const count = 2_000;
  for (let offset = 0; offset < count; offset++) letters.add('e', 0, record(offset), bad);
  expect(letters.bytes).toBeLessThanOrEqual(bounds.maxBytes + 4096);
  const kept = matching(letters, {});
  expect(kept.length).toBeGreaterThan(50);
  expect(kept[0]?.offset).toBe(count - 1);
  expect(letters.letGo + kept.length).toBe(count);
  const again = await openDeadLetters(path, handClock(), { bounds });
  expect({ count: again.count, letGo: again.letGo }).toEqual({ count, letGo: letters.letGo });
  again.add('e', 0, record(count), bad);
  expect(matching(again, {})[0]).toMatchObject({ id: count + 1, offset: count });
});

test('X4 a full disk loses none: letters wait in order, and are written when there is room', async () => {
  const path = await folder();
  const clock = handClock();
  let full = false;
  const files: SegmentFiles = {
    ...diskFiles,
    write(file, pieces, at) {
      if (full) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      diskFiles.write(file, pieces, at);
    },
  };
  const letters = await openDeadLetters(path, clock, { files });
  letters.add('e', 0, record(0), bad);
  full = true;
  for (let offset = 1; offset < 5; offset++) letters.add('e', 0, record(offset), bad);
  expect(letters.trouble?.message).toMatch(/dead letters cannot be written: ENOSPC/);
  expect(letters.count).toBe(5);
  let roomy = false;
  const room = letters.room().then(() => {
    roomy = true;
  });
  clock.pass(1_500);
  await Promise.resolve();
  expect(roomy).toBe(false);
  full = false;
  clock.pass(1_500);
  await room;
  expect(letters.trouble).toBe(null);
  await letters.sync();
  const again = await openDeadLetters(path, clock, { files });
  expect(matching(again, {}).map(({ offset }) => offset)).toEqual([4, 3, 2, 1, 0]);
});

test('X6 letters are found by text in reason, key, headers and value, by field, kind, partition and time', async () => {
  const clock = handClock();
  const letters = DeadLetters.inMemory(clock, DISK_BOUNDS);
  letters.add('e', 0, record(0, '{"Name": "Ünïcode"}'), new Rejected('the record is not JSON: x', { kind: 'json' }));
  clock.pass(1_000);
  letters.add('e', 1, record(1, 'plain'), bad);
  clock.pass(1_000);
  letters.add('e', 1, { ...record(2, 'last'), key: Buffer.from('Key-9'), headers: [['x', 'Needle']] }, bad);
  expect(await idsOf(letters, { text: 'ÜNÏ' })).toEqual([1]);
  expect(await idsOf(letters, { text: 'NOT json' })).toEqual([1]);
  expect(await idsOf(letters, { text: 'key-9' })).toEqual([3]);
  expect(await idsOf(letters, { text: 'needle' })).toEqual([3]);
  expect(await idsOf(letters, { field: 'price' })).toEqual([3, 2]);
  expect(await idsOf(letters, { partition: 1, text: 'plain' })).toEqual([2]);
  expect(await idsOf(letters, { sinceMs: 1_700_000_001_000, untilMs: 1_700_000_002_000 })).toEqual([2]);
  expect(await idsOf(letters, { ids: [1, 3] })).toEqual([3, 1]);
  expect(groupsOf(matching(letters, {}))).toMatchObject([
    { kind: 'a kind', field: 'price', count: 2 },
    { kind: 'json', field: null, count: 1 },
  ]);
});

test('X7 dropped letters stay dropped', async () => {
  const path = await folder();
  const letters = await openDeadLetters(path, handClock());
  for (let offset = 0; offset < 4; offset++) letters.add('e', 0, record(offset), bad);
  expect(letters.drop(matching(letters, { ids: [1, 3] }))).toBe(2);
  const again = await openDeadLetters(path, handClock());
  expect(await idsOf(again, { state: 'all' })).toEqual([4, 2]);
  expect(again.count).toBe(2);
});

test('X4 a disk that fails to sync stops the reading for good, and says so', async () => {
  const path = await folder();
  const failing: SegmentFiles = { ...diskFiles, sync: () => Promise.reject(new Error('EIO: i/o error, fdatasync')) };
  const letters = await openDeadLetters(path, handClock(), { files: failing });
  letters.add('e', 0, record(0), bad);
  await expect(letters.sync()).rejects.toThrow('EIO');
  expect(letters.trouble).toMatchObject({ message: expect.stringMatching(/reading has stopped: .*EIO/) });
  const stop = new AbortController();
  let roomy = false;
  const room = letters.room(stop.signal).then(() => {
    roomy = true;
  });
  await Promise.resolve();
  expect(roomy).toBe(false);
  stop.abort();
  await room;
});

test('X1 a source whose offsets count arrivals: after a crash another record at the offset of a letter is kept too', async () => {
  const path = await folder();
  const first = await openDeadLetters(path, handClock());
  for (const offset of [3, 7, 8, 9]) first.add('e', 0, record(offset), bad);
  // Not closed: as after a kill. The log reached to 7, and what was not acknowledged comes again, or others do.
  const letters = await openDeadLetters(path, handClock());
  letters.countsAgainFrom(new Map([[0, 7]]));
  letters.add('e', 0, record(3, 'below the log’s end'), bad);
  letters.add('e', 0, record(7), bad);
  expect(letters.count).toBe(4);
  letters.add('e', 0, record(8, 'another'), bad);
  expect(letters.accept('e', 0, record(9, 'a row'))).toBe(true);
  expect(letters.count).toBe(5);
  const values = matching(letters, {}).map((entry) => `${entry.offset} ${letters.read(entry).record.value}`);
  expect(values).toEqual(['8 another', '9 bad 9', '8 bad 8', '7 bad 7', '3 bad 3']);
  // From here on offsets are this run's.
  letters.add('e', 0, record(8, 'a third'), bad);
  expect(letters.count).toBe(5);
});

test('X3 letters that the disk has damaged are counted as let go, once', async () => {
  const path = await folder();
  const bounds = { maxBytes: 64 * 1024, maxLetters: 1_000 };
  const told: number[] = [];
  const onDamage = ({ segment }: { readonly segment: number }) => void told.push(segment);
  const open = () => openDeadLetters(path, handClock(), { bounds, onDamage });
  const first = await open();
  for (let offset = 0; offset < 40; offset++) first.add('e', 0, record(offset), bad);
  await first.close();
  const [, second] = (await readdir(path)).sort();
  const damaged = join(path, second ?? '');
  const bytes = await readFile(damaged);
  const middle = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  await writeFile(damaged, bytes);

  const letters = await open();
  expect(told).toEqual([2]);
  expect(letters.letGo).toBeGreaterThan(0);
  expect(letters.letGo).toBe(40 - letters.index.size);
  expect(letters.count).toBe(40);
  const { letGo } = letters;
  for (let offset = 40; offset < 60; offset++) letters.add('e', 0, record(offset), bad);
  await letters.close();
  const again = await open();
  expect([again.letGo, again.count]).toEqual([letGo, 60]);
});

test('X5 a letter that was replayed and then let go for room is no second row, whatever its source gives again', async () => {
  const path = await folder();
  const bounds = { maxBytes: 64 * 1024, maxLetters: 1_000 };
  const letters = await openDeadLetters(path, handClock(), { bounds });
  for (let offset = 0; offset < 20; offset++) letters.add('e', 3, record(offset), bad);
  // All but the last of them are rows.
  const entries = matching(letters, {}).reverse().slice(0, 19);
  letters.beginReplay('log', 0, entries);
  letters.endReplay('log', entries.length);
  for (let offset = 20; offset < 2_000; offset++) letters.add('e', 3, record(offset), bad);
  expect(letters.index.at('e', 3, 19)).toBe(null);
  const check = (some: DeadLetters): void => {
    const { count, letGo } = some;
    expect(letGo + matching(some, {}).length).toBe(1_981);
    for (let offset = 0; offset < 19; offset++) {
      expect(some.accept('e', 3, record(offset))).toBe(false);
      expect(some.isElsewhere('e', 3, offset)).toBe(true);
      some.add('e', 3, record(offset), bad);
    }
    expect({ count: some.count, letGo: some.letGo }).toEqual({ count, letGo });
    expect([some.accept('e', 3, record(19)), some.accept('e', 4, record(3)), some.accept('f', 3, record(3))]).toEqual([
      true,
      true,
      true,
    ]);
  };
  check(letters);
  const again = await openDeadLetters(path, handClock(), { bounds });
  again.keepRowsOf('log');
  check(again);
  // The log is left, and the rows with it: what its source gives again are rows in their own place.
  again.keepRowsOf(null);
  expect(again.accept('e', 3, record(5))).toBe(true);
  const last = await openDeadLetters(path, handClock(), { bounds });
  expect(last.accept('e', 3, record(5))).toBe(true);
});

test('X5 letters that a replay is about are not let go under it', async () => {
  const letters = DeadLetters.inMemory(handClock(), { maxBytes: 16 * 1024, maxLetters: 1_000 });
  for (let offset = 0; offset < 5; offset++) letters.add('e', 0, record(offset), bad);
  letters.beginReplay('log', 0, matching(letters, {}).reverse());
  for (let offset = 5; offset < 500; offset++) letters.add('e', 0, record(offset), bad);
  expect(letters.index.at('e', 0, 4)?.state).toBe('replaying');
  letters.endReplay('log', 4);
  expect(letters.bytes).toBeLessThan(20 * 1024);
  expect([3, 4].map((offset) => letters.accept('e', 0, record(offset)))).toEqual([false, true]);
  expect(letters.letGo + matching(letters, {}).length).toBe(496);
});

test('X6 of large letters a list reads only what it shows', async () => {
  let read = 0;
  const files: SegmentFiles = {
    ...diskFiles,
    read: (file, into, at) => {
      const bytes = diskFiles.read(file, into, at);
      read += bytes;
      return bytes;
    },
  };
  const letters = await openDeadLetters(await folder(), handClock(), { files });
  const large = 4 * 2 ** 20;
  for (let offset = 0; offset < 5; offset++) letters.add('e', 0, record(offset, `${offset}é`.padEnd(large)), bad);
  const key = Buffer.alloc(20_000, 'k');
  letters.add('e', 0, { ...record(5, 'x'.padEnd(large)), key, headers: [['h', 'y'.repeat(30_000)]] }, bad);
  read = 0;
  const shown: string[] = [];
  for await (const { entry, letter } of findLetters(letters, {}, { startOnly: true })) {
    const { start, bytes, key: text } = showLetter(entry, letter);
    shown.push(`${start.length} ${start.slice(0, 2)} ${bytes} ${text?.length}`);
    if (letter.id < 6) expect(letter.record.headers).toEqual([['trace', 'tr\u00e4ce']]);
  }
  expect(shown).toEqual([`200 x  ${large} 200`, ...[4, 3, 2, 1, 0].map((offset) => `199 ${offset}é ${large + 1} 8`)]);
  expect(read).toBeLessThan(150_000);
});

test('X6 looking through a large letter lets others have their turn, and finds what lies between two pieces', async () => {
  const letters = DeadLetters.inMemory(handClock(), DISK_BOUNDS);
  const value = Buffer.alloc(8 * 2 ** 20, 'ä');
  value.write('Nädel', 2 ** 18 - 3);
  letters.add('e', 0, record(0, value), bad);
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns++;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  expect(await idsOf(letters, { text: 'nÄDEL' })).toEqual([1]);
  expect(await idsOf(letters, { text: 'nowhere' })).toEqual([]);
  over = true;
  expect(turns).toBeGreaterThan(5);
});

test('X6 looking through very many letters lets others have their turn', async () => {
  const letters = DeadLetters.inMemory(handClock(), DISK_BOUNDS);
  for (let offset = 0; offset < 50_000; offset++) letters.add('e', 0, record(offset, null), bad);
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns++;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  const found = await matchingInTurns(letters, { kind: 'a kind' });
  expect([found, turns > 3]).toEqual([matching(letters, { kind: 'a kind' }), true]);
  turns = 0;
  const groups = await groupsInTurns(found);
  over = true;
  expect([groups, turns > 3]).toEqual([groupsOf(found), true]);
});

test('X6 a line of a download is whole JSON, however long', () => {
  const letters = DeadLetters.inMemory(handClock(), DISK_BOUNDS);
  const text = `"\\\n${'aé😀'.repeat(100_000)}`;
  letters.add('e', 0, record(0, text), bad);
  letters.add('e', 0, record(1, null), bad);
  letters.add('e', 0, record(2, Buffer.from([0xff, 0])), bad);
  const lines = [...letters.index.values()].map((entry) => {
    const pieces = [...letterLine('s', entry, letters.read(entry))];
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(600_000);
    return JSON.parse(pieces.join(''));
  });
  expect(lines[0].value).toBe(text);
  expect(Buffer.from(lines[0].value_base64, 'base64').toString()).toBe(text);
  expect(lines.slice(1)).toMatchObject([
    { stream: 's', offset: 1, value: null, value_base64: null, state: 'waiting' },
    { offset: 2, value: null, value_base64: '/wA=', reason: bad.reason },
  ]);
});
