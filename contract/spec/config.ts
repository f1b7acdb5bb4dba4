import { z } from 'zod';
import { StreamSpecSchema } from './stream.ts';
import { WindowSpecSchema } from './window.ts';

/** The whole configuration file, `highwater.yaml`. Everything has a default but the streams. */
export const ConfigSchema = z
  .strictObject({
    streams: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), StreamSpecSchema),
    windows: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), WindowSpecSchema).default({}),
    boards: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .meta({
        description:
          'Board files, relative to this file; * matches within a name. Left out: one board per stream is made.',
      }),
  })
  .meta({ title: 'Highwater configuration' });
export type Config = z.infer<typeof ConfigSchema>;
