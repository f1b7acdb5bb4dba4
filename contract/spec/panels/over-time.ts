import { z } from 'zod';
import { ColumnName, GroupName, Limits, Numbers, OverrideSchema, Place, WindowName } from './parts.ts';

/** Panels with event time from left to right. */

/** Measures over time, one series per measure or per value of `series`. */
export const TimeseriesSchema = z.strictObject({
  kind: z.literal('timeseries'),
  ...Place,
  ...Numbers,
  ...Limits,
  window: WindowName,
  y: z
    .array(ColumnName)
    .min(1, { error: 'expected at least one column' })
    .meta({ description: 'Columns of the window’s select.' }),
  series: z.string().optional().meta({ description: 'A by-column of the window: one series per value.' }),
  order: z.array(z.string()).optional().meta({ description: 'Series in this order first.' }),
  draw: z.enum(['line', 'area', 'bars']).default('line'),
  stack: z.boolean().default(false),
  min: z.number().optional().meta({ description: 'Lower end of the axis. Left out: from the values.' }),
  max: z.number().optional(),
  nulls: z
    .enum(['gap', 'connect', 'zero'])
    .optional()
    .meta({ description: 'Windows without a value: a gap in the line (left out), drawn over, or taken for 0.' }),
  bands: z
    .array(z.strictObject({ low: ColumnName, high: ColumnName, title: z.string().optional() }))
    .optional()
    .meta({ description: 'Filled between two columns of y: a range of quantiles, or of tolerance.' }),
  legend: z
    .array(z.enum(['last', 'min', 'max', 'mean', 'sum']))
    .optional()
    .meta({ description: 'Values beside each name. Left out: the last; empty: names alone.' }),
  overrides: z
    .record(z.string(), OverrideSchema)
    .optional()
    .meta({ description: 'By series, as the legend names it.' }),
});

/** A measure by colour, time from left to right and a by-column's values from top to bottom. */
export const HeatmapSchema = z.strictObject({
  kind: z.literal('heatmap'),
  ...Place,
  ...Numbers,
  window: WindowName,
  value: ColumnName,
  rows: GroupName.meta({
    description: 'A by-column; numbers and their buckets stand in their order, the lowest below.',
  }),
  top: z.int().min(1).max(100).default(40).meta({ description: 'At most so many rows: those with most.' }),
  scale: z.enum(['linear', 'log']).default('linear'),
});

/** What state each of a few things was in, as coloured stretches of time. */
export const StateTimelineSchema = z.strictObject({
  kind: z.literal('state-timeline'),
  ...Place,
  ...Numbers,
  window: WindowName,
  value: ColumnName.meta({ description: 'A column of texts or numbers, such as last(state).' }),
  rows: GroupName.optional(),
  order: z.array(z.string()).optional().meta({ description: 'Rows in this order first.' }),
  hold: z
    .boolean()
    .default(true)
    .meta({ description: 'A state lasts until the next is told; false: windows without a value are empty.' }),
});

/** A measure against its control limits (Shewhart chart of individuals). */
export const ControlChartSchema = z.strictObject({
  kind: z.literal('control-chart'),
  ...Place,
  ...Numbers,
  window: WindowName,
  value: ColumnName,
  center: z.number().optional().meta({ description: 'Left out: the mean of the final windows in view.' }),
  lower: z
    .number()
    .optional()
    .meta({ description: 'Lower control limit. Left out: center − 2.66 × mean moving range.' }),
  upper: z
    .number()
    .optional()
    .meta({ description: 'Upper control limit. Left out: center + 2.66 × mean moving range.' }),
  specLow: z.number().optional().meta({ description: 'Lower limit of the specification.' }),
  specHigh: z.number().optional().meta({ description: 'Upper limit of the specification.' }),
});

export type TimeseriesPanel = z.infer<typeof TimeseriesSchema>;
export type HeatmapPanel = z.infer<typeof HeatmapSchema>;
export type StateTimelinePanel = z.infer<typeof StateTimelineSchema>;
export type ControlChartPanel = z.infer<typeof ControlChartSchema>;
