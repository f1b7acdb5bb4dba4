import { z } from 'zod';
import { SchemaMessageSchema, type StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrameHeader, type FrameHeader } from '../../contract/protocol/frame.ts';

/**
 * The records of a log on disk. A body is a byte that says what it is, and the rest:
 *
 *     1 opening   JSON, the first record of every segment: all that has to be known to read on from there
 *     2 frame     the message as it is sent
 *     3 gap       JSON
 *     4 progress  JSON: records that are no rows, or a watermark that moved on without any
 *     5 schema    JSON: a version, before its first frame
 *     6 partition JSON: one that came later
 */
const KINDS = { opening: 1, frame: 2, gap: 3, progress: 4, schema: 5, partition: 6 } as const;

const OffsetsSchema = z.record(z.string(), z.int().nonnegative());

const OpeningSchema = z.object({
  format: z.literal(1),
  epoch: z.string(),
  /** Where the relay began to read, in this epoch. */
  begin: OffsetsSchema,
  /** Partition → the offset the next entry begins at. */
  next: OffsetsSchema,
  /** Partition → newest event time of all before; left out where there was none. */
  newestUs: z.record(z.string(), z.int()),
  /** Partitions of which the source had more before what came here. */
  notFromFirst: z.array(z.int()),
  watermarkUs: z.int().nullable(),
  schemas: z.array(SchemaMessageSchema),
  /** Partition → a gap of unknown size just before; what let go of it has to tell it still. */
  gaps: z.record(z.string(), z.object({ reason: z.string(), foundAtMs: z.number() })).default({}),
  atMs: z.number(),
});
export type Opening = z.infer<typeof OpeningSchema>;

const ExtentSchema = z.object({ partition: z.int(), firstOffset: z.int(), nextOffset: z.int(), atMs: z.number() });
/** `foundAtMs` left out: as it was written. */
const GapSchema = ExtentSchema.extend({ reason: z.string(), foundAtMs: z.number().optional() });
const ProgressSchema = ExtentSchema.extend({ watermarkUs: z.int().nullable() });
const PartitionSchema = z.object({ partition: z.int(), offset: z.int(), fromFirst: z.boolean() });

export type LogRecord =
  | ({ readonly kind: 'opening' } & Opening)
  | { readonly kind: 'frame'; readonly header: FrameHeader; readonly payloadBytes: number }
  | ({ readonly kind: 'gap' } & z.infer<typeof GapSchema>)
  | ({ readonly kind: 'progress' } & z.infer<typeof ProgressSchema>)
  | { readonly kind: 'schema'; readonly schema: StreamSchema }
  | ({ readonly kind: 'partition' } & z.infer<typeof PartitionSchema>);

/** May a record begin with it? */
export function isRecordKind(byte: number): boolean {
  return byte >= KINDS.opening && byte <= KINDS.partition;
}

/** What goes before a frame's message. */
export const FRAME_KIND = Uint8Array.of(KINDS.frame);

export function encodeRecord(record: Exclude<LogRecord, { kind: 'frame' }>): Uint8Array {
  const { kind, ...rest } = record;
  const text = new TextEncoder().encode(JSON.stringify('schema' in rest ? rest.schema : rest));
  const body = new Uint8Array(1 + text.length);
  body[0] = KINDS[kind];
  body.set(text, 1);
  return body;
}

/** Throws what is wrong with a record that is whole and not of this format. */
export function decodeRecord(body: Uint8Array): LogRecord {
  const rest = messageOf(body);
  switch (body[0]) {
    case KINDS.frame: {
      const { header, headerBytes } = decodeFrameHeader(rest);
      return { kind: 'frame', header, payloadBytes: rest.length - headerBytes };
    }
    case KINDS.opening:
      return { kind: 'opening', ...OpeningSchema.parse(json(rest)) };
    case KINDS.gap:
      return { kind: 'gap', ...GapSchema.parse(json(rest)) };
    case KINDS.progress:
      return { kind: 'progress', ...ProgressSchema.parse(json(rest)) };
    case KINDS.schema:
      return { kind: 'schema', schema: SchemaMessageSchema.parse(json(rest)) };
    case KINDS.partition:
      return { kind: 'partition', ...PartitionSchema.parse(json(rest)) };
  }
  throw new Error(`a record of the unknown kind ${body[0]}`);
}

/** A frame's message, out of its record. */
export function messageOf(body: Uint8Array): Uint8Array {
  return body.subarray(1);
}

function json(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}
