import type { Rejected } from '../decode/rejected.ts';
import type { RawRecord } from '../sources/source.ts';

/**
 * A dead letter: a record that could not become a row, whole, and why. (X1)
 *
 *     on disk   1 byte 1 · u32 bytes of what it is · that as JSON (`Stored`) · key · value
 */
export interface DeadLetter {
  /** Counts from 1 in its stream, over restarts too. */
  readonly id: number;
  /** Of the source. */
  readonly epoch: string;
  readonly partition: number;
  /** When it was rejected. */
  readonly atMs: number;
  readonly reason: string;
  /** The reason without what is of this record alone. */
  readonly kind: string;
  /** The column that could not take its value. */
  readonly field: string | null;
  /** Of a record that was too large the value is only its start. */
  readonly record: RawRecord;
  /** Of the value as it came. */
  readonly bytes: number;
  /** Is all of it here? Else it cannot be replayed. */
  readonly whole: boolean;
}

/** Larger values than any that can become a row keep so much of their start. (X2) */
export const MAX_VALUE_BYTES = 8 * 2 ** 20;
export const START_BYTES = 64 * 2 ** 10;
/** Of a value, in lists. */
export const LISTED_BYTES = 200;
/** Keys and headers count together. */
const MAX_EXTRA_BYTES = 2 ** 20;

export const LETTER = 1;
const HEAD_BYTES = 5;

interface Stored {
  readonly id: number;
  readonly epoch: string;
  readonly partition: number;
  readonly offset: number;
  readonly topic: string;
  readonly timestampMs: number;
  readonly atMs: number;
  readonly reason: string;
  readonly kind: string;
  readonly field: string | null;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly retained?: boolean;
  /** null: the record has none. */
  readonly keyBytes: number | null;
  readonly valueBytes: number | null;
  readonly bytes: number;
  readonly whole: boolean;
}

export function makeLetter(
  id: number,
  epoch: string,
  partition: number,
  record: RawRecord,
  { reason, kind, field }: Rejected,
  atMs: number,
): DeadLetter {
  const bytes = record.value?.length ?? 0;
  const extra = (record.headers ?? []).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  const tooMuch = extra + (record.key?.length ?? 0) > MAX_EXTRA_BYTES;
  const whole = bytes <= MAX_VALUE_BYTES && !tooMuch;
  if (whole) return { id, epoch, partition, atMs, reason, kind, field, record, bytes, whole };
  const { key, value, headers: _headers, ...rest } = record;
  const start = { ...rest, key: key?.subarray(0, START_BYTES) ?? null, value: value?.subarray(0, START_BYTES) ?? null };
  return { id, epoch, partition, atMs, reason, kind, field, record: start, bytes, whole };
}

/** The body of its record, in pieces. */
export function encodeLetter(letter: DeadLetter): Uint8Array[] {
  const { record, ...rest } = letter;
  const { key, value, ...about } = record;
  const stored: Stored = { ...rest, ...about, keyBytes: key?.length ?? null, valueBytes: value?.length ?? null };
  const json = Buffer.from(JSON.stringify(stored));
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(LETTER, 0);
  head.writeUInt32LE(json.length, 1);
  return [head, json, ...(key === null ? [] : [key]), ...(value === null ? [] : [value])];
}

/** A letter as it was written; its key and value are views into `body`. */
export function decodeLetter(body: Uint8Array): DeadLetter {
  const { json, rest } = parts(body);
  const { offset, topic, timestampMs, headers, retained, keyBytes, valueBytes, ...letter } = json as Stored;
  return {
    ...letter,
    record: {
      offset,
      topic,
      timestampMs,
      key: keyBytes === null ? null : rest.subarray(0, keyBytes),
      value: valueBytes === null ? null : rest.subarray(keyBytes ?? 0, (keyBytes ?? 0) + valueBytes),
      ...(headers !== undefined && { headers }),
      ...(retained !== undefined && { retained }),
    },
  };
}

/** How many bytes of a body its letter can be told from, with so much of the value as lists show. */
export function startBytes(body: Uint8Array): number {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const end = HEAD_BYTES + buffer.readUInt32LE(1);
  return end > buffer.length ? end : end + ((parts(body).json as Stored).keyBytes ?? 0) + LISTED_BYTES;
}

/** Has this record the key and the value the letter has, as far as the letter has them? */
export function isOf({ bytes, whole, record: { key, value } }: DeadLetter, record: RawRecord): boolean {
  const isSame = (kept: Uint8Array | null, now: Uint8Array | null): boolean =>
    kept === null || now === null
      ? kept === now
      : Buffer.compare(kept, whole ? now : now.subarray(0, kept.length)) === 0;
  return bytes === (record.value?.length ?? 0) && isSame(key, record.key) && isSame(value, record.value);
}

/** The JSON of a record's body, and what follows it. */
export function parts(body: Uint8Array): { readonly json: unknown; readonly rest: Buffer } {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const end = HEAD_BYTES + buffer.readUInt32LE(1);
  return { json: JSON.parse(buffer.toString('utf8', HEAD_BYTES, end)), rest: buffer.subarray(end) };
}
