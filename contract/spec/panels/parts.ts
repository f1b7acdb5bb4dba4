import { z } from 'zod';
import { DurationSchema } from '../duration-schema.ts';

/** What panels of several kinds are written with. */

/** How good a value is: coloured so, and said in words. */
export const ToneSchema = z.enum(['good', 'warn', 'alarm', 'off']);
export type Tone = z.infer<typeof ToneSchema>;

/** A colour of the theme: one of its eight series colours, or a tone's. */
export const ColorSchema = z.union([z.int().min(1).max(8), ToneSchema], {
  error: 'expected a series colour, 1 to 8, or good, warn, alarm or off',
});
export type Color = z.infer<typeof ColorSchema>;

/** What a value is shown as instead: the first that matches. */
export const MappingSchema = z.union(
  [
    z.strictObject({
      value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
      text: z.string().optional(),
      color: ColorSchema.optional(),
    }),
    z.strictObject({
      from: z.number().optional(),
      to: z.number().optional(),
      text: z.string().optional(),
      color: ColorSchema.optional(),
    }),
    z.strictObject({ matches: z.string(), text: z.string().optional(), color: ColorSchema.optional() }),
  ],
  {
    error: 'expected { value, text, color }, { from, to, text, color } or { matches: regular expression, text, color }',
  },
);
export type Mapping = z.infer<typeof MappingSchema>;

/** Where a click leads: another board with this value, or a page elsewhere. `$key` is the value clicked, `$column` its column. */
export const LinkSchema = z.union(
  [
    z.strictObject({ board: z.string(), title: z.string().optional() }),
    z.strictObject({ url: z.string(), title: z.string().optional() }),
  ],
  { error: 'expected { board: name } or { url: https://…$key }' },
);
export type Link = z.infer<typeof LinkSchema>;

/** How one series or column differs from the others of its panel. */
export const OverrideSchema = z.strictObject({
  title: z.string().optional(),
  color: ColorSchema.optional(),
  unit: z.string().optional(),
  decimals: z.int().min(0).max(6).optional(),
  draw: z.enum(['line', 'area', 'bars']).optional(),
  axis: z.enum(['left', 'right']).optional().meta({ description: 'Against which axis it is drawn.' }),
  dashed: z.boolean().optional(),
  hidden: z.boolean().optional().meta({ description: 'Not drawn until it is chosen in the legend.' }),
});
export type Override = z.infer<typeof OverrideSchema>;

/** Every panel has these: what it is called, and its place. */
export const Place = {
  title: z.string({ error: 'expected a title' }).min(1),
  description: z.string().optional().meta({ description: 'What it means, told beside the title.' }),
  /** Columns of 24 it takes, and rows of about 30 px. */
  w: z.int({ error: 'expected its width in columns, a whole number from 1 to 24' }).min(1).max(24),
  h: z.int({ error: 'expected its height in rows of 30 px, a whole number from 1 to 60' }).min(1).max(60),
  col: z
    .int({ error: 'expected its column, from 0 to 23' })
    .min(0)
    .max(23)
    .optional()
    .meta({ description: 'Its column and row, from 0. Left out: after the panel before it, in reading order.' }),
  row: z.int({ error: 'expected its row, from 0' }).min(0).max(1000).optional(),
  link: LinkSchema.optional(),
};

/** How numbers are written. */
export const Numbers = {
  unit: z.string().optional().meta({ description: 'Grafana unit id: currencyUSD, percentunit, ms, celsius, short …' }),
  decimals: z.int().min(0).max(6).optional(),
  mappings: z.array(MappingSchema).optional().meta({ description: 'Texts and colours instead of values.' }),
};

/** Where a number becomes worth a look, in its own unit; coloured and said so. */
export const Limits = {
  warnAbove: z.number().optional().meta({ description: 'Coloured and said so above this, in the measure’s own unit.' }),
  alarmAbove: z.number().optional(),
  warnBelow: z.number().optional(),
  alarmBelow: z.number().optional(),
};

export const WindowName = z.string({ error: 'expected the name of a window' });
export const ColumnName = z.string({ error: 'expected a column of the window’s select' });
export const GroupName = z
  .string({ error: 'expected a by-column of the window' })
  .meta({ description: 'A by-column of the window.' });

/** How much event time a number folds. */
export const Over = z
  .union([z.literal('range'), DurationSchema])
  .optional()
  .meta({ description: 'How much event time is folded, or `range`: all that is in view.' });
