import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { HighwaterError } from '../../contract/errors.ts';
import { LineSplitter } from './lines.ts';
import { positionOf, type RawRecord, type Source, type SourceEvent, type StartFrom } from './source.ts';

/**
 * A JSON lines file. One partition, 0; a record's offset is its line number, from 0; blank lines are holes. The epoch is
 * made of the path, the inode and the first line, so that a replaced file is another past.
 *
 *     opened ─▶ records* ─▶ caught-up ─▶ ended
 *     opened ─▶ reset ─▶ opened ─▶ …      the file has fewer lines than the position says
 */
export interface FileSourceOptions {
  readonly path: string;
  /** Longer lines are cut here and end in a byte that no JSON has, so that the decoder rejects them. Default 8 MiB. */
  readonly maxLineBytes?: number;
  /** Read at once; also about the size of a batch. Default 256 KiB. */
  readonly chunkBytes?: number;
}

const MAX_LINE_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
const EPOCH_LINE_BYTES = 4096;
const NEWLINE = 0x0a;

export function createFileSource(options: FileSourceOptions): Source {
  return {
    replayable: true,
    label: `file ${options.path}`,
    read: (from, signal) => read(options, from, signal),
  };
}

async function* read(options: FileSourceOptions, from: StartFrom, signal: AbortSignal): AsyncIterable<SourceEvent> {
  const file = await openFile(options.path);
  try {
    const stats = await readable(options.path, () => file.stat());
    const chunkBytes = options.chunkBytes ?? CHUNK_BYTES;
    const epoch = await epochOf(options.path, file, stats);
    const asked = positionOf(from);
    if (asked === null && from !== 'latest') {
      yield* lines(options, file, stats, epoch, 0, signal);
      return;
    }
    const count = await countLines(options.path, file, chunkBytes, signal);
    if (signal.aborted) return;
    if (asked === null) {
      yield* lines(options, file, stats, epoch, count, signal);
      return;
    }
    const wanted = asked.next[0] ?? 0;
    const otherPast =
      asked.epoch !== epoch && !asked.epoch.startsWith(`${epoch}/`)
        ? `${options.path} is another file than the one the position is from`
        : wanted > count
          ? `${options.path} has ${count} lines, and ${wanted} had been read: it was cut`
          : null;
    if (otherPast === null) {
      yield* lines(options, file, stats, asked.epoch, wanted, signal);
      return;
    }
    yield { kind: 'reset', reason: otherPast };
    yield* lines(options, file, stats, asked.epoch === epoch ? `${epoch}/${count}` : epoch, 0, signal);
  } finally {
    await file.close();
  }
}

async function* lines(
  options: FileSourceOptions,
  file: FileHandle,
  stats: Stats,
  epoch: string,
  firstOffset: number,
  signal: AbortSignal,
): AsyncIterable<SourceEvent> {
  yield { kind: 'opened', position: { epoch, next: { 0: firstOffset } } };
  yield { kind: 'state', state: { state: 'live', message: null, fix: null } };
  const splitter = new LineSplitter(options.maxLineBytes ?? MAX_LINE_BYTES);
  const toRecord = (line: { offset: number; value: Uint8Array }): RawRecord => ({
    offset: line.offset,
    topic: options.path,
    timestampMs: stats.mtimeMs,
    key: null,
    value: line.value,
  });
  let nextOffset = firstOffset;
  for await (const chunk of chunks(options.path, file, options.chunkBytes ?? CHUNK_BYTES)) {
    if (signal.aborted) return;
    const records = (chunk === null ? splitter.end() : splitter.push(chunk))
      .filter((line) => line.offset >= firstOffset)
      .map(toRecord);
    if (splitter.nextOffset <= nextOffset) continue;
    yield {
      kind: 'records',
      partition: 0,
      firstOffset: nextOffset,
      nextOffset: splitter.nextOffset,
      behind: null,
      records,
    };
    nextOffset = splitter.nextOffset;
  }
  yield { kind: 'caught-up' };
  yield { kind: 'state', state: { state: 'ended', message: `${options.path} was read to its end`, fix: null } };
  yield { kind: 'ended' };
}

/** The file's bytes in order, then null. Each chunk is a fresh buffer: records may point into it. */
async function* chunks(path: string, file: FileHandle, chunkBytes: number): AsyncIterable<Uint8Array | null> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await readable(path, () =>
      file.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes, at),
    );
    if (bytesRead === 0) break;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  yield null;
}

async function countLines(path: string, file: FileHandle, chunkBytes: number, signal: AbortSignal): Promise<number> {
  let count = 0;
  let openLine = false;
  for await (const chunk of chunks(path, file, chunkBytes)) {
    if (chunk === null || signal.aborted) break;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) count++;
    openLine = chunk[chunk.length - 1] !== NEWLINE;
  }
  return openLine ? count + 1 : count;
}

async function epochOf(path: string, file: FileHandle, stats: Stats): Promise<string> {
  const { bytesRead, buffer } = await readable(path, () =>
    file.read(Buffer.alloc(EPOCH_LINE_BYTES), 0, EPOCH_LINE_BYTES, 0),
  );
  const head = buffer.subarray(0, bytesRead);
  const end = head.indexOf(NEWLINE);
  const firstLine = end === -1 ? head : head.subarray(0, end);
  return `file:${createHash('sha256').update(`${path}\0${stats.ino}\0`).update(firstLine).digest('hex').slice(0, 24)}`;
}

async function openFile(path: string): Promise<FileHandle> {
  const file = await readable(path, () => open(path, 'r'));
  const stats = await readable(path, () => file.stat());
  if (!stats.isDirectory()) return file;
  await file.close();
  throw new HighwaterError('file_unreadable', `${path} is a folder`, 'name a file of one JSON object per line');
}

async function readable<T>(path: string, operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : null;
    if (code === 'ENOENT')
      throw new HighwaterError(
        'file_unreadable',
        `there is no file ${path}`,
        'check the path; relative paths start at the configuration file',
        { cause },
      );
    if (code === 'EACCES')
      throw new HighwaterError(
        'file_unreadable',
        `${path} may not be read by this user`,
        `chmod u+r ${path}, or run as its owner`,
        { cause },
      );
    throw new HighwaterError(
      'file_unreadable',
      `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      'check the file and its disk',
      { cause },
    );
  }
}
