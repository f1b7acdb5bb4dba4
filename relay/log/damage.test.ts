import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { encodeFrame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { REPLAY_PARTITION, UNKNOWN_SPAN } from '../../contract/protocol/position.ts';
import { handClock } from '../../tests/support/hand-clock.ts';
import { DiskLog, type DiskLogOptions } from './disk-log.ts';
import type { Log, LogEntry } from './log.ts';
import { diskFiles, type SegmentFiles } from './segment-files.ts';
import type { Damage } from './segments.ts';

const FRAMES = 24;
const ROWS = 3;
const END = FRAMES * ROWS;

const schema = (version: number): StreamSchema => ({
  type: 'schema',
  stream: 'events',
  version,
  timeField: 'ts',
  inferred: true,
  fields: [{ name: `field_${version}`, type: 'string', role: 'text', unit: null }],
});

function optionsOf(folder: string, replayable: boolean, damage: Damage[] = []): DiskLogOptions {
  const events = { shown: () => undefined, kept: () => undefined };
  const bounds = { clock: systemClock, maxBytes: 1e6, maxAgeMs: 3_600_000, segmentBytes: 4_000, cacheBytes: 0 };
  const onDamage = (found: Damage) => void damage.push(found);
  return { ...bounds, folder, replayable, fromEarliest: true, schemaOf: schema, events, onDamage };
}

function frame(firstOffset: number, { partition = 0, schemaVersion = 1 } = {}): LogEntry {
  const extent = { partition, firstOffset, nextOffset: firstOffset + ROWS };
  const times = { minEventTimeUs: 1, maxEventTimeUs: 1, watermarkBeforeUs: MIN_TIME_US, sealedAtUs: Date.now() * 1000 };
  const header = { stream: 'events', epoch: 'e', rows: ROWS, contiguous: true, schemaVersion, ...times, ...extent };
  const message = encodeFrame(header, new Uint8Array(600).fill(firstOffset));
  return { kind: 'frame', ...extent, schemaVersion, maxEventTimeUs: 1, message, payloadBytes: 600 };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-damage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'log');
}

async function written(entries: readonly LogEntry[]): Promise<string> {
  const folder = newFolder();
  const log = await DiskLog.create(optionsOf(folder, true), { epoch: 'e', next: { 0: 0 } });
  for (const entry of entries) log.append(entry);
  await log.close();
  return folder;
}

const frames = Array.from({ length: FRAMES }, (_, index) => frame(index * ROWS));

function flip(folder: string, name: string, bit: number): void {
  const path = join(folder, name);
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  writeFileSync(path, bytes);
}

async function opened(folder: string, replayable: boolean, damage: Damage[] = []) {
  const kept = await DiskLog.open(optionsOf(folder, replayable, damage));
  if (kept === null) throw new Error('no log');
  return kept;
}

function entriesOf(log: Log, from = log.start): LogEntry[] {
  const found: LogEntry[] = [];
  for (let sequence = from; sequence < log.end; sequence++) {
    const entry = log.get(sequence);
    if (entry !== null) found.push(entry);
  }
  return found;
}

const extents = (entries: readonly LogEntry[]) =>
  entries.map(({ kind, firstOffset, nextOffset }) => [kind, firstOffset, nextOffset]);

