import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RECORD_HEADER_BYTES } from '../../contract/protocol/record.ts';
import { handClock } from '../../tests/support/hand-clock.ts';
import { Rejected } from '../decode/rejected.ts';
import { diskFiles, type SegmentFiles } from '../log/segment-files.ts';
import type { RawRecord } from '../sources/source.ts';
import type { DeadLetters } from './dead-letters.ts';
import { openDeadLetters } from './on-disk.ts';
import { findLetters, type LetterFilter, matching } from './search.ts';

const COUNT = 40;
const rejected = new Rejected('it is no JSON');
const record = (offset: number): RawRecord => ({
  offset,
  topic: 't',
  timestampMs: 1,
  key: null,
  value: Buffer.from(`bad ${offset};`),
});

/** Letters in one file. */
async function kept(files?: SegmentFiles) {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-letters-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const open = () => openDeadLetters(folder, handClock(), files === undefined ? {} : { files });
  const letters = await open();
  for (let offset = 0; offset < COUNT; offset++) letters.add('e', 0, record(offset), rejected);
  const path = join(folder, readdirSync(folder)[0] ?? '');
  return { letters, path, open };
}

function flip(path: string, text: string): void {
  const bytes = readFileSync(path);
  const at = bytes.indexOf(text);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

async function found(letters: DeadLetters, filter: LetterFilter, startOnly: boolean): Promise<number[]> {
  const offsets: number[] = [];
  for await (const { letter } of findLetters(letters, filter, { startOnly })) offsets.push(letter.record.offset);
  return offsets.sort((a, b) => a - b);
}

const all = Array.from({ length: COUNT }, (_, offset) => offset);

test('X3 a flipped bit costs one letter: those behind it in the segment are there', async () => {
  const { letters, path, open } = await kept();
  await letters.close();
  flip(path, 'bad 7;');
  const again = await open();
  expect([again.index.size, again.letGo, again.count]).toEqual([39, 1, 40]);
  expect(again.index.at('e', 0, 7)).toBeNull();
  expect(again.index.at('e', 0, 39)).not.toBeNull();
  await again.close();
});

test('X3 so it does where the relay runs: the others are found, it is counted as let go, and once', async () => {
  const { letters, path, open } = await kept();
  flip(path, 'bad 7;');
  flip(path, '{"id":21,');
  expect(await found(letters, { text: 'bad' }, false)).toEqual(all.filter((offset) => offset !== 7 && offset !== 20));
  expect([letters.index.size, letters.letGo, letters.count]).toEqual([38, 2, 40]);
  await letters.close();
  const again = await open();
  expect([again.index.size, again.letGo, again.count]).toEqual([38, 2, 40]);
  await again.close();
});

test('X6 a list ends where the file of letters has become shorter', async () => {
  const { letters, path } = await kept();
  truncateSync(path, readFileSync(path).length - 20);
  expect(await found(letters, {}, true)).toEqual(all.slice(0, -1));
  expect([letters.letGo, letters.count]).toEqual([1, COUNT]);
  // Of one its header, and three bytes.
  truncateSync(path, (letters.index.get(COUNT - 1)?.place.at ?? 0) + RECORD_HEADER_BYTES + 3);
  expect(await found(letters, {}, true)).toEqual(all.slice(0, -2));
  truncateSync(path, 0);
  expect(await found(letters, {}, true)).toEqual([]);
  expect([letters.letGo, letters.count]).toEqual([COUNT, COUNT]);
  await letters.close();
});

test('X1 of a source whose offsets count arrivals a damaged letter stops nothing: another is kept in its place', async () => {
  const { letters, path, open } = await kept();
  letters.beginReplay('log', 0, matching(letters, { ids: [3, 31] }).reverse());
  letters.endReplay('log', 2);
  await letters.close();
  const again = await open();
  again.countsAgainFrom(new Map([[0, 10]]));
  for (const offset of [2, 30, 35]) flip(path, `bad ${offset};`);
  again.add('e', 0, record(30), rejected);
  expect(again.accept('e', 0, record(35))).toBe(true);
  expect([again.letGo, again.count]).toEqual([1, 39]);
  // Below what is certain it is the same record: a row already, whoever can read it.
  expect(() => matching(again, { state: 'all' }).map((entry) => again.read(entry))).toThrow('damaged dead letter 3');
  expect([again.index.at('e', 0, 2), again.accept('e', 0, record(2))]).toEqual([null, false]);
  await again.close();
});

test('X3 too many open files say nothing of a letter: it is not let go', async () => {
  let isOut = false;
  const files: SegmentFiles = {
    ...diskFiles,
    read(file, into, at) {
      if (isOut) throw Object.assign(new Error('EMFILE: too many open files, open'), { code: 'EMFILE' });
      return diskFiles.read(file, into, at);
    },
  };
  const { letters } = await kept(files);
  isOut = true;
  await expect(found(letters, {}, true)).rejects.toThrow('EMFILE');
  await expect(found(letters, { text: 'bad' }, false)).rejects.toThrow('EMFILE');
  isOut = false;
  expect(await found(letters, {}, true)).toEqual(all);
  expect(letters.letGo).toBe(0);
  await letters.close();
});
