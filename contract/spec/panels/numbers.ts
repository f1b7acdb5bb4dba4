import { z } from 'zod';
import { ColumnName, GroupName, Limits, Numbers, Over, Place, WindowName } from './parts.ts';

/** Panels of one number, or of a few that belong together. */

/** One number: the measure folded over the last `over` of event time, with a sparkline of its windows. */
export const StatSchema = z.strictObject({
  kind: z.literal('stat'),
  ...Place,
  ...Numbers,
  ...Limits,
  window: WindowName,
  value: ColumnName,
  over: Over.meta({
    description: 'How much event time the number folds, or all that is in view. Left out: the newest window.',
  }),
  sparkline: z.boolean().default(true),
});

/** One number on a dial between two ends. */
export const GaugeSchema = z.strictObject({
  kind: z.literal('gauge'),
  ...Place,
  ...Numbers,
  ...Limits,
  window: WindowName,
  value: ColumnName,
  over: Over,
  min: z.number().default(0),
  max: z.number({ error: 'expected the dial’s upper end, a number' }),
});

/** What was reached against what was wanted. */
export const TargetSchema = z.strictObject({
  kind: z.literal('target'),
  ...Place,
  ...Numbers,
  window: WindowName,
  actual: ColumnName,
  target: z.union([z.number(), ColumnName], { error: 'expected a number, or a column of the window’s select' }),
  label: GroupName.optional().meta({ description: 'A by-column: one bar per value. Left out: one for all.' }),
  over: Over,
  better: z.enum(['above', 'below']).default('above').meta({ description: 'On which side of the target it is good.' }),
});

/** Overall equipment effectiveness: availability × performance × quality, each from 0 to 1. (ISO 22400-2) */
export const OeeSchema = z.strictObject({
  kind: z.literal('oee'),
  ...Place,
  window: WindowName,
  availability: ColumnName,
  performance: ColumnName,
  quality: ColumnName,
  label: GroupName.optional().meta({ description: 'A by-column: one line per value. Left out: one for all.' }),
  over: Over,
  warnBelow: z.number().default(0.75),
  alarmBelow: z.number().default(0.6),
});

export type StatPanel = z.infer<typeof StatSchema>;
export type GaugePanel = z.infer<typeof GaugeSchema>;
export type TargetPanel = z.infer<typeof TargetSchema>;
export type OeePanel = z.infer<typeof OeeSchema>;
