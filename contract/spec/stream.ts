import { z } from 'zod';
import { ByteSizeSchema } from './byte-size-schema.ts';
import { meantDuration, parseDurationUs } from './duration.ts';
import { DurationSchema } from './duration-schema.ts';
import { expectedType, FieldTypeSchema, type RecordPart, RecordPartSchema } from './field.ts';

/** What to say where something else stands in a map's place. */
const asMap = (example: string) => ({
  error: ({ code }: { readonly code?: string }) =>
    code === 'invalid_type' ? `expected a map, such as ${example}` : undefined,
});

/** How the text or number of the time field is read; `auto` tells s, ms, µs and ns apart by size and takes ISO 8601. */
export const TimeFormatSchema = z.enum(['auto', 'iso', 'seconds', 'millis', 'micros', 'nanos']);
export type TimeFormat = z.infer<typeof TimeFormatSchema>;

export const TimeSpecSchema = z
  .strictObject(
    {
      field: z
        .string()
        .optional()
        .meta({ description: 'The field that says when the event happened. Left out: inferred.' }),
      format: TimeFormatSchema.default('auto'),
      delay: DurationSchema.default('10s').meta({ description: 'How far the watermark trails the newest event time.' }),
      idle: DurationSchema.default('5s').meta({
        description: 'A partition read to its end and silent for so long no longer holds the watermark back.',
      }),
      ahead: z
        .union([z.literal('any'), DurationSchema], { error: 'expected any, or a duration such as 1h' })
        .optional()
        .meta({
          description:
            'How far beyond the relay’s clock an event may be; those beyond it are dead letters. Left out: 1h, and any for file:.',
        }),
    },
    asMap('{ field: timestamp, delay: 10s }'),
  )
  .meta({ description: 'Event time.' });

const DeclaredFieldSchema = z.union(
  [
    FieldTypeSchema,
    z.strictObject({
      type: FieldTypeSchema,
      unit: z.string().optional(),
      from: z
        .union([z.string(), z.array(z.string()).min(1)])
        .optional()
        .meta({
          description:
            'Path in the record, such as sensor.temp; several where a field was renamed, the first that is there counts. Left out: the name.',
        }),
    }),
  ],
  { error: ({ input }) => `${expectedType(input)}, or a map such as { type: float64, unit: ms }` },
);

/** What of a record, beside its value, becomes columns. Names that are taken get a number, as fields do. (D8) */
export const RecordColumnSchema = RecordPartSchema;
export type RecordColumn = RecordPart;

const SecretSchema = z.string({ error: 'expected text, or env:NAME for an environment variable' }).meta({
  description: 'Text, or env:NAME for what the environment variable NAME holds, so that no secret stands in the file.',
});

/** How a source is reached and who asks. Files are paths from the configuration's folder. */
export const SecuritySpecSchema = z
  .strictObject(
    {
      tls: z
        .strictObject(
          {
            ca: z
              .string()
              .optional()
              .meta({ description: 'File of certificates to trust. Left out: those of the system.' }),
            cert: z.string().optional().meta({ description: 'File of the certificate to show.' }),
            key: z.string().optional().meta({ description: 'File of its private key.' }),
          },
          asMap('{ ca: ca.pem }, or {} to trust what the system trusts'),
        )
        .optional()
        .meta({ description: 'Speak TLS. The broker’s certificate is always checked.' }),
      sasl: z
        .strictObject(
          {
            mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512']),
            username: SecretSchema,
            password: SecretSchema,
          },
          asMap('{ mechanism: scram-sha-512, username: reader, password: env:KAFKA_PASSWORD }'),
        )
        .optional()
        .meta({ description: 'kafka: only. MQTT has its user in the URL.' }),
    },
    asMap('{ tls: {} }'),
  )
  .meta({ description: 'How a source is reached and who asks.' });
export type SecuritySpec = z.infer<typeof SecuritySpecSchema>;

