import type { Clock } from '../../contract/clock.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { SourceState } from '../../contract/protocol/down.ts';
import { epochOf, type FileState, firstLineOf, type OpenFile, openFile, placeOf } from './file/open-file.ts';
import { LineSplitter } from './lines.ts';
import { positionOf, type RawRecord, type Source, type SourceEvent, type StartFrom } from './source.ts';
import { sleep } from './wait.ts';

/**
 * A JSON lines file, read to its end and on as it grows. One partition, 0; a record's offset is its line number, from 0;
 * blank lines are holes. The epoch is made of the path, the inode and the first line: another of these is another past.
 *
 *     opened ─▶ records* ─▶ caught-up, ended ─ grown ─▶ live ─▶ records* ─▶ caught-up, ended ─▶ …
 *                                └─ cut, or another file ─▶ reset ─▶ opened ─▶ …
 *
 * A last line without a newline is a record when the file has been at rest for a second.
 */
export interface FileSourceOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Longer lines are cut here and end in a byte that no JSON has, so that the decoder rejects them. Default 8 MiB. */
  readonly maxLineBytes?: number;
  /** Read at once; also about the size of a batch. Default 256 KiB. */
  readonly chunkBytes?: number;
}

const MAX_LINE_BYTES = 8 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** How often a file that was read to its end is looked at. */
const LOOK_MS = 250;
/** So many looks without a change, and an unfinished line is taken for a whole one. */
const LOOKS_AT_REST = 4;

export function createFileSource(options: FileSourceOptions): Source {
  const epochs = new Map<string, string>();
  return {
    replayable: true,
    label: `file ${options.path}`,
    read: (from, signal) => read({ ...options, epochs }, from, signal),
  };
}

interface Parts extends FileSourceOptions {
  /** The epoch now, by what the file alone says of it: a file that was cut, and begins as before, is another past too. */
  readonly epochs: Map<string, string>;
}

async function* read(parts: Parts, from: StartFrom, signal: AbortSignal): AsyncIterable<SourceEvent> {
  let start = from;
  let file: OpenFile | null = await openFile(parts.path);
  try {
    while (file !== null) {
      const over: string | null = yield* readPast(parts, file, start, signal);
      await file.close();
      file = null;
      if (over === null) return;
      yield { kind: 'reset', reason: over };
      start = 'earliest';
      file = yield* reopen(parts, signal);
    }
  } finally {
    await file?.close();
  }
}

