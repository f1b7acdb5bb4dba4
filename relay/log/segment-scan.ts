import { crc32 } from 'node:zlib';
import { type FoundRecord, MAX_RECORD_BYTES, RECORD_HEADER_BYTES, recordAt } from '../../contract/protocol/record.ts';

/**
 * What is whole in a segment's bytes, and what lies between:
 *
 *     record  record  ░░░░░░░░░░  record  record  ░░░░░
 *                     └ damage: up to the next    └ damage up to the end: a torn tail, or as good as one
 *                       record that is whole
 */
export type Stretch =
  | ({ readonly kind: 'record' } & FoundRecord)
  | { readonly kind: 'damage'; readonly at: number; readonly bytes: number };

/** `isFirstByte`: may a body begin with it? So that what only looks like a record is seldom hashed. */
export function* scanSegment(bytes: Uint8Array, isFirstByte: (byte: number) => boolean): Generator<Stretch> {
  for (let at = 0; at < bytes.length; ) {
    const record = recordAt(bytes, at, crc32);
    if (record === null) {
      const next = nextWhole(bytes, at, isFirstByte);
      yield { kind: 'damage', at, bytes: next - at };
      at = next;
    } else {
      yield { kind: 'record', ...record };
      at = endOf(record);
    }
  }
}

/** Where a record ends, and the next begins. */
export function endOf({ at, body }: FoundRecord): number {
  return at + RECORD_HEADER_BYTES + body.length;
}

/** The first whole record behind a damaged one; where there is none, the end. */
function nextWhole(bytes: Uint8Array, damagedAt: number, isFirstByte: (byte: number) => boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lengthAt = (at: number) => (at + RECORD_HEADER_BYTES <= bytes.length ? view.getUint32(at, true) : 0);
  const isHeader = (at: number) => {
    const length = lengthAt(at);
    return length > 0 && length <= MAX_RECORD_BYTES && isFirstByte(bytes[at + RECORD_HEADER_BYTES] ?? 0);
  };
  const isWhole = (at: number) => recordAt(bytes, at, crc32) !== null;
  // Where only its body is damaged, its length still says where the next one is.
  const following = damagedAt + RECORD_HEADER_BYTES + lengthAt(damagedAt);
  if (following < bytes.length && isWhole(following)) return following;
  for (let at = damagedAt + 1; at + RECORD_HEADER_BYTES < bytes.length; at++) {
    if (!isHeader(at)) continue;
    const end = at + RECORD_HEADER_BYTES + lengthAt(at);
    const joins = end + RECORD_HEADER_BYTES >= bytes.length || isHeader(end);
    if (end <= bytes.length && joins && isWhole(at)) return at;
  }
  return bytes.length;
}
