import { z } from 'zod';
import { ColumnName, GroupName, Limits, Numbers, Over, OverrideSchema, Place, WindowName } from './parts.ts';

/** Panels of many values side by side: one per group. */

/** One bar per value of a by-column, folded over `over`. */
export const BarlistSchema = z.strictObject({
  kind: z.literal('barlist'),
  ...Place,
  ...Numbers,
  ...Limits,
  window: WindowName,
  value: ColumnName,
  label: GroupName,
  over: Over,
  top: z.int().min(1).max(1000).default(20),
  sort: z.enum(['descending', 'ascending']).default('descending'),
  order: z.array(z.string()).optional().meta({ description: 'Exactly these bars in this order.' }),
});

/** Steps in their order, what is left at each, and where most is lost. */
export const FunnelSchema = z.strictObject({
  kind: z.literal('funnel'),
  ...Place,
  ...Numbers,
  window: WindowName,
  value: ColumnName,
  label: GroupName,
  steps: z
    .array(z.string(), { error: 'expected the steps in their order: values of label' })
    .min(2, { error: 'expected two steps at least' }),
  over: Over,
});

/** Shares of a whole; what can be added only. */
export const DonutSchema = z.strictObject({
  kind: z.literal('donut'),
  ...Place,
  ...Numbers,
  window: WindowName,
  value: ColumnName,
  label: GroupName,
  over: Over,
  top: z.int().min(2).max(8).default(6).meta({ description: 'Shares of their own; the others are one.' }),
});

/** How values are spread: one bar per bucket of a numeric by-column, such as `floor(latency_ms / 10) * 10`. */
export const HistogramSchema = z.strictObject({
  kind: z.literal('histogram'),
  ...Place,
  ...Numbers,
  window: WindowName,
  value: ColumnName.meta({ description: 'What is counted in each bucket.' }),
  bucket: GroupName.meta({ description: 'A by-column of numbers: where a bucket begins.' }),
  over: Over,
  marks: z
    .array(z.strictObject({ at: z.number(), title: z.string() }))
    .optional()
    .meta({ description: 'Lines at values worth knowing, such as a limit.' }),
});

/** One dot per group, at two of its measures. */
export const ScatterSchema = z.strictObject({
  kind: z.literal('scatter'),
  ...Place,
  window: WindowName,
  label: GroupName,
  x: ColumnName,
  y: ColumnName,
  size: ColumnName.optional(),
  series: GroupName.optional().meta({ description: 'A by-column whose value colours the dot.' }),
  over: Over,
  xUnit: z.string().optional(),
  unit: z.string().optional().meta({ description: 'Of y: a Grafana unit id.' }),
  decimals: z.int().min(0).max(6).optional(),
});

/** Rows: the latest of a stream, newest first, or one per group of a window. */
export const TableSchema = z.strictObject({
  kind: z.literal('table'),
  ...Place,
  stream: z.string({ error: 'expected the name of a stream' }).optional(),
  window: WindowName.optional(),
  columns: z
    .array(z.string())
    .optional()
    .meta({ description: 'Fields of the stream, or by-columns and columns of the window’s select. Left out: all.' }),
  over: Over.meta({ description: 'Of a window: how much event time each row folds. Left out: the board’s range.' }),
  sort: z
    .strictObject({ by: z.string(), direction: z.enum(['descending', 'ascending']).default('descending') })
    .optional()
    .meta({ description: 'Of a window, how rows stand until somebody sorts them. Left out: by its first measure.' }),
  limit: z.int().min(1).max(1000).default(50),
  cells: z
    .record(
      z.string(),
      z.strictObject({
        ...Numbers,
        ...Limits,
        ...OverrideSchema.pick({ title: true }).shape,
        bar: z.boolean().optional(),
      }),
    )
    .optional()
    .meta({ description: 'By column: unit, limits that colour it, mappings, or a bar behind the number.' }),
});

/** What happens, line by line, newest first. */
export const EventsSchema = z.strictObject({
  kind: z.literal('events'),
  ...Place,
  stream: z.string({ error: 'expected the name of a stream' }),
  text: z
    .string({ error: 'expected a text with fields in braces, such as "{machine}: {state}"' })
    .meta({ description: 'A line, with fields in braces: `{machine} is {state}`.' }),
  tone: z
    .strictObject({ field: z.string(), mappings: z.array(Numbers.mappings.unwrap().element) })
    .optional()
    .meta({ description: 'A field whose value colours the line.' }),
  only: z
    .record(z.string(), z.array(z.string()))
    .optional()
    .meta({ description: 'Only rows with one of these values, by field: `only: { state: [stopped, fault] }`.' }),
  limit: z.int().min(1).max(1000).default(100),
});

/** Words: Markdown, without scripts or styles. */
export const TextSchema = z.strictObject({
  kind: z.literal('text'),
  ...Place,
  text: z.string({ error: 'expected Markdown' }),
});

export type BarlistPanel = z.infer<typeof BarlistSchema>;
export type FunnelPanel = z.infer<typeof FunnelSchema>;
export type DonutPanel = z.infer<typeof DonutSchema>;
export type HistogramPanel = z.infer<typeof HistogramSchema>;
export type ScatterPanel = z.infer<typeof ScatterSchema>;
export type TablePanel = z.infer<typeof TableSchema>;
export type EventsPanel = z.infer<typeof EventsSchema>;
export type TextPanel = z.infer<typeof TextSchema>;
