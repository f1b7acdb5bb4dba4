import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressionsAlgorithms } from '@platformatic/kafka';

/**
 * Record batches as Kafka keeps and sends them (magic 2; big-endian; varints are zigzag):
 *
 *     i64 first offset · i32 length of what follows · i32 leader epoch · i8 magic · u32 CRC · i16 attributes
 *     i32 last offset delta · i64 first time · i64 newest time · i64 producer · i16 producer epoch · i32 sequence
 *     i32 count · records, compressed together as the attributes say
 *
 *     record: varint length · i8 attributes · varint time delta · varint offset delta · varint key length, −1: null · key
 *             varint value length, −1: null · value · varint count of headers · (name, value)*
 *
 * A log may still begin with messages of before Kafka 0.11 (magic 0 and 1), one offset each; a compressed one has the
 * offset of the last it holds. They are unreadable, and what is known of them is where they stand:
 *
 *     i64 offset · i32 length of what follows · u32 CRC · i8 magic · i8 attributes · i64 time (magic 1) · key · value
 */
export interface Batch {
  readonly firstOffset: number;
  readonly lastOffsetDelta: number;
  readonly partitionLeaderEpoch: number;
  readonly attributes: number;
  readonly firstTimestamp: number;
  readonly maxTimestamp: number;
  readonly producerId: bigint;
  readonly records: readonly BatchRecord[];
  /** Why its records cannot be had; null where they can. */
  readonly unreadable: string | null;
}

export interface BatchRecord {
  readonly offsetDelta: number;
  readonly timestampDelta: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers: readonly (readonly [Uint8Array | null, Uint8Array | null])[];
}

/** A batch of a few kilobytes may unpack to gigabytes, which no relay has: past this it is unreadable. */
export const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;

/** All whole batches; the last may have been sent in part, and is then left out. */
export function readBatches(bytes: Buffer): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at + LENGTH_END <= bytes.length; ) {
    const end = at + LENGTH_END + bytes.readInt32BE(at + 8);
    if (end > bytes.length || end <= at + MAGIC_AT) break;
    const old = bytes.readInt8(at + MAGIC_AT) < MAGIC;
    if (end < at + (old ? OLD_HEADER_BYTES : HEADER_BYTES)) break;
    batches.push((old ? readOld : readBatch)(bytes.subarray(at, end)));
    at = end;
  }
  return batches;
}

const LENGTH_END = 12;
const MAGIC_AT = 16;
const MAGIC = 2;
const HEADER_BYTES = 61;
/** With a key and a value that are null. */
const OLD_HEADER_BYTES = 26;
const COMPRESSION = 7;

function readBatch(bytes: Buffer): Batch {
  const attributes = bytes.readInt16BE(21);
  const header = {
    firstOffset: Number(bytes.readBigInt64BE(0)),
    lastOffsetDelta: bytes.readInt32BE(23),
    partitionLeaderEpoch: bytes.readInt32BE(12),
    attributes,
    firstTimestamp: Number(bytes.readBigInt64BE(27)),
    maxTimestamp: Number(bytes.readBigInt64BE(35)),
    producerId: bytes.readBigInt64BE(43),
  };
  try {
    const magic = bytes.readInt8(MAGIC_AT);
    if (magic !== MAGIC) throw new Error(`its format is ${magic}, which is not known`);
    const unpacked = unpack(bytes.subarray(HEADER_BYTES), attributes & COMPRESSION);
    return { ...header, records: new RecordReader(unpacked).records(bytes.readInt32BE(57)), unreadable: null };
  } catch (error) {
    return { ...header, records: [], unreadable: error instanceof Error ? error.message : String(error) };
  }
}

function readOld(bytes: Buffer): Batch {
  return {
    firstOffset: Number(bytes.readBigInt64BE(0)),
    lastOffsetDelta: 0,
    partitionLeaderEpoch: -1,
    attributes: bytes.readUInt8(MAGIC_AT + 1),
    firstTimestamp: -1,
    maxTimestamp: -1,
    producerId: -1n,
    records: [],
    unreadable: `its format is ${bytes.readInt8(MAGIC_AT)}, of before Kafka 0.11`,
  };
}

function unpack(packed: Buffer, compression: number): Buffer {
  const limit = { maxOutputLength: MAX_UNPACKED_BYTES };
  if (compression === 0 || packed.length === 0) return packed;
  if (compression === 1) return gunzipSync(packed, limit);
  if (compression === 2) return compressionsAlgorithms.snappy.decompressSync(packed);
  if (compression === 3) return compressionsAlgorithms.lz4.decompressSync(packed);
  if (compression === 4) return zstdDecompressSync(packed, limit);
  throw new Error(`its compression is of an unknown kind, ${compression}`);
}

class RecordReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  records(count: number): BatchRecord[] {
    const records: BatchRecord[] = [];
    for (let index = 0; index < count; index++) records.push(this.#record());
    return records;
  }

  #record(): BatchRecord {
    const length = this.#varint();
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new Error('its records are longer than the batch');
    this.#at++;
    const timestampDelta = this.#varint();
    const offsetDelta = this.#varint();
    const key = this.#field();
    const value = this.#field();
    const count = this.#varint();
    const headers: [Uint8Array | null, Uint8Array | null][] = count > 0 ? [] : NO_HEADERS;
    for (let index = 0; index < count; index++) headers.push([this.#field(), this.#field()]);
    // What later formats may add stands behind.
    this.#at = end;
    return { offsetDelta, timestampDelta, key, value, headers };
  }

  #field(): Uint8Array | null {
    const length = this.#varint();
    if (length < 0) return null;
    const at = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw new Error('a field is longer than the batch');
    return this.#bytes.subarray(at, this.#at);
  }

  /** Exact up to 2^53. */
  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++] ?? 0;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let value = byte & 0x7f;
    for (let scale = 128; byte >= 0x80; scale *= 128) {
      byte = bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

const NO_HEADERS: [Uint8Array | null, Uint8Array | null][] = [];
