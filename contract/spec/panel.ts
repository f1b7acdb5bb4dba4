import { z } from 'zod';
import { DurationSchema } from './duration.ts';

/** A panel: one picture of one window (or of a stream's latest rows), and its place on the board. */

const Place = {
  title: z.string({ error: 'expected a title' }).min(1),
  /** Columns of 24 it takes, and rows of about 30 px. */
  w: z.int({ error: 'expected its width in columns, a whole number from 1 to 24' }).min(1).max(24),
  h: z.int({ error: 'expected its height in rows of 30 px, a whole number from 1 to 60' }).min(1).max(60),
  unit: z.string().optional().meta({ description: 'Grafana unit id: currencyUSD, percentunit, ms, celsius, short …' }),
  decimals: z.int().min(0).max(6).optional(),
};

const WindowName = z.string({ error: 'expected the name of a window' });
const ColumnName = z.string({ error: 'expected a column of the window’s select' });

/** Measures over time, one series per measure or per value of `series`. */
export const TimeseriesSchema = z.strictObject({
  kind: z.literal('timeseries'),
  ...Place,
  window: WindowName,
  y: z
    .array(ColumnName)
    .min(1, { error: 'expected at least one column' })
    .meta({ description: 'Columns of the window’s select.' }),
  series: z.string().optional().meta({ description: 'A by-column of the window: one series per value.' }),
  order: z.array(z.string()).optional().meta({ description: 'Series in this order first.' }),
  draw: z.enum(['line', 'area', 'bars']).default('line'),
  stack: z.boolean().default(false),
});

/** One number: the measure folded over the last `over` of event time, with a sparkline of its windows. */
export const StatSchema = z.strictObject({
  kind: z.literal('stat'),
  ...Place,
  window: WindowName,
  value: ColumnName,
  over: z
    .union([z.literal('range'), DurationSchema])
    .optional()
    .meta({
      description: 'How much event time the number folds, or all that is in view. Left out: the newest window.',
    }),
  sparkline: z.boolean().default(true),
  warnAbove: z.number().optional().meta({ description: 'Coloured and said so above this, in the measure’s own unit.' }),
  alarmAbove: z.number().optional(),
  warnBelow: z.number().optional(),
  alarmBelow: z.number().optional(),
});

/** One bar per value of a by-column, folded over `over`. */
export const BarlistSchema = z.strictObject({
  kind: z.literal('barlist'),
  ...Place,
  window: WindowName,
  value: ColumnName,
  label: z.string({ error: 'expected a by-column of the window' }).meta({ description: 'A by-column of the window.' }),
  over: DurationSchema.optional().meta({
    description: 'How much event time each bar folds. Left out: the board’s range.',
  }),
  top: z.int().min(1).max(1000).default(20),
  sort: z.enum(['descending', 'ascending']).default('descending'),
  order: z.array(z.string()).optional().meta({ description: 'Exactly these bars in this order: a funnel.' }),
  warnBelow: z.number().optional(),
  alarmBelow: z.number().optional(),
});

/** The latest rows of a stream, newest event time first. */
export const TableSchema = z.strictObject({
  kind: z.literal('table'),
  ...Place,
  stream: z.string({ error: 'expected the name of a stream' }),
  columns: z.array(z.string()).optional().meta({ description: 'Fields to show. Left out: all.' }),
  limit: z.int().min(1).max(1000).default(50),
});

export const PanelSchema = z.discriminatedUnion('kind', [TimeseriesSchema, StatSchema, BarlistSchema, TableSchema]);
export type Panel = z.infer<typeof PanelSchema>;
export type TimeseriesPanel = z.infer<typeof TimeseriesSchema>;
export type StatPanel = z.infer<typeof StatSchema>;
export type BarlistPanel = z.infer<typeof BarlistSchema>;
export type TablePanel = z.infer<typeof TableSchema>;
