import { z } from 'zod';
import { DurationSchema } from './duration-schema.ts';
import type { Select } from './select.ts';
import type { WindowShape } from './window-shape.ts';

export { parseWindow } from './parse-window.ts';
export type { SpecProblem } from './spec-problem.ts';
export type { CalendarUnit } from './window-length.ts';
export { type WindowShape, windowStartUs } from './window-shape.ts';

const NameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'expected a name of letters, digits and _, not starting with a digit' });

/** One window as a user writes it under `windows:`. */
export const WindowSpecSchema = z
  .strictObject(
    {
      from: z
        .string({ error: 'expected the name of a stream or of a window' })
        .meta({ description: 'A stream, or another window.' }),
      window: z.string().meta({
        description:
          'tumble(size), hop(size, slide), cumulate(size, step), session(gap) or global(). Sizes are durations or calendar units (day, week, month, quarter, year) in a time zone; the last argument may be an offset.',
        examples: ['tumble(1m)', 'hop(1h, 5m)', 'cumulate(day, 1h, Europe/Berlin)', 'session(30m)', 'global()'],
      }),
      compute: z
        .record(NameSchema, z.string(), { error: 'expected a map, such as { total: price * amount }' })
        .optional()
        .meta({
          description: 'Name → SQL over a row, for where, by and select. Each may use those above it.',
        }),
      where: z.string().optional().meta({ description: 'SQL condition on the rows before the window.' }),
      dedup: z
        .strictObject(
          {
            by: z
              .array(z.string().min(1))
              .min(1, { error: 'expected at least one field' })
              .meta({ description: 'Fields or SQL that make rows the same.' }),
            within: DurationSchema.optional().meta({ description: 'Left out: the delay of the stream.' }),
          },
          { error: ({ code }) => (code === 'invalid_type' ? 'expected a map, such as { by: [event_id] }' : undefined) },
        )
        .optional()
        .meta({ description: 'Of rows that are the same only the first counts, until `within` after its event time.' }),
      by: z
        .union([z.array(z.string().min(1)), z.record(NameSchema, z.string().min(1))])
        .default([])
        .meta({ description: 'Fields or SQL expressions to group by: a list, or name → SQL.' }),
      grouping_sets: z
        .array(z.array(z.string()))
        .optional()
        .meta({ description: 'Groupings by some of the by-columns each; rows then have grouping_id.' }),
      select: z.record(NameSchema, z.string(), { error: 'expected a map, such as { events: count() }' }).meta({
        description:
          'Name → aggregate: count(), count_if(cond), sum(x), avg(x), min(x), max(x), variance(x), stddev(x), first(x), last(x), arg_min(x, y), arg_max(x, y), count_distinct(x), quantile(x, r), median(x), top_k(x, k), ratio(cond), rate(), each with filter(cond), and + - * / over them.',
      }),
      late: z
        .strictObject(
          {
            allow: DurationSchema.default('0s').meta({
              description: 'How long after the watermark has passed a window its rows still revise it.',
            }),
            judged: z.enum(['joined', 'alone']).optional().meta({
              description:
                'Sessions only. joined (when left out): a late row is judged by the session it joins, as in Flink; alone: by the one it would be by itself, as in Spark.',
            }),
          },
          { error: ({ code }) => (code === 'invalid_type' ? 'expected a map, such as { allow: 5m }' : undefined) },
        )
        .prefault({})
        .meta({ description: 'What becomes of rows behind the watermark.' }),
    },
    {
      error: ({ code }) =>
        code === 'invalid_type'
          ? 'expected a map, such as { from: events, window: tumble(1m), select: { events: count() } }'
          : undefined,
    },
  )
  .meta({ description: 'Aggregates over slices of event time.' });
export type WindowSpec = z.infer<typeof WindowSpecSchema>;

/** A column rows are grouped by: its name in the result, and SQL over a row. */
export interface ByColumn {
  readonly name: string;
  readonly expression: string;
}

/** A window ready to run. */
export interface Window {
  /** A stream or another window. */
  readonly from: string;
  readonly shape: WindowShape;
  readonly by: readonly ByColumn[];
  /** Each the indexes into `by` of what it groups by; one of them all where no sets are given. */
  readonly groupings: readonly (readonly number[])[];
  readonly hasGroupingSets: boolean;
  readonly where: string | null;
  /** Of rows with equal `by` (SQL over a row) the first counts, until `withinUs` after its time. */
  readonly dedup: { readonly by: readonly string[]; readonly withinUs: number } | null;
  readonly select: readonly Select[];
  readonly allowUs: number;
  /** Sessions: a late row is judged by itself, before it joins one. */
  readonly judgedAlone: boolean;
}
