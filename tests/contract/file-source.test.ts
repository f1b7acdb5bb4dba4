import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFileSource } from '../../relay/sources/file.ts';
import type { SourceEvent, StartFrom } from '../../relay/sources/source.ts';
import { ofKind, recordsOf, valuesOf } from '../support/follow.ts';
import { describeSource, expectUnbroken } from './source.contract.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'highwater-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

describeSource('file source', {
  keepsThePast: true,
  goesOn: false,
  async create() {
    const path = join(folder, 'events.jsonl');
    await writeFile(path, '');
    return {
      source: createFileSource({ path }),
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
  const events: SourceEvent[] = [];
  for await (const event of createFileSource({ path, ...limits }).read(from, new AbortController().signal))
    events.push(event);
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
    expect(events.at(-1)).toEqual({ kind: 'ended' });
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
    for await (const event of createFileSource({ path, chunkBytes: 100 }).read(
      'earliest',
      new AbortController().signal,
    )) {
      events.push(event);
      if (event.kind === 'records' && ofKind(events, 'records').length === 1) await appendFile(path, 'b\n');
    }
    expect(recordsOf(events)).toHaveLength(1_001);
  });

  test('S5 a missing file is file_unreadable, with its path', async () => {
    const path = join(folder, 'missing.jsonl');
    const reading = createFileSource({ path }).read('earliest', new AbortController().signal)[Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toMatchObject({
      code: 'file_unreadable',
      message: `there is no file ${path}`,
    });
  });

  test('S5 a folder is file_unreadable', async () => {
    const reading = createFileSource({ path: folder })
      .read('earliest', new AbortController().signal)
      [Symbol.asyncIterator]();
    await expect(reading.next()).rejects.toMatchObject({ code: 'file_unreadable' });
  });
});
