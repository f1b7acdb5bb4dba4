import crc32 from 'crc-32';
import { z } from 'zod';
import {
  ConflatedSchema,
  GapSchema,
  ProgressSchema,
  SchemaMessageSchema,
  SubscribedSchema,
} from '../../contract/protocol/down.ts';
import { decodeFrame, encodeFrame } from '../../contract/protocol/frame.ts';
import { PositionSchema } from '../../contract/protocol/position.ts';
import { RECORD_HEADER_BYTES } from '../../contract/protocol/record.ts';
import type { ReceivedFrame, StreamMessage } from '../connection/inbox.ts';
import type { StreamHead } from './stream-head.ts';

/**
 * The body of a journal's record. With the 8 bytes of the record's header before it, a frame's payload lies on a multiple
 * of 8, as readers of Arrow need it.
 *
 *   offset size
 *        0    1  kind: 1 a segment's head, 2 a message, 3 a frame
 *        1    1  zero bytes at the end, so that the whole is a multiple of 8
 *        2    6  zero
 *        8    8  when it was applied (f64, ms of the wall clock)
 *       16    …  content: JSON (UTF-8), or a frame as it came
 */
export type JournalEntry = HeadEntry | MessageEntry | ReceivedFrame;

export interface HeadEntry {
  readonly head: StreamHead;
}

export interface MessageEntry {
  readonly message: StreamMessage;
  readonly atMs: number;
}

const HEAD = 1;
const MESSAGE = 2;
const FRAME = 3;
const CONTENT_AT = 16;

const HeadSchema = z.object({
  stream: z.string(),
  past: z.int().nonnegative(),
  rows: z.int().nonnegative(),
  position: PositionSchema.nullable(),
  watermarkUs: z.number().nullable(),
  maxEventTimeUs: z.number().nullable(),
  schemas: z.array(SchemaMessageSchema),
});

const MessageSchema = z.discriminatedUnion('type', [
  SchemaMessageSchema,
  SubscribedSchema,
  GapSchema,
  ConflatedSchema,
  ProgressSchema,
]);

/** CRC-32 of the parts of a body one after the other. */
export function checksum(...parts: readonly Uint8Array[]): number {
  let crc = 0;
  for (const part of parts) crc = crc32.buf(part, crc);
  return crc >>> 0;
}

/** Does it begin with a whole body of this checksum? Bodies end at a multiple of 8. */
export function beginsWith(bytes: Uint8Array, sum: number): boolean {
  let crc = 0;
  for (let end = 8; end <= bytes.length; end += 8) {
    crc = crc32.buf(bytes.subarray(end - 8, end), crc);
    if (crc >>> 0 === sum) return true;
  }
  return false;
}

/** A record with a value as its content. */
export function encodeValue(kind: number, value: unknown, atMs: number): Uint8Array {
  return encodeRecord(kind, new TextEncoder().encode(JSON.stringify(value)), NOTHING, atMs)[0];
}

export const encodeHead = (head: StreamHead, atMs: number) => encodeValue(HEAD, head, atMs);

export const encodeMessage = (message: StreamMessage, atMs: number) => encodeValue(MESSAGE, message, atMs);

/** A frame's record in parts; its payload is one of them, as it is. */
export function encodeReceived({ frame, receivedAtMs }: ReceivedFrame): Uint8Array[] {
  const { header, payload } = frame;
  return encodeRecord(FRAME, encodeFrame(header, NOTHING), payload, receivedAtMs).filter(({ length }) => length > 0);
}

const NOTHING = new Uint8Array(0);

/** Header, prefix and `start` in one, then `rest`, then what fills the last 8 bytes. */
function encodeRecord(kind: number, start: Uint8Array, rest: Uint8Array, atMs: number) {
  const padding = -(start.length + rest.length) & 7;
  // Zeros of a record in one part are part of it.
  const own = rest.length === 0 ? padding : 0;
  const first = new Uint8Array(RECORD_HEADER_BYTES + CONTENT_AT + start.length + own);
  const view = new DataView(first.buffer);
  const tail = new Uint8Array(padding - own);
  first[RECORD_HEADER_BYTES] = kind;
  first[RECORD_HEADER_BYTES + 1] = padding;
  view.setFloat64(RECORD_HEADER_BYTES + 8, atMs, true);
  first.set(start, RECORD_HEADER_BYTES + CONTENT_AT);
  view.setUint32(0, first.length - RECORD_HEADER_BYTES + rest.length + tail.length, true);
  view.setUint32(4, checksum(first.subarray(RECORD_HEADER_BYTES), rest, tail), true);
  return [first, rest, tail] as const;
}

/** Throws for a body that is whole and says nothing that is known here. */
export function decodeEntry(body: Uint8Array): JournalEntry {
  const { kind, atMs, content } = partsOf(body);
  switch (kind) {
    case HEAD:
      return { head: HeadSchema.parse(jsonOf(content)) };
    case MESSAGE:
      return { message: MessageSchema.parse(jsonOf(content)), atMs };
    case FRAME:
      return { frame: decodeFrame(content), receivedAtMs: atMs };
    default:
      throw new RangeError(`a record of kind ${kind}`);
  }
}

/** The JSON value of a body. */
export function decodeValue(body: Uint8Array): unknown {
  return jsonOf(partsOf(body).content);
}

function partsOf(body: Uint8Array): { readonly kind: number; readonly atMs: number; readonly content: Uint8Array } {
  const padding = body[1] ?? 0;
  if (body.length < CONTENT_AT + padding) throw new RangeError(`a record of ${body.length} bytes`);
  const atMs = new DataView(body.buffer, body.byteOffset).getFloat64(8, true);
  return { kind: body[0] ?? 0, atMs, content: body.subarray(CONTENT_AT, body.length - padding) };
}

function jsonOf(content: Uint8Array): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content));
}
