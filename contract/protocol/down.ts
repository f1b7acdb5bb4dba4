import { z } from 'zod';
import { BoardSchema, PlaylistSchema } from '../spec/board.ts';
import { FieldSchema } from '../spec/field.ts';
import { WindowSpecSchema } from '../spec/window.ts';
import { PositionSchema } from './position.ts';

/**
 * Relay → tab. JSON text messages; binary messages are frames (`frame.ts`).
 * Times are µs UTC in `…Us` fields, milliseconds in `…Ms`.
 */

/** First answer to `hello`. `run` is new at every start of the relay. */
export const WelcomeSchema = z.object({
  type: z.literal('welcome'),
  protocol: z.int(),
  run: z.string(),
  heartbeatMs: z.int().positive(),
  streams: z.array(z.string()),
});

/** The boards and the windows they draw from; sent after `welcome` and again whenever they change. */
export const BoardsSchema = z.object({
  type: z.literal('boards'),
  windows: z.record(z.string(), WindowSpecSchema),
  boards: z.record(z.string(), BoardSchema),
  playlists: z.record(z.string(), PlaylistSchema),
  /** What is wrong with files changed since the start: what they were before is sent. */
  problems: z.array(z.object({ file: z.string(), board: z.string().nullable(), lines: z.array(z.string()) })),
  /** Boards made for streams nobody has written one for. */
  made: z.array(z.string()),
});

/** A stream's fields at one version. Always sent before the first frame of that version. */
export const SchemaMessageSchema = z.object({
  type: z.literal('schema'),
  stream: z.string(),
  version: z.int().nonnegative(),
  /** The field event time is read from; its column is `_event_time`. */
  timeField: z.string(),
  /** True when the fields were inferred from the records rather than declared. */
  inferred: z.boolean(),
  fields: z.array(FieldSchema),
  /** Rows this many µs older than the newest event are let go; left out: as memory allows. */
  keepUs: z.number().positive().optional(),
  /** A tab that falls behind is given only the newest row of each value of these fields; left out: every row. (F8) */
  latestBy: z.array(z.string()).optional(),
});
export type StreamSchema = z.infer<typeof SchemaMessageSchema>;

/**
 * Answer to `subscribe`: exactly one outcome. (P5)
 *   fresh    the reader had no position
 *   resumed  every record after its position will come, once
 *   gap      records between its position and `position` are lost; what it has stays true
 *   reset    its position belongs to another past: it must drop the stream's rows and start again
 */
export const SubscribedSchema = z.object({
  type: z.literal('subscribed'),
  stream: z.string(),
  outcome: z.enum(['fresh', 'resumed', 'gap', 'reset']),
  /** Where delivery starts, all partitions known now. */
  position: PositionSchema,
  /** For `gap` and `reset`, and for `fresh` that could not reach the beginning: why, in a sentence for the viewer. */
  reason: z.string().nullable(),
  /** Records known to be lost; null when it cannot be known. */
  missing: z.int().nonnegative().nullable(),
  /** When that was noticed, by the relay's clock; left out: now. */
  foundAtMs: z.number().optional(),
});

/** A loss found while delivering (a slow tab fell behind a bounded log). The tab moves its position to `nextOffset`. */
export const GapSchema = z.object({
  type: z.literal('gap'),
  stream: z.string(),
  epoch: z.string(),
  partition: z.int().nonnegative(),
  firstOffset: z.int().nonnegative(),
  nextOffset: z.int().nonnegative(),
  reason: z.string(),
  /** When it was noticed, by the relay's clock; left out: now. */
  foundAtMs: z.number().optional(),
});

/**
 * Records this subscription was not given because newer ones of the same `latestBy` values were, since it was answered.
 * Sent after the frame that stands for them.
 */
export const ConflatedSchema = z.object({
  type: z.literal('conflated'),
  stream: z.string(),
  records: z.int().nonnegative(),
});

/** Nothing more below these positions and this watermark, rows or not: moves idle streams and rowless stretches on. (W4) */
export const ProgressSchema = z.object({
  type: z.literal('progress'),
  stream: z.string(),
  epoch: z.string(),
  next: z.record(z.string(), z.int().nonnegative()),
  watermarkUs: z.int().nullable(),
});

/** What the source does now, in words for the viewer. */
export const SourceStateSchema = z.object({
  state: z.enum(['connecting', 'live', 'idle', 'ended', 'failed']),
  /** What was found; null when all is well. */
  message: z.string().nullable(),
  /** What to do next; null when there is nothing to do. */
  fix: z.string().nullable(),
});
export type SourceState = z.infer<typeof SourceStateSchema>;

/** Once a second: what the relay knows about each stream. */
export const StatsSchema = z.object({
  type: z.literal('stats'),
  /** The relay's clock when this was sent. */
  atMs: z.number().optional(),
  streams: z.record(
    z.string(),
    z.object({
      source: SourceStateSchema,
      records: z.int().nonnegative(),
      deadLetters: z.int().nonnegative(),
      /** The newest dead letter's reason, masked; null when there is none. */
      lastDeadLetter: z.string().nullable(),
      /** Records the source has and the relay has not read; null when the source cannot say. */
      lagRecords: z.int().nonnegative().nullable(),
    }),
  ),
});

/** A subscribe or message the relay cannot honour; the socket stays open. */
export const FaultSchema = z.object({
  type: z.literal('fault'),
  code: z.string(),
  stream: z.string().nullable(),
  message: z.string(),
});

export const PongSchema = z.object({ type: z.literal('pong') });

/** The relay closes. `retry` false: trying again as is will fail the same way. */
export const ByeSchema = z.object({
  type: z.literal('bye'),
  code: z.enum(['shutdown', 'protocol_mismatch', 'bad_message', 'too_slow', 'too_many']),
  message: z.string(),
  retry: z.boolean(),
  retryAfterMs: z.int().nonnegative(),
});

export const DownSchema = z.discriminatedUnion('type', [
  WelcomeSchema,
  BoardsSchema,
  SchemaMessageSchema,
  SubscribedSchema,
  GapSchema,
  ConflatedSchema,
  ProgressSchema,
  StatsSchema,
  FaultSchema,
  PongSchema,
  ByeSchema,
]);
export type Down = z.infer<typeof DownSchema>;