/** One past, to its end: why it is over, or null when reading is. */
async function* readPast(
  parts: Parts,
  file: OpenFile,
  from: StartFrom,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent, string | null> {
  const { path, epochs, chunkBytes = CHUNK_BYTES } = parts;
  const asked = positionOf(from);
  const wanted = asked?.next[0] ?? (from === 'latest' ? Number.POSITIVE_INFINITY : 0);
  if (asked !== null && wanted > 0 && (await file.stat()).bytes === 0)
    return `${path} is empty, and ${wanted} lines of it had been read`;
  const first = yield* firstLine(parts, file, signal);
  if (first === null) return null;
  if (typeof first === 'string') return first;
  const past = epochOf(path, await file.stat(), first);
  const known = epochs.get(past);
  if (asked !== null && asked.epoch !== known && (known !== undefined || !isOf(asked.epoch, past)))
    return `${path} is another file than the one the position is from`;
  const epoch = known ?? asked?.epoch ?? past;
  epochs.set(past, epoch);
  const place = await placeOf(file, wanted, chunkBytes, signal);
  if (signal.aborted) return null;
  if (asked !== null && place.line < wanted) {
    epochs.set(past, `${past}/${Math.trunc((await file.stat()).modifiedMs)}`);
    return `${path} has ${place.line} lines, and ${wanted} had been read: it was cut`;
  }
  yield { kind: 'opened', position: { epoch, next: { 0: place.line } } };
  yield told('live', null);
  const over = yield* lines(parts, file, place, past, signal);
  if (over !== null) epochs.set(past, `${past}/${Math.trunc((await file.stat()).modifiedMs)}`);
  return over;
}

/** From a place to the end of the file, and on whenever it has grown. */
async function* lines(
  { path, clock, maxLineBytes = MAX_LINE_BYTES, chunkBytes = CHUNK_BYTES }: Parts,
  file: OpenFile,
  { byte, line }: { readonly byte: number; readonly line: number },
  past: string,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent, string | null> {
  const splitter = new LineSplitter(maxLineBytes, line);
  let at = byte;
  let nextOffset = line;
  let seen = await file.stat();
  let atEnd = false;
  let looksAtRest = 0;
  while (!signal.aborted) {
    const chunk = await file.read(at, chunkBytes);
    at += chunk.length;
    const isAtRest = chunk.length === 0 && looksAtRest >= LOOKS_AT_REST && splitter.hasOpenLine;
    const found = isAtRest ? splitter.end() : splitter.push(chunk);
    if (atEnd && splitter.nextOffset > nextOffset) {
      atEnd = false;
      yield told('live', null);
    }
    if (splitter.nextOffset > nextOffset) {
      const records = found.map(({ offset, value }): RawRecord => {
        return { offset, topic: path, timestampMs: seen.modifiedMs, key: null, value };
      });
      const batch = { partition: 0, firstOffset: nextOffset, nextOffset: splitter.nextOffset, behind: null, records };
      nextOffset = splitter.nextOffset;
      yield { kind: 'records', ...batch };
    }
    if (chunk.length > 0) {
      looksAtRest = 0;
      continue;
    }
    if (!atEnd && !splitter.hasOpenLine) {
      atEnd = true;
      yield { kind: 'caught-up' };
      yield told('ended', `${path} was read to its end; what is added to it will be read`);
    }
    await sleep(clock, LOOK_MS, signal);
    looksAtRest++;
    const now = await stateAt(path);
    if (now === null) continue;
    if (now.inode !== seen.inode) return `${path} is another file now`;
    if (now.bytes < at) return `${path} was cut: it has ${now.bytes} bytes, and ${at} had been read`;
    if (now.modifiedMs !== seen.modifiedMs && epochOf(path, now, (await firstLineOf(file)).bytes) !== past)
      return `${path} was written anew`;
    seen = now;
  }
  return null;
}

/** The first line, once it is there: only then can be said which past this is. A text: the file is another one now. */
async function* firstLine(
  { path, clock }: Parts,
  file: OpenFile,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent, Uint8Array | string | null> {
  const { inode } = await file.stat();
  let before = -1;
  for (let looks = 0; !signal.aborted; looks++) {
    const { bytes, ended } = await firstLineOf(file);
    if (bytes.length !== before) looks = 0;
    before = bytes.length;
    if (ended || (bytes.length > 0 && looks >= LOOKS_AT_REST)) return bytes;
    if (looks === 0 && bytes.length === 0) yield told('live', `${path} is empty; what is added to it will be read`);
    await sleep(clock, LOOK_MS, signal);
    const now = await stateAt(path);
    if (now !== null && now.inode !== inode) return `${path} is another file now`;
  }
  return null;
}

/** Waits for a file that is gone. */
async function* reopen({ path, clock }: Parts, signal: AbortSignal): AsyncGenerator<SourceEvent, OpenFile | null> {
  for (let isTold = false; !signal.aborted; ) {
    try {
      return await openFile(path);
    } catch (error) {
      if (!(error instanceof HighwaterError)) throw error;
      if (!isTold) yield { kind: 'state', state: { state: 'failed', message: error.message, fix: error.fix } };
      isTold = true;
      await sleep(clock, LOOK_MS, signal);
    }
  }
  return null;
}

/** What is at the path now; null while there is nothing that can be read. */
async function stateAt(path: string): Promise<FileState | null> {
  try {
    const file = await openFile(path);
    try {
      return await file.stat();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof HighwaterError) return null;
    throw error;
  }
}

function isOf(epoch: string, past: string): boolean {
  return epoch === past || epoch.startsWith(`${past}/`);
}

function told(state: SourceState['state'], message: string | null): SourceEvent {
  return { kind: 'state', state: { state, message, fix: null } };
}
