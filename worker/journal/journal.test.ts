import { expect, test } from 'vitest';
import { type Frame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import { handClock } from '../../tests/support/hand-clock.ts';
import { memoryFiles } from '../../tests/worker/memory-files.ts';
import type { StreamMessage } from '../connection/inbox.ts';
import type { JournalFiles } from './files.ts';
import { createJournal, type Journal } from './journal.ts';

/** Counts what reaches the files. */
function counting(files: JournalFiles) {
  const counts = { writes: 0, flushes: 0, readBytes: 0 };
  const counted: JournalFiles = {
    ...files,
    async open(name) {
      const file = await files.open(name);
      return {
        ...file,
        read(into, at) {
          const bytes = file.read(into, at);
          counts.readBytes += bytes;
          return bytes;
        },
        write(bytes, at) {
          counts.writes++;
          return file.write(bytes, at);
        },
        flush() {
          counts.flushes++;
          file.flush();
        },
      };
    },
  };
  return { counts, files: counted };
}

const begun: StreamMessage = {
  type: 'subscribed',
  stream: 's',
  outcome: 'fresh',
  position: { epoch: 'e', next: { 0: 0 } },
  reason: null,
  missing: null,
};

function frame(firstOffset: number, payloadBytes: number, stream = 's'): Frame {
  const header = {
    stream,
    epoch: 'e',
    partition: 0,
    firstOffset,
    nextOffset: firstOffset + 1,
    rows: 1,
    minEventTimeUs: 0,
    maxEventTimeUs: firstOffset,
    watermarkBeforeUs: MIN_TIME_US,
    sealedAtUs: 0,
    schemaVersion: 1,
    contiguous: true,
  };
  return { header, payload: new Uint8Array(payloadBytes).fill(firstOffset + 1) };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

async function opened(journal: Journal): Promise<Journal> {
  await journal.open();
  for await (const _ of journal.read()) throw new Error('something was kept');
  journal.add({ message: begun, atMs: 1 });
  journal.commit();
  await settled();
  return journal;
}

test('J1 a tick is one write, and half a second is one flush', async () => {
  const clock = handClock();
  const { counts, files } = counting(memoryFiles());
  const journal = await opened(createJournal({ files, clock, budgetBytes: 1e9 }));
  clock.pass(1000);
  const before = { ...counts };
  for (let tick = 0; tick < 10; tick++) {
    for (let index = 0; index < 20; index++) journal.add({ frame: frame(tick * 20 + index, 800), receivedAtMs: 1 });
    journal.commit();
    clock.pass(40);
  }
  expect(counts).toEqual({ ...before, writes: before.writes + 10 });
  clock.pass(100);
  expect(counts.flushes).toBe(before.flushes + 1);
  clock.pass(10_000);
  expect(counts.flushes).toBe(before.flushes + 1);
});

test('J1 frames come back as they were, small and large, as views that readers of Arrow can use', async () => {
  const clock = handClock();
  const files = memoryFiles();
  const journal = await opened(createJournal({ files, clock, budgetBytes: 1e9 }));
  const frames = [1, 7, 64, 100_003, 8, 200_000, 13].map((bytes, index) => frame(index, bytes));
  for (const one of frames) journal.add({ frame: one, receivedAtMs: 17 });
  journal.commit();
  const again = createJournal({ files: files.left(), clock, budgetBytes: 1e9 });
  await again.open();
  const read = [];
  for await (const entries of again.read()) read.push(...entries.filter((entry) => 'frame' in entry));
  expect(read.map(({ receivedAtMs }) => receivedAtMs)).toEqual(frames.map(() => 17));
  expect(read.map(({ frame: { header } }) => header)).toEqual(frames.map(({ header }) => header));
  for (const [index, { frame: one }] of read.entries()) {
    expect(Buffer.from(one.payload).equals(frames[index]?.payload ?? new Uint8Array(0))).toBe(true);
    expect(one.payload.byteOffset % 8).toBe(0);
  }
});

test('J8 a stream that is awaited is read before others that are longer at it, and every stream to its end', async () => {
  const clock = handClock();
  const files = memoryFiles();
  const journal = await opened(createJournal({ files, clock, budgetBytes: 1e9 }));
  for (const stream of ['a', 'b', 'c']) {
    journal.add({ message: { ...begun, stream }, atMs: 1 });
    for (let offset = 0; offset < 12; offset++) journal.add({ frame: frame(offset, 2 ** 20, stream), receivedAtMs: 1 });
  }
  await settled();
  journal.commit();
  const again = createJournal({ files: files.left(), clock, budgetBytes: 1e9 });
  await again.open();
  const order: string[] = [];
  const offsets: Record<string, number[]> = { a: [], b: [], c: [] };
  // Somebody looks at a board when the first piece has been read.
  for await (const entries of again.read((stream) => stream === 'b' && order.length > 0)) {
    const frames = entries.flatMap((entry) => ('frame' in entry ? [entry.frame.header] : []));
    for (const { stream, firstOffset } of frames) offsets[stream]?.push(firstOffset);
    if (frames[0]) order.push(frames[0].stream);
  }
  const all = Array.from({ length: 12 }, (_, offset) => offset);
  expect(offsets).toEqual({ a: all, b: all, c: all });
  expect(order).toEqual(['a', 'b', 'b', 'b', 'a', 'a', 'c', 'c', 'c']);
});

test('what is kept is read once, but for the head of the newest segment', async () => {
  const clock = handClock();
  const files = memoryFiles();
  const journal = await opened(createJournal({ files, clock, budgetBytes: 1e9, maxSegmentBytes: 500_000 }));
  for (let offset = 0; offset < 8; offset++) {
    journal.add({ frame: frame(offset, 100_000), receivedAtMs: 1 });
    journal.commit();
    await settled();
  }
  await journal.close();
  const { counts, files: counted } = counting(files);
  const again = createJournal({ files: counted, clock, budgetBytes: 1e9 });
  await again.open();
  let frames = 0;
  for await (const entries of again.read()) frames += entries.filter((entry) => 'frame' in entry).length;
  expect(frames).toBe(8);
  const onDisk = [...files.contents.values()].reduce((sum, { length }) => sum + length, 0);
  expect(counts.readBytes - onDisk).toBeLessThan(1000);
});

test('J2 the budget holds, and a quiet stream keeps what it has while a loud one turns over', async () => {
  const clock = handClock();
  const files = memoryFiles();
  const journal = await opened(createJournal({ files, clock, budgetBytes: 200_000 }));
  journal.add({ message: { ...begun, stream: 'quiet' }, atMs: 1 });
  journal.add({ frame: frame(0, 100, 'quiet'), receivedAtMs: 1 });
  for (let offset = 0; offset < 2000; offset++) {
    journal.add({ frame: frame(offset, 1000), receivedAtMs: 1 });
    journal.commit();
    if (offset % 5 === 0) await settled();
    expect(journal.status().bytes).toBeLessThanOrEqual(200_000);
  }
  await settled();
  const onDisk = [...files.contents.values()].reduce((sum, { length }) => sum + length, 0);
  expect(onDisk).toBe(journal.status().bytes);
  expect(onDisk).toBeGreaterThan(120_000);
  const again = createJournal({ files: files.left(), clock, budgetBytes: 200_000 });
  await again.open();
  const counts = { s: 0, quiet: 0 };
  for await (const entries of again.read())
    for (const entry of entries) if ('frame' in entry) counts[entry.frame.header.stream as 's' | 'quiet']++;
  expect(counts.quiet).toBe(1);
  expect(counts.s).toBeGreaterThan(100);
});

test('J2 a full segment is followed by one other, that is written to', async () => {
  const clock = handClock();
  const files = memoryFiles();
  const segments: string[] = [];
  const open: JournalFiles['open'] = (name) => {
    if (/-\d+-\d+$/.test(name)) segments.push(name);
    return files.open(name);
  };
  const journal = await opened(
    createJournal({ files: { ...files, open }, clock, budgetBytes: 1e7, maxSegmentBytes: 5000 }),
  );
  for (let offset = 0; offset < 50; offset++) {
    journal.add({ frame: frame(offset, 1000), receivedAtMs: 1 });
    journal.commit();
    // The next file is open only after more has come.
    if (offset % 2 === 1) await settled();
  }
  await settled();
  const sizes = segments.map((name) => files.contents.get(name)?.length ?? 0);
  expect(sizes.length).toBeGreaterThan(5);
  for (const size of sizes.slice(0, -1)) expect(size).toBeGreaterThanOrEqual(5000);
});

test('J6 what another format of journal left goes, boards that are not whole are none', async () => {
  const clock = handClock();
  const left = new Map([
    ['v0-1-1', new Uint8Array(100)],
    ['v1-boards', new Uint8Array(50).fill(3)],
    ['manifest.json', new Uint8Array(10)],
  ]);
  const files = memoryFiles(left);
  const journal = createJournal({ files, clock, budgetBytes: 1e9 });
  expect(await journal.open()).toBeNull();
  expect([...files.contents.keys()]).toEqual(['v1-boards']);
  const boards = { type: 'boards' as const, boards: {}, windows: {}, playlists: {}, problems: [], made: [] };
  journal.boards(boards);
  const again = createJournal({ files: files.left(), clock, budgetBytes: 1e9 });
  expect(await again.open()).toEqual(boards);
});
