import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
import { createFileSource } from '../../relay/sources/file.ts';
import type { Source, SourceEvent, StartFrom } from '../../relay/sources/source.ts';
import { atLeast, type Following, follow, ofKind, recordsOf, stateOf, valuesOf } from '../support/follow.ts';
import { describeSource, expectUnbroken } from './source.contract.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'highwater-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

describeSource('file source', {
  keepsThePast: true,
  goesOn: true,
  async create() {
    const path = join(folder, 'events.jsonl');
    await writeFile(path, '');
    return {
      source: createFileSource({ path, clock }),
      partitions: [0],
      put: (values) => appendFile(path, values.map((value) => `${value}\n`).join('')),
      close: async () => undefined,
    };
  },
});

async function readFile(
  text: string | Uint8Array,
  options: { from?: StartFrom; maxLineBytes?: number; chunkBytes?: number } = {},
) {
  const path = join(folder, 'one.jsonl');
  await writeFile(path, text);
  const { from = 'earliest', ...limits } = options;
  const source = createFileSource({ path, clock, ...limits });
  return readToEnd(source, from);
}

/** Everything up to the first end. */
async function readToEnd(source: Source, from: StartFrom = 'earliest'): Promise<SourceEvent[]> {
  const events: SourceEvent[] = [];
  for await (const event of source.read(from, new AbortController().signal)) {
    events.push(event);
    if (event.kind === 'state' && event.state.state === 'ended') break;
  }
  return events;
}

