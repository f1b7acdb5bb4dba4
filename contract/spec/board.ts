import { z } from 'zod';
import { DurationSchema } from './duration.ts';
import { PanelSchema } from './panel.ts';
import { WindowSpecSchema } from './window.ts';

/** A board file: panels in reading order, laid out in 24 columns. */
export const BoardSchema = z
  .strictObject(
    {
      title: z.string({ error: 'expected a title' }).min(1),
      /** What is in view: the last so much event time, or everything kept. */
      range: z.union([z.literal('all'), DurationSchema]).default('15m'),
      windows: z
        .record(z.string(), WindowSpecSchema)
        .optional()
        .meta({ description: 'Windows that only this board names.' }),
      panels: z
        .array(PanelSchema, { error: 'expected a list of panels, each on a line that begins with -' })
        .min(1, { error: 'expected at least one panel' }),
    },
    {
      error: ({ code }) =>
        code === 'invalid_type' ? 'expected a map: title, panels and, where it has its own, windows' : undefined,
    },
  )
  .meta({ description: 'A dashboard.' });
export type Board = z.infer<typeof BoardSchema>;
