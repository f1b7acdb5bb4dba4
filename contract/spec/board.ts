import { z } from 'zod';
import { DurationSchema } from './duration.ts';
import { PanelSchema } from './panel.ts';
import { WindowSpecSchema } from './window.ts';

/** A board file: panels in reading order, laid out in 24 columns. */
export const BoardSchema = z
  .strictObject({
    title: z.string().min(1),
    /** What is in view: the last so much event time, or everything kept. */
    range: z.union([z.literal('all'), DurationSchema]).default('15m'),
    windows: z
      .record(z.string(), WindowSpecSchema)
      .optional()
      .meta({ description: 'Windows that only this board names.' }),
    panels: z.array(PanelSchema).min(1),
  })
  .meta({ description: 'A dashboard.' });
export type Board = z.infer<typeof BoardSchema>;