const FromSchema = z
  .union(
    [
      z.enum(['earliest', 'latest']),
      DurationSchema,
      z.iso.datetime({ offset: true, error: ({ input }) => expectedFrom(input) }),
      z
        .record(
          z.string().regex(/^\d+$/, { error: 'expected a partition’s number' }),
          z.int({ error: 'expected an offset' }).nonnegative({ error: 'expected an offset from 0 on' }),
        )
        .refine((offsets) => Object.keys(offsets).length > 0, { error: 'expected offsets such as { 0: 1200 }' }),
    ],
    { error: ({ input }) => expectedFrom(input) },
  )
  .meta({
    description:
      'Where a Kafka topic is read from: earliest, latest, so long ago (2h), a time (2026-11-22T10:00:00Z), or offsets by partition ({ 0: 1200 }).',
    examples: ['earliest', '2h'],
  });

function expectedFrom(found: unknown): string {
  const [, date, time] = (typeof found === 'string' && /^(\d{4}-\d\d-\d\d)[T ]?(\d\d:\d\d)?/.exec(found)) || [];
  const meant = date === undefined ? meantDuration(found) : `${date}T${time ?? '00:00'}:00Z`;
  const form = 'earliest, latest, a duration (2h), a time (2026-11-22T10:00:00Z) or offsets ({ 0: 1200 })';
  return `expected ${form}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

/** A log's segments are a sixteenth of its age: shorter ones would be files for nothing. */
const MIN_LOG_AGE_US = 60_000_000;

/** One stream as a user writes it under `streams:`. */
export const StreamSpecSchema = z
  .strictObject(
    {
      source: z.string({ error: 'expected where its records are, such as kafka://localhost:9092/events' }).meta({
        description:
          'kafka://host:9092/topic (or topic,topic or orders-*) · mqtt://host:1883/topic/filter · file:./events.jsonl · demo:shop (factory, warehouse, hospital)',
        examples: ['kafka://localhost:9092/user_events'],
      }),
      security: SecuritySpecSchema.optional(),
      columns: z
        .array(RecordColumnSchema)
        .min(1, { error: 'expected at least one column; or leave it out' })
        .optional()
        .meta({
          description:
            'Columns beside the value’s fields: the key, headers and topic of Kafka records; the properties and the retained flag of MQTT messages (their topic always is).',
        }),
      format: z.enum(['json']).default('json'),
      from: FromSchema.default('earliest'),
      backfill: DurationSchema.optional().meta({
        description: 'How far back, by event time, a tab that opens begins. Left out: at the oldest the relay has.',
        examples: ['15m'],
      }),
      latest_by: z
        .array(z.string().min(1))
        .min(1, { error: 'expected at least one field, such as [machine_id]; or leave it out' })
        .refine((names) => new Set(names).size === names.length, { error: 'expected each field once' })
        .optional()
        .meta({
          description:
            'A tab that falls behind is given only the newest row of each value of these fields. Left out: every row, later.',
          examples: [['machine_id']],
        }),
      log: z
        .strictObject(
          {
            max_bytes: ByteSizeSchema.optional().meta({
              description: 'Left out: 1GiB on disk; in memory an even share of 256MiB.',
              examples: ['4GiB'],
            }),
            max_age: DurationSchema.refine((text) => (parseDurationUs(text) ?? 0) >= MIN_LOG_AGE_US, {
              error: 'expected 1m or longer',
            }).default('7d'),
          },
          asMap('{ max_bytes: 4GiB, max_age: 2d }'),
        )
        .prefault({})
        .meta({
          description: 'What the relay keeps of the stream; the oldest goes first.',
        }),
      speed: z
        .union([z.literal('max'), z.number().positive()], { error: 'expected max, or a number above 0 such as 10' })
        .default('max')
        .meta({ description: 'file: only. Replay by event time at this multiple, or as fast as it goes.' }),
      time: TimeSpecSchema.prefault({}),
      keep: DurationSchema.refine((text) => (parseDurationUs(text) ?? 0) > 0, {
        error: 'expected longer than 0s; left out, rows are kept as memory allows',
      })
        .optional()
        .meta({
          description:
            'Rows this much older than the newest event are let go by tabs; windows stay. Left out: as memory allows.',
          examples: ['6h'],
        }),
      fields: z
        .record(z.string().min(1), DeclaredFieldSchema, { error: 'expected a map, such as { price: float64 }' })
        .optional()
        .meta({ description: 'Field names and types. Left out: inferred, and evolved when a new field appears.' }),
    },
    asMap('{ source: kafka://localhost:9092/events }'),
  )
  .meta({ description: 'A named, typed, positioned sequence of events.' });
export type StreamSpec = z.infer<typeof StreamSpecSchema>;
