import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { diskFiles, type SegmentFiles } from './segment-files.ts';
import { type Damage, type Place, Segments } from './segments.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-segments-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'log');
}

async function opened(
  folder: string,
  options: { segmentBytes?: number; opening?: () => Uint8Array[]; files?: SegmentFiles } = {},
): Promise<{ segments: Segments; bodies: string[]; places: Place[]; damage: readonly Damage[] }> {
  const bodies: string[] = [];
  const places: Place[] = [];
  const damage: Damage[] = [];
  const segments = await Segments.open(
    { folder, segmentBytes: 60, ...options },
    (body, place) => {
      bodies.push(Buffer.from(body).toString());
      places.push(place);
    },
    (found) => damage.push(found),
  );
  return { segments, bodies, places, damage };
}

async function written(folder: string, texts: readonly string[]): Promise<Place[]> {
  const { segments } = await opened(folder);
  const places = texts.map((text) => segments.append(bytesOf(text)));
  await segments.close();
  return places;
}

const files = (folder: string) => readdirSync(folder).sort();
const texts = Array.from({ length: 12 }, (_, index) => `record number ${index}`);

test('L1 records come back in order, over several segments, and one by one from where they were put', async () => {
  const folder = newFolder();
  const places = await written(folder, texts);
  expect(files(folder).length).toBeGreaterThan(2);
  const again = await opened(folder);
  expect(again.bodies).toEqual(texts);
  expect(again.places).toEqual(places);
  expect(again.damage).toEqual([]);
  expect(places.map((place) => Buffer.from(again.segments.read(place)).toString())).toEqual(texts);
  again.segments.append(bytesOf('one more'));
  await again.segments.close();
  expect((await opened(folder)).bodies).toEqual([...texts, 'one more']);
});

test('L1 a body in pieces is one record', async () => {
  const folder = newFolder();
  const { segments } = await opened(folder);
  const place = segments.append(bytesOf('in '), new Uint8Array(0), bytesOf('pieces'));
  expect(Buffer.from(segments.read(place)).toString()).toBe('in pieces');
  await segments.close();
});

test('L2 a tail cut at any byte: the whole records before it, and what is appended then', async () => {
  const folder = newFolder();
  await written(folder, ['one', 'two', 'three']);
  const path = join(folder, '00000001.seg');
  const whole = readFileSync(path);
  for (let length = whole.length - 1; length >= 0; length--) {
    rmSync(folder, { recursive: true });
    await written(folder, ['one', 'two', 'three']);
    truncateSync(path, length);
    const { segments, bodies, damage } = await opened(folder);
    expect(bodies).toEqual(['one', 'two', 'three'].slice(0, length < 11 ? 0 : length < 22 ? 1 : 2));
    expect(damage.length).toBe(length === 0 || length === 11 || length === 22 ? 0 : 1);
    segments.append(bytesOf('after'));
    await segments.close();
    const again = await opened(folder);
    expect(again.bodies).toEqual([...bodies, 'after']);
    expect(again.damage).toEqual([]);
    await again.segments.close();
  }
});

test('L2 a flipped bit anywhere costs the record it is in, and no other', async () => {
  const folder = newFolder();
  const places = await written(folder, texts);
  const names = files(folder);
  const originals = names.map((name) => readFileSync(join(folder, name)));
  await fc.assert(
    fc.asyncProperty(fc.nat(names.length - 1), fc.nat(), async (which, at) => {
      for (const [index, name] of names.entries())
        writeFileSync(join(folder, name), originals[index] ?? Buffer.alloc(0));
      const damaged = Buffer.from(originals[which] ?? Buffer.alloc(0));
      const bit = at % (damaged.length * 8);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(join(folder, names[which] ?? ''), damaged);
      const { segments, bodies, damage } = await opened(folder);
      const hit = places.findIndex(
        (place) => place.segment === which + 1 && place.at <= bit >> 3 && bit >> 3 < place.at + 8 + place.bytes,
      );
      expect(bodies).toEqual(texts.filter((_, index) => index !== hit));
      const { at: hitAt = 0, bytes = 0 } = places[hit] ?? {};
      const isTail = places[hit + 1]?.segment !== which + 1;
      expect(damage).toEqual([{ segment: which + 1, at: hitAt, bytes: bytes + 8, isTail }]);
      await segments.close();
    }),
    { numRuns: 60 },
  );
});