test('L2 a flipped bit in the log of a source without a past costs one record, which is told, and no offset is given again', async () => {
  const folder = await written(frames);
  const names = readdirSync(folder).sort();
  const sizes = names.map((name) => readFileSync(join(folder, name)).length);
  await fc.assert(
    fc.asyncProperty(fc.nat(names.length - 1), fc.nat(), async (which, where) => {
      const image = newFolder();
      cpSync(folder, image, { recursive: true });
      flip(image, names[which] ?? '', where % ((sizes[which] ?? 0) * 8));
      const damage: Damage[] = [];
      const first = await opened(image, false, damage);
      expect(damage.length).toBe(1);
      const entries = entriesOf(first.log);
      const lost = frames.length - entries.filter(({ kind }) => kind === 'frame').length;
      expect(lost).toBeLessThanOrEqual(which === 0 && damage[0]?.at === readSchemaAt(folder) ? FRAMES : 1);
      expect(first.begin).toEqual({ epoch: 'e', next: { 0: 0 } });
      const gaps = entries.filter(({ kind }) => kind === 'gap');
      expect(gaps.length).toBeGreaterThan(0);
      // What is there tiles the offsets, from the floor on.
      let next = first.log.floor().get(0) ?? -1;
      for (const { kind, firstOffset, nextOffset } of entries) {
        expect(kind === 'gap' && firstOffset >= UNKNOWN_SPAN ? firstOffset - UNKNOWN_SPAN : firstOffset).toBe(next);
        next = nextOffset;
      }
      expect(next).toBeGreaterThanOrEqual(END);
      expect(first.log.head().get(0)).toBe(next);
      for (let position = first.log.floor().get(0) ?? 0; position <= END; position++)
        expect(first.log.seek({ 0: position })).not.toBeNull();
      first.log.append(frame(next));
      await first.log.close();
      const again = await opened(image, false);
      expect(extents(entriesOf(again.log))).toEqual([...extents(entries), ['frame', next, next + ROWS]]);
      await again.log.close();
    }),
    { numRuns: 60 },
  );
});

/** The schema stands behind the first segment's opening. */
function readSchemaAt(folder: string): number {
  const [name = ''] = readdirSync(folder).sort();
  return 8 + readFileSync(join(folder, name)).readUInt32LE(0);
}

test('L2 damage inside the newest segment: a gap with its bounds, found at the start that met it', async () => {
  const folder = await written(frames.slice(0, 4));
  const [name = ''] = readdirSync(folder);
  const bytes = readFileSync(join(folder, name));
  flip(folder, name, 8 * (bytes.length - 600 - 700));
  const beforeMs = Date.now();
  const { log, certain } = await opened(folder, false);
  const entries = entriesOf(log);
  expect(extents(entries)).toEqual([
    ['frame', 0, 3],
    ['frame', 3, 6],
    ['gap', 6, 9],
    ['frame', 9, 12],
  ]);
  expect(certain.get(0)).toBe(12);
  const [gap] = entries.filter((entry) => entry.kind === 'gap');
  expect(gap?.reason).toMatch(/the disk of the relay has lost/);
  expect(gap?.foundAtMs).toBeGreaterThanOrEqual(beforeMs);
  expect(gap?.foundAtMs).toBeLessThanOrEqual(Date.now());
  await log.close();
});

test('L2 damage at the end: a source without a past goes on above what tabs may have, another gives it again', async () => {
  for (const replayable of [false, true]) {
    const folder = await written(frames.slice(0, 4));
    const [name = ''] = readdirSync(folder);
    const bytes = readFileSync(join(folder, name));
    writeFileSync(join(folder, name), bytes.subarray(0, bytes.length - 1));
    const { log, certain } = await opened(folder, replayable);
    expect(certain).toEqual(new Map([[0, 9]]));
    expect([...log.head()]).toEqual(replayable ? [[0, 9]] : [[0, 9 + UNKNOWN_SPAN]]);
    await log.close();
    const again = await opened(folder, replayable);
    expect(again.log.head()).toEqual(log.head());
    expect(again.certain).toEqual(log.head());
    await again.log.close();
  }
});

test('L2 replayed dead letters are never given the offsets of others that a damaged end had', async () => {
  const replayed = [0, 3, 6].map((offset) => frame(offset, { partition: REPLAY_PARTITION }));
  const folder = await written([...frames.slice(0, 3), ...replayed]);
  const [name = ''] = readdirSync(folder);
  flip(folder, name, 8 * (readFileSync(join(folder, name)).length - 5));
  const { log, certain } = await opened(folder, true);
  expect(certain.get(REPLAY_PARTITION)).toBe(6);
  expect(log.head().get(REPLAY_PARTITION)).toBe(6 + UNKNOWN_SPAN);
  expect(log.head().get(0)).toBe(9);
  await log.close();
});

