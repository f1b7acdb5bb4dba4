import { expect, test } from 'vitest';
import { piecesOf } from './pieces.ts';

/** Batches as texts, each the joined lines up to an end; the last is marked when it did not end. */
async function batchesOf(text: string, batchRecords: number, chunkBytes: number): Promise<string[]> {
  async function* chunks() {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const batches: string[] = [];
  let open: string[] = [];
  for await (const { lines, ends } of piecesOf(chunks(), batchRecords)) {
    open.push(...lines.map(({ offset, value }) => `${offset}:${Buffer.from(value).toString()}`));
    if (!ends) continue;
    batches.push(open.join(' '));
    open = [];
  }
  return open.length === 0 ? batches : [...batches, `${open.join(' ')} …`];
}

test.each([1, 2, 3, 5, 1000])(
  'batches end after n records, at empty lines and at the end, in chunks of %i',
  async (chunkBytes) => {
    expect(await batchesOf('a\nb\nc\nd\ne', 2, chunkBytes)).toEqual(['0:a 1:b', '2:c 3:d', '4:e']);
    expect(await batchesOf('a\n\nb\nc\n\n\n  \nd\n', 100, chunkBytes)).toEqual(['0:a', '2:b 3:c', '7:d']);
    expect(await batchesOf('\n\na\nb\n\n', 2, chunkBytes)).toEqual(['2:a 3:b']);
    expect(await batchesOf('a\r\n\r\nb\r\n', 2, chunkBytes)).toEqual(['0:a', '2:b']);
    expect(await batchesOf('', 2, chunkBytes)).toEqual([]);
  },
);

test('an empty line ends a batch as soon as it is read, before any line behind it', async () => {
  const seen: string[] = [];
  async function* chunks() {
    yield Buffer.from('a\nb\n\n');
    seen.push('asked for more');
    yield Buffer.from('c\n');
  }
  for await (const { lines, ends } of piecesOf(chunks(), 100)) seen.push(`${lines.length}${ends ? ' ends' : ''}`);
  expect(seen).toEqual(['2 ends', 'asked for more', '1', '0 ends']);
});
