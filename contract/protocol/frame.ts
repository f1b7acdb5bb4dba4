/**
 * A frame: one run of consecutive records of one partition, as one binary WebSocket message. It is the unit of
 * transfer, of storage and of atomic commit. Little-endian; the payload starts on a multiple of 8. (SPEC F1–F6)
 *
 *   offset size
 *        0    4  magic 'HWF1'
 *        4    2  header bytes, padding included (u16)
 *        6    2  flags (u16): 1 = row offsets are contiguous, 2 = it has parts
 *        8    4  partition (u32)
 *       12    4  rows (u32), at least 1
 *       16    8  first offset (i64)      the position just before this frame
 *       24    8  next offset (i64)       the position just after it
 *       32    8  min event time (i64, µs UTC)
 *       40    8  max event time (i64, µs UTC)
 *       48    8  watermark before (i64, µs UTC): the stream's watermark when the frame was begun; MIN_TIME_US = none
 *       56    8  sealed at (i64, µs UTC): the relay's clock when the frame was closed
 *       64    4  schema version (u32)
 *       68    2  stream name bytes (u16)
 *       70    2  epoch bytes (u16)
 *       72    …  stream name, epoch (UTF-8), zero padding to 8
 *        …  16×  parts, where it has them: rows (u32), zero (u32), watermark before them (i64, µs UTC)
 *        …    …  payload: one Arrow IPC stream with its end-of-stream marker
 *
 * Payload columns, in this order: `_event_time` timestamp[µs]; every field of the schema version except the time
 * field; and, unless flag 1 is set, `_delta` uint32, so that a row's offset is first offset + `_delta`.
 */
export interface FrameHeader {
  readonly stream: string;
  readonly epoch: string;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  readonly rows: number;
  readonly minEventTimeUs: number;
  readonly maxEventTimeUs: number;
  /** MIN_TIME_US when the stream has no watermark yet. */
  readonly watermarkBeforeUs: number;
  readonly sealedAtUs: number;
  readonly schemaVersion: number;
  /** Row i has offset firstOffset + i, and there is no `_delta` column. */
  readonly contiguous: boolean;
  /** Of frames that were made one, in their order; left out: by which watermark each row came is not told. (F10) */
  readonly parts?: readonly FramePart[];
}

export interface FramePart {
  /** At least 1; all parts together have the frame's. */
  readonly rows: number;
  readonly watermarkBeforeUs: number;
}

export interface Frame {
  readonly header: FrameHeader;
  /** One complete Arrow IPC stream, 8-byte aligned: a view into the message, or a copy when the message was not. */
  readonly payload: Uint8Array;
}

/** Names that stand beside a stream's fields and that a field may therefore not have. */
export const RESERVED_COLUMNS = ['_event_time', '_partition', '_offset', '_delta'] as const;

/** "No time yet": earlier than every event time that is accepted (|t| ≤ 8.64e15 µs, years 1696–2243). */
export const MIN_TIME_US = -8_640_000_000_000_000;
export const MAX_TIME_US = 8_640_000_000_000_000;

const MAGIC = 0x31465748; // 'HWF1' read as little-endian u32
const FIXED_BYTES = 72;
const CONTIGUOUS = 1;
const HAS_PARTS = 2;
const PART_BYTES = 16;

/** Header and payload in one new buffer, which may be sent to any number of sockets. */
export function encodeFrame(header: FrameHeader, payload: Uint8Array): Uint8Array {
  const stream = new TextEncoder().encode(header.stream);
  const epoch = new TextEncoder().encode(header.epoch);
  const partsStart = padded(FIXED_BYTES + stream.length + epoch.length);
  const headerBytes = partsStart + (header.parts?.length ?? 0) * PART_BYTES;
  const bytes = new Uint8Array(headerBytes + payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, headerBytes, true);
  view.setUint16(6, (header.contiguous ? CONTIGUOUS : 0) | (header.parts === undefined ? 0 : HAS_PARTS), true);
  view.setUint32(8, header.partition, true);
  view.setUint32(12, header.rows, true);
  view.setBigInt64(16, BigInt(header.firstOffset), true);
  view.setBigInt64(24, BigInt(header.nextOffset), true);
  view.setBigInt64(32, BigInt(header.minEventTimeUs), true);
  view.setBigInt64(40, BigInt(header.maxEventTimeUs), true);
  view.setBigInt64(48, BigInt(header.watermarkBeforeUs), true);
  view.setBigInt64(56, BigInt(header.sealedAtUs), true);
  view.setUint32(64, header.schemaVersion, true);
  view.setUint16(68, stream.length, true);
  view.setUint16(70, epoch.length, true);
  bytes.set(stream, FIXED_BYTES);
  bytes.set(epoch, FIXED_BYTES + stream.length);
  for (const [index, { rows, watermarkBeforeUs }] of (header.parts ?? []).entries()) {
    view.setUint32(partsStart + index * PART_BYTES, rows, true);
    view.setBigInt64(partsStart + index * PART_BYTES + 8, BigInt(watermarkBeforeUs), true);
  }
  bytes.set(payload, headerBytes);
  return bytes;
}

