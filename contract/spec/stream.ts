import { z } from 'zod';
import { DurationSchema } from './duration.ts';
import { FieldTypeSchema } from './field.ts';

/** How the text or number of the time field is read; `auto` tells s, ms, µs and ns apart by size and takes ISO 8601. */
export const TimeFormatSchema = z.enum(['auto', 'iso', 'seconds', 'millis', 'micros', 'nanos']);
export type TimeFormat = z.infer<typeof TimeFormatSchema>;

export const TimeSpecSchema = z
  .strictObject({
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
      .union([z.literal('any'), DurationSchema])
      .optional()
      .meta({
        description:
          'How far beyond the relay’s clock an event may be; those beyond it are dead letters. Left out: 1h, and any for file:.',
      }),
  })
  .meta({ description: 'Event time.' });

const DeclaredFieldSchema = z.union([
  FieldTypeSchema,
  z.strictObject({
    type: FieldTypeSchema,
    unit: z.string().optional(),
    from: z.string().optional().meta({ description: 'Path in the record, such as sensor.temp. Left out: the name.' }),
  }),
]);

/** One stream as a user writes it under `streams:`. */
export const StreamSpecSchema = z
  .strictObject({
    source: z.string().meta({
      description: 'kafka://host:9092/topic · mqtt://host:1883/topic/filter · file:./events.jsonl · demo:shop',
      examples: ['kafka://localhost:9092/user_events'],
    }),
    format: z.enum(['json']).default('json'),
    from: z.enum(['earliest', 'latest']).default('earliest').meta({ description: 'Where a Kafka topic is read from.' }),
    speed: z
      .union([z.literal('max'), z.number().positive()])
      .default('max')
      .meta({ description: 'file: only. Replay by event time at this multiple, or as fast as it goes.' }),
    time: TimeSpecSchema.prefault({}),
    keep: DurationSchema.optional().meta({
      description:
        'Rows this much older than the newest event are let go by tabs; windows stay. Left out: as memory allows.',
      examples: ['6h'],
    }),
    fields: z
      .record(z.string().min(1), DeclaredFieldSchema)
      .optional()
      .meta({ description: 'Field names and types. Left out: inferred, and evolved when a new field appears.' }),
  })
  .meta({ description: 'A named, typed, positioned sequence of events.' });
export type StreamSpec = z.infer<typeof StreamSpecSchema>;
