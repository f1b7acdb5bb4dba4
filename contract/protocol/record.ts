/**
 * Records of an append-only file, as the relay's log and a tab's journal keep them. A crash may leave the last one
 * cut, or its bytes unwritten: reading ends at the first that is not whole, and the file is cut there.
 *
 *   offset size
 *        0    4  body bytes (u32, little-endian)
 *        4    4  CRC-32 of the body (u32)
 *        8    …  body
 */
export const RECORD_HEADER_BYTES = 8;
/** A length beyond this is taken for damage. */
export const MAX_RECORD_BYTES = 256 * 2 ** 20;

/** CRC-32 (IEEE) as an unsigned number: each host brings the fastest it has. */
export type Crc32 = (bytes: Uint8Array) => number;

/** The header that goes before `body`. */
export function recordHeader(body: Uint8Array, crc32: Crc32): Uint8Array {
  const header = new Uint8Array(RECORD_HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, body.length, true);
  view.setUint32(4, crc32(body), true);
  return header;
}

export interface FoundRecord {
  /** Where its header begins. */
  readonly at: number;
  /** A view into the bytes read. */
  readonly body: Uint8Array;
}

/** The record that begins at `at`; null where none is whole there: the end, a cut record, or damage. */
export function recordAt(bytes: Uint8Array, at: number, crc32: Crc32): FoundRecord | null {
  const start = at + RECORD_HEADER_BYTES;
  if (start > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(at, true);
  if (length === 0 || length > MAX_RECORD_BYTES || start + length > bytes.length) return null;
  const body = bytes.subarray(start, start + length);
  return crc32(body) === view.getUint32(at + 4, true) ? { at, body } : null;
}