/** Reads one message; throws `FrameError` saying what was found. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const { header, headerBytes } = decodeFrameHeader(bytes);
  const payload = bytes.subarray(headerBytes);
  // Node hands out messages from a pool, at any address; readers of Arrow need their columns aligned.
  return { header, payload: payload.byteOffset % 8 === 0 ? payload : new Uint8Array(payload) };
}

/** The header alone, and where the payload begins; throws `FrameError`. */
export function decodeFrameHeader(bytes: Uint8Array): { readonly header: FrameHeader; readonly headerBytes: number } {
  if (bytes.length < FIXED_BYTES) throw new FrameError(`expected at least ${FIXED_BYTES} bytes, found ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0, true);
  if (magic !== MAGIC) throw new FrameError(`expected magic 'HWF1', found 0x${magic.toString(16)}`);
  const headerBytes = view.getUint16(4, true);
  const flags = view.getUint16(6, true);
  const streamBytes = view.getUint16(68, true);
  const epochBytes = view.getUint16(70, true);
  if (headerBytes < FIXED_BYTES + streamBytes + epochBytes || headerBytes > bytes.length)
    throw new FrameError(`header of ${headerBytes} bytes does not fit its names or its message of ${bytes.length}`);
  const text = new TextDecoder('utf-8', { fatal: true });
  const epochStart = FIXED_BYTES + streamBytes;
  const parts = (flags & HAS_PARTS) === 0 ? null : partsAt(view, padded(epochStart + epochBytes), headerBytes);
  const header: FrameHeader = {
    stream: text.decode(bytes.subarray(FIXED_BYTES, epochStart)),
    epoch: text.decode(bytes.subarray(epochStart, epochStart + epochBytes)),
    partition: view.getUint32(8, true),
    rows: view.getUint32(12, true),
    firstOffset: Number(view.getBigInt64(16, true)),
    nextOffset: Number(view.getBigInt64(24, true)),
    minEventTimeUs: Number(view.getBigInt64(32, true)),
    maxEventTimeUs: Number(view.getBigInt64(40, true)),
    watermarkBeforeUs: Number(view.getBigInt64(48, true)),
    sealedAtUs: Number(view.getBigInt64(56, true)),
    schemaVersion: view.getUint32(64, true),
    contiguous: (flags & CONTIGUOUS) !== 0,
    ...(parts !== null && { parts }),
  };
  const { rows } = header;
  if (rows === 0 || header.nextOffset < header.firstOffset + rows)
    throw new FrameError(`${rows} rows cannot fill offsets [${header.firstOffset}, ${header.nextOffset})`);
  const inParts = parts?.map((part) => part.rows) ?? [rows];
  if (inParts.includes(0) || inParts.reduce((sum, part) => sum + part, 0) !== rows)
    throw new FrameError(`${rows} rows in parts of ${inParts.join(', ')}`);
  return { header, headerBytes };
}

function partsAt(view: DataView, start: number, end: number): FramePart[] {
  const parts: FramePart[] = [];
  for (let at = start; at + PART_BYTES <= end; at += PART_BYTES)
    parts.push({ rows: view.getUint32(at, true), watermarkBeforeUs: Number(view.getBigInt64(at + 8, true)) });
  return parts;
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

/** A message that is not a frame: the connection it came by can no longer be trusted. */
export class FrameError extends Error {
  readonly code = 'bad_frame';
}