test('L2 damage in the log of a source that can be read again lets go of what is before it, and of nothing behind it', async () => {
  const folder = await written(frames);
  const names = readdirSync(folder).sort();
  const newest = names.at(-1) ?? '';
  // Its first frame, behind the opening.
  const openingBytes = 8 + readFileSync(join(folder, newest)).readUInt32LE(0);
  flip(folder, newest, 8 * (openingBytes + 100));
  const { log } = await opened(folder, true);
  const entries = entriesOf(log);
  const floor = log.floor().get(0) ?? 0;
  expect(floor).toBe(entries[0]?.firstOffset);
  expect(floor).toBeGreaterThan(0);
  expect(log.head().get(0)).toBe(END);
  expect(entries.every(({ kind }) => kind === 'frame')).toBe(true);
  expect(log.seek({ 0: floor - 1 })).toBeNull();
  expect(readdirSync(folder)).toEqual([newest]);
  await log.close();
});

test('L2 frames whose schema was damaged cannot be read by anyone: they are lost, and those after the next are not', async () => {
  const later = Array.from({ length: FRAMES }, (_, index) => frame(9 + index * ROWS, { schemaVersion: 2 }));
  const folder = await written([...frames.slice(0, 3), ...later]);
  const [name = ''] = readdirSync(folder).sort();
  const bytes = readFileSync(join(folder, name));
  flip(folder, name, 8 * bytes.indexOf('field_2'));
  const { log } = await opened(folder, false);
  const entries = entriesOf(log);
  const [unreadable] = entries.filter(({ kind }) => kind === 'gap');
  expect(unreadable?.firstOffset).toBe(9);
  expect(entries.at(-1)).toMatchObject({ kind: 'frame', nextOffset: 9 + END });
  expect(log.head().get(0)).toBe(9 + END);
  await log.close();
});

test('L2 a young log of a source without a past whose first record is damaged: its frames say what it is of', async () => {
  const folder = await written(frames.slice(0, 3));
  flip(folder, '00000001.seg', 8 * 20);
  const { log, begin, schemas, lacksVersion } = await opened(folder, false);
  expect(begin).toEqual({ epoch: 'e', next: { 0: 0 } });
  expect(schemas).toEqual([schema(1)]);
  expect(lacksVersion).toBe(false);
  expect(extents(entriesOf(log))).toEqual([['gap', 0, 0], ...extents(frames.slice(0, 3))]);
  await log.close();
});

test('L2 where the fields of the newest rows are not known any more, that is said: their version may not be another', async () => {
  const folder = await written(frames.slice(0, 3));
  const [name = ''] = readdirSync(folder);
  flip(folder, name, 8 * readFileSync(join(folder, name)).indexOf('field_1'));
  const { log, lacksVersion } = await opened(folder, false);
  expect(lacksVersion).toBe(true);
  await log.close();
});

test('L5 a damaged end and a full disk: the log is there at once, says what is wrong, and writes the gap when there is room', async () => {
  const clock = handClock();
  const folder = await written(frames.slice(0, 3));
  const [name = ''] = readdirSync(folder);
  const bytes = readFileSync(join(folder, name));
  writeFileSync(join(folder, name), bytes.subarray(0, bytes.length - 3));
  let room = false;
  const write: SegmentFiles['write'] = (...args) => {
    if (!room) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
    diskFiles.write(...args);
  };
  const options = { ...optionsOf(folder, false), clock, files: { ...diskFiles, write } };
  const kept = await DiskLog.open(options);
  if (kept === null) throw new Error('no log');
  const { log } = kept;
  const head = 2 * ROWS + UNKNOWN_SPAN;
  expect(log.trouble?.message).toMatch(/no space left/);
  expect(extents(entriesOf(log))).toEqual(extents(frames.slice(0, 2)));
  expect(log.head()).toEqual(new Map([[0, head]]));
  log.append(frame(head));
  room = true;
  clock.pass(1_000);
  await log.flush();
  expect(log.trouble).toBeNull();
  expect(extents(entriesOf(log)).slice(2)).toEqual([
    ['gap', head, head],
    ['frame', head, head + ROWS],
  ]);
  await log.close();
});
