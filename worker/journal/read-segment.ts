import { MAX_RECORD_BYTES, RECORD_HEADER_BYTES, recordAt } from '../../contract/protocol/record.ts';
import { beginsWith, checksum, decodeEntry, type JournalEntry } from './entry.ts';
import { type JournalFile, readStart } from './files.ts';
import { afterFrame, afterMessage, beginsAnew, isNext, type StreamHead } from './stream-head.ts';

/** One entry of a segment, and how the stream stands after it. */
export interface ReadEntry {
  readonly entry: JournalEntry;
  readonly head: StreamHead;
  /** Where its record ends. */
  readonly end: number;
}

/**
 * The entries of a segment up to the first that is not whole, cannot be read or does not follow. `before` is how the
 * segment before it ended, null when it is the first: a segment that does not follow has none.
 */
export function* readSegment(bytes: Uint8Array, before: StreamHead | null): Generator<ReadEntry> {
  let head: StreamHead | null = null;
  let at = 0;
  for (let record = recordAt(bytes, at, checksum); record; record = recordAt(bytes, at, checksum)) {
    const entry = tryDecode(record.body);
    const after: StreamHead | null = entry && follow(head, entry, before);
    if (!entry || !after) return;
    head = after;
    at = record.at + RECORD_HEADER_BYTES + record.body.length;
    yield { entry, head, end: at };
  }
}

/** The first record of a segment, and nothing after it; so much as there is. */
export function readFirst(file: JournalFile): Uint8Array {
  const header = readStart(file, RECORD_HEADER_BYTES);
  if (header.length < RECORD_HEADER_BYTES) return header;
  return readStart(file, RECORD_HEADER_BYTES + new DataView(header.buffer).getUint32(0, true));
}

/** The head a segment begins with, of which the first record is enough; null when it is not whole. */
export function headOf(bytes: Uint8Array): StreamHead | null {
  for (const { head } of readSegment(bytes, null)) return head;
  return null;
}

/**
 * Is there nothing from `at` on but a record that was not written to its end? Damage to a length looks like it, but then
 * the body is all there: so much of what follows as has its checksum.
 */
export function isTorn(bytes: Uint8Array, at: number): boolean {
  const start = at + RECORD_HEADER_BYTES;
  if (start > bytes.length) return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(at, true);
  if (start + length <= bytes.length || length > MAX_RECORD_BYTES) return false;
  return !beginsWith(bytes.subarray(start), view.getUint32(at + 4, true));
}

function tryDecode(body: Uint8Array): JournalEntry | null {
  try {
    return decodeEntry(body);
  } catch {
    // Written by another version, or worse: as if it were cut here.
    return null;
  }
}

function follow(head: StreamHead | null, entry: JournalEntry, before: StreamHead | null): StreamHead | null {
  if ('head' in entry) return head === null && (before === null || isNext(before, entry.head)) ? entry.head : null;
  if (head === null) return null;
  if ('message' in entry)
    // What begins anew has a segment of its own.
    return beginsAnew(entry.message) && head.position !== null ? null : afterMessage(head, entry.message);
  try {
    return afterFrame(head, entry.frame.header);
  } catch {
    return null;
  }
}