describe('file source, lines', () => {
  test('blank lines are holes, a last line needs no newline, CRLF ends a line', async () => {
    const events = await readFile('{"a":1}\r\n\n  \n{"a":2}');
    expect(recordsOf(events).map(({ offset, value }) => [offset, Buffer.from(value ?? []).toString()])).toEqual([
      [0, '{"a":1}'],
      [3, '{"a":2}'],
    ]);
    expectUnbroken(events);
  });

  test.each([1, 2, 3, 7, 64])('lines are the same in chunks of %i bytes', async (chunkBytes) => {
    const lines = ['{"a":1}', '', 'é€😀', 'x'.repeat(40), '{"b":2}'];
    const events = await readFile(lines.join('\n'), { chunkBytes });
    expect(valuesOf(events)).toEqual(lines.filter((line) => line !== ''));
    expectUnbroken(events);
  });

  test('a line over the limit comes cut and as no valid JSON, the lines around it come whole', async () => {
    const events = await readFile(`{"a":1}\n{"a":"${'x'.repeat(5_000)}"}\n1${' '.repeat(200)}\n{"a":2}\n`, {
      maxLineBytes: 100,
      chunkBytes: 512,
    });
    const values = recordsOf(events).map(({ value }) => value ?? new Uint8Array());
    expect(values.map(({ length }) => length)).toEqual([7, 101, 101, 7]);
    const strict = new TextDecoder('utf-8', { fatal: true });
    for (const at of [1, 2]) expect(() => strict.decode(values[at])).toThrow();
  });

  test('invalid UTF-8 comes as the bytes it is', async () => {
    const events = await readFile(Uint8Array.of(0x22, 0xc3, 0x28, 0x22, 0x0a));
    expect(recordsOf(events)[0]?.value).toEqual(Buffer.of(0x22, 0xc3, 0x28, 0x22));
  });

  test('S3 a file with fewer lines than the position is a reset, and is read again', async () => {
    const opened = ofKind(await readFile('1\n2\n3\n'), 'opened')[0]?.position;
    const events = await readFile('1\n2\n', { from: { epoch: opened?.epoch ?? '', next: { 0: 3 } } });
    expect(ofKind(events, 'reset')).toHaveLength(1);
    expect(ofKind(events, 'opened')[0]?.position.epoch).not.toBe(opened?.epoch);
    expect(valuesOf(events)).toEqual(['1', '2']);
  });

  test('S4 nothing is read ahead: a line added while the reader waits is still read', async () => {
    const path = join(folder, 'grows.jsonl');
    await writeFile(path, 'a\n'.repeat(1_000));
    const events: SourceEvent[] = [];
    const source = createFileSource({ path, clock, chunkBytes: 100 });
    for await (const event of source.read('earliest', new AbortController().signal)) {
      events.push(event);
      if (event.kind === 'caught-up') break;
      if (event.kind === 'records' && ofKind(events, 'records').length === 1) await appendFile(path, 'b\n');
    }
    expect(recordsOf(events)).toHaveLength(1_001);
  });

  test('S5 a missing file is file_unreadable, with its path', async () => {
    const path = join(folder, 'missing.jsonl');
    const reading = createFileSource({ path, clock })
      .read('earliest', new AbortController().signal)
      [Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toMatchObject({
      code: 'file_unreadable',
      message: `there is no file ${path}`,
    });
  });

  test('S5 a folder is file_unreadable', async () => {
    const reading = createFileSource({ path: folder, clock })
      .read('earliest', new AbortController().signal)
      [Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toMatchObject({ code: 'file_unreadable' });
  });
});

describe('file source, files that change', () => {
  const followed: Following[] = [];
  afterEach(async () => {
    await Promise.allSettled(followed.splice(0).map((one) => one.stop()));
  });
  const reading = (path: string, from: StartFrom = 'earliest') => {
    const one = follow(createFileSource({ path, clock }), from);
    followed.push(one);
    return one;
  };
  const path = () => join(folder, 'log.jsonl');
  const ended = (from = 0) => stateOf('ended', from);
  const epochs = (events: readonly SourceEvent[]) => ofKind(events, 'opened').map(({ position }) => position.epoch);

  test('S3 a file that has grown is read on, line by line, with the same epoch after a restart', async () => {
    await writeFile(path(), '1\n2\n');
    const one = reading(path());
    await one.until(ended());
    await appendFile(path(), '3\n4');
    await one.until(atLeast(3));
    await appendFile(path(), '4\n5\n');
    const events = await one.until(atLeast(5));
    expect(valuesOf(events)).toEqual(['1', '2', '3', '44', '5']);
    expectUnbroken(events);
    await one.stop();
    await appendFile(path(), '6\n');
    const [epoch = ''] = epochs(events);
    const later = await reading(path(), { epoch, next: { 0: 4 } }).until(atLeast(2));
    expect(valuesOf(later)).toEqual(['5', '6']);
    expect(epochs(later)).toEqual([epoch]);
  });

  test('S3 a last line without a newline is a record once the file is at rest; the newline that comes later is no line', async () => {
    await writeFile(path(), '1\n2');
    const one = reading(path());
    await one.until(ended());
    expect(valuesOf(one.events)).toEqual(['1', '2']);
    await appendFile(path(), '\n3\n');
    expect(recordsOf(await one.until(atLeast(3))).map(({ offset }) => offset)).toEqual([0, 1, 2]);
  });

  test('S3 an empty file is waited for', async () => {
    await writeFile(path(), '');
    const one = reading(path());
    expect((await one.until(stateOf('live'))).message).toMatch(/is empty/);
    await appendFile(path(), '1\n');
    expect(valuesOf(await one.until(atLeast(1)))).toEqual(['1']);
  });

  test.each([
    ['cut, then written on', (file: string) => writeFile(file, '1\n')],
    ['written anew', (file: string) => writeFile(file, 'a\nb\nc\nd\n')],
    [
      'replaced, as logs are that rotate',
      async (file: string) => {
        await rename(file, `${file}.1`);
        await writeFile(file, '1\n');
      },
    ],
  ])('S3 a file that was %s is a reset, and read from its beginning', async (_, change) => {
    await writeFile(path(), '1\n2\n3\n');
    const one = reading(path());
    await one.until(ended());
    const seen = one.events.length;
    await change(path());
    await one.until(ended(seen));
    const after = one.events.slice(seen);
    expect(after.filter(({ kind }) => kind === 'reset' || kind === 'opened').map(({ kind }) => kind)).toEqual([
      'reset',
      'opened',
    ]);
    expect(new Set(epochs(one.events)).size).toBe(2);
    expect(recordsOf(after)[0]).toMatchObject({ offset: 0 });
    expectUnbroken(one.events);
    const [old = '', now = ''] = epochs(one.events);
    const next = { 0: 1 };
    expect(ofKind(await readToEnd(createFileSource({ path: path(), clock }), { epoch: now, next }), 'reset')).toEqual(
      [],
    );
    const stale = reading(path(), { epoch: old, next: { 0: 3 } });
    await stale.until(ended());
    expect(ofKind(stale.events, 'reset')).toHaveLength(1);
  });

  test('S5 a file that is gone after it was read is waited for', async () => {
    await writeFile(path(), '1\n');
    const one = reading(path());
    await one.until(ended());
    await rm(path());
    await new Promise((resolve) => setTimeout(resolve, 600));
    await writeFile(path(), '2\n3\n');
    expect(valuesOf(await one.until(atLeast(3)))).toEqual(['1', '2', '3']);
    expect(ofKind(one.events, 'reset')).toHaveLength(1);
  });
});
