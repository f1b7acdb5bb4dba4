import { LineSplitter } from '../sources/lines.ts';
import { positionOf, type RawRecord, type Source, type SourceEvent, type StartFrom } from '../sources/source.ts';
import { listElements } from './list-elements.ts';

/**
 * A file the tab was given, read once to its end: lines of JSON, or one JSON list, of which each element is a record. One
 * partition, 0; offsets are line numbers, or places in the list, from 0.
 */
export interface GivenFile {
  readonly name: string;
  readonly size: number;
  readonly lastModified: number;
  stream(): ReadableStream<Uint8Array>;
  text(): Promise<string>;
}

const MAX_LINE_BYTES = 8 * 1024 * 1024;
/** A list is read whole. */
const MAX_LIST_BYTES = 256 * 1024 * 1024;
const BATCH = 2_000;

export function createDroppedFileSource(file: GivenFile): Source {
  return {
    replayable: true,
    label: file.name,
    read: (from, signal) => read(file, from, signal),
  };
}

async function* read(file: GivenFile, from: StartFrom, signal: AbortSignal): AsyncIterable<SourceEvent> {
  const epoch = `dropped:${file.size}:${file.lastModified}:${file.name}`.slice(0, 200);
  const asked = positionOf(from);
  if (asked !== null && asked.epoch !== epoch)
    yield { kind: 'reset', reason: `${file.name} is another file than the one the position is from` };
  let nextOffset = asked?.epoch === epoch ? (asked.next[0] ?? 0) : 0;
  yield { kind: 'opened', position: { epoch, next: { 0: nextOffset } } };
  yield { kind: 'state', state: { state: 'live', message: null, fix: null } };
  const list = await listIn(file);
  for await (const { records, upTo } of list === null ? linesOf(file) : elementsOf(list)) {
    if (signal.aborted) return;
    if (upTo <= nextOffset) continue;
    const wanted = records.filter(({ offset }) => offset >= nextOffset);
    const raw = wanted.map((record): RawRecord => {
      return { ...record, topic: file.name, timestampMs: file.lastModified, key: null };
    });
    const firstOffset = nextOffset;
    nextOffset = upTo;
    yield { kind: 'records', partition: 0, firstOffset, nextOffset, behind: null, records: raw };
  }
  yield { kind: 'caught-up' };
  yield { kind: 'state', state: { state: 'ended', message: `${file.name} was read to its end`, fix: null } };
  yield { kind: 'ended' };
}

interface Stretch {
  readonly records: readonly { readonly offset: number; readonly value: Uint8Array }[];
  readonly upTo: number;
}

async function* linesOf(file: GivenFile): AsyncIterable<Stretch> {
  const splitter = new LineSplitter(MAX_LINE_BYTES);
  const reader = file.stream().getReader();
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read())
      yield { records: splitter.push(piece.value), upTo: splitter.nextOffset };
    yield { records: splitter.end(), upTo: splitter.nextOffset };
  } finally {
    await reader.cancel();
  }
}

/** Each element is its own text: a number read and written again may be another. (D7) */
async function* elementsOf(list: string): AsyncIterable<Stretch> {
  const encoder = new TextEncoder();
  let records: { readonly offset: number; readonly value: Uint8Array }[] = [];
  let upTo = 0;
  for (const element of listElements(list)) {
    records.push({ offset: upTo++, value: encoder.encode(element) });
    if (records.length < BATCH) continue;
    yield { records, upTo };
    records = [];
  }
  if (records.length > 0) yield { records, upTo };
}

/** The text of the list that a .json file is; null where it is none, and lines are read. */
async function listIn(file: GivenFile): Promise<string | null> {
  if (!/\.json$/i.test(file.name) || file.size > MAX_LIST_BYTES) return null;
  const text = await file.text();
  if (!/^\s*\[/.test(text)) return null;
  try {
    JSON.parse(text);
    return text;
  } catch {
    // Its lines say what is wrong, one by one.
    return null;
  }
}