test('L2 behind a length that is damaged, the next record is found by its checksum', async () => {
  const folder = newFolder();
  const path = join(folder, '00000001.seg');
  for (const length of [0, 1, 7, 40, 300, 0xffff_ffff]) {
    rmSync(folder, { recursive: true, force: true });
    const first = await opened(folder, { segmentBytes: 1e6 });
    const bodies = Array.from({ length: 6 }, (_, index) => Buffer.alloc(200 + index, index));
    const places = bodies.map((body) => first.segments.append(body));
    await first.segments.close();
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(length, places[2]?.at ?? 0);
    writeFileSync(path, bytes);
    const again = await opened(folder, { segmentBytes: 1e6 });
    expect(again.places).toEqual(places.filter((_, index) => index !== 2));
    expect(again.damage).toEqual([{ segment: 1, at: places[2]?.at, bytes: 210, isTail: false }]);
    await again.segments.close();
  }
});

test('L3 the oldest segments go first, whole, and never the one appended to', async () => {
  const folder = newFolder();
  const { segments } = await opened(folder);
  const places = texts.map((text) => segments.append(bytesOf(text)));
  const before = segments.bytes;
  const dropped = segments.dropOldest();
  expect(dropped?.number).toBe(1);
  expect(segments.bytes).toBe(before - (dropped?.bytes ?? 0));
  expect(() => segments.read(places[0] as Place)).toThrow(/was let go/);
  while (segments.dropOldest() !== null);
  expect(segments.list.length).toBe(1);
  const [newest] = files(folder);
  expect(files(folder)).toEqual([newest]);
  await segments.close();
  const again = await opened(folder);
  expect(again.bodies).toEqual(texts.filter((_, index) => places[index]?.segment === again.places[0]?.segment));
  // Numbers are never given twice, though their files are gone.
  expect(again.segments.append(bytesOf('next')).segment).toBe((again.places[0]?.segment ?? 0) + 1);
});

test('every segment begins with the opening records of its time', async () => {
  const folder = newFolder();
  let state = 'a';
  const { segments } = await opened(folder, { opening: () => [bytesOf(`state ${state}`)] });
  segments.append(bytesOf('1'));
  state = 'b';
  segments.roll();
  segments.append(bytesOf('2'));
  await segments.close();
  expect((await opened(folder)).bodies).toEqual(['state a', '1', 'state b', '2']);
});

test('L5 a disk without room: nothing of the record stays, and the next one is whole', async () => {
  const folder = newFolder();
  let room = Number.POSITIVE_INFINITY;
  const full: SegmentFiles = {
    ...diskFiles,
    write(file, pieces, at) {
      const bytes = Buffer.concat(pieces);
      diskFiles.write(file, [bytes.subarray(0, room)], at);
      if (bytes.length > room) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    },
  };
  const { segments } = await opened(folder, { files: full, opening: () => [bytesOf('opening')] });
  segments.append(bytesOf('one'));
  for (const left of [0, 3, 8, 14]) {
    room = left;
    expect(() => segments.append(bytesOf('not this one'))).toThrow(/no space/);
    // Not even the opening of a new segment.
    segments.roll();
    expect(() => segments.append(bytesOf('nor this one'))).toThrow(/no space/);
  }
  room = Number.POSITIVE_INFINITY;
  segments.append(bytesOf('two'));
  await segments.close();
  const again = await opened(folder);
  expect(again.bodies).toEqual(['opening', 'one', 'opening', 'two']);
  expect(again.damage).toEqual([]);
});

test('L5 a disk that failed to sync is never said to have synced', async () => {
  let failing = true;
  const { segments } = await opened(newFolder(), {
    files: { ...diskFiles, sync: (file) => (failing ? Promise.reject(new Error('EIO')) : diskFiles.sync(file)) },
  });
  segments.append(bytesOf('one'));
  await expect(segments.sync()).rejects.toThrow('EIO');
  failing = false;
  segments.append(bytesOf('two'));
  await expect(segments.sync()).rejects.toThrow('EIO');
});

test('a segment may be let go while it is being synced', async () => {
  const folder = newFolder();
  const { segments } = await opened(folder);
  for (const text of texts) segments.append(bytesOf(text));
  const synced = segments.sync();
  while (segments.dropOldest() !== null);
  await synced;
  segments.append(bytesOf('one more'));
  await segments.sync();
  await segments.close();
  expect((await opened(folder)).bodies.at(-1)).toBe('one more');
});
