import { z } from 'zod';
import { PlaylistSchema } from './board.ts';
import { StreamSpecSchema } from './stream.ts';
import { WindowSpecSchema } from './window.ts';

/** Streams and windows are tables: their names are SQL names. */
const NameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: ({ input }) => `expected a name of ${NAME_FORM}${meantName(input)}` });
const NAME_FORM = 'letters, digits and _, not starting with a digit';

function meantName(found: unknown): string {
  const name = String(found)
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^(?=\d)/, '_');
  return /[A-Za-z0-9]/.test(name) ? `, such as ${name}` : '';
}

/** The whole configuration file, `highwater.yaml`. Everything has a default but the streams. */
export const ConfigSchema = z
  .strictObject(
    {
      streams: z.record(NameSchema, StreamSpecSchema, {
        error: 'expected a map of names, such as events: { source: kafka://localhost:9092/events }',
      }),
      windows: z
        .record(NameSchema, WindowSpecSchema, {
          error:
            'expected a map of names, such as by_minute: { from: events, window: tumble(1m), select: { events: count() } }',
        })
        .default({}),
      boards: z
        .union(
          [z.string(), z.array(z.string()).min(1, { error: 'expected at least one file; left out, boards are made' })],
          {
            error: 'expected a file such as boards/*.yaml, or a list of files; left out, boards are made',
          },
        )
        .optional()
        .meta({
          description:
            'Board files, relative to this file; * matches within a name. Left out: one board per stream is made.',
        }),
      playlists: z
        .record(NameSchema, PlaylistSchema, {
          error: 'expected a map of names, such as wall: { boards: [shop, factory], every: 30s }',
        })
        .default({})
        .meta({ description: 'Boards that a wall screen shows in turn, by their files’ names: `?playlist=wall`.' }),
    },
    {
      error: ({ code }) =>
        code === 'invalid_type' ? 'expected a map: streams and, where there are any, windows and boards' : undefined,
    },
  )
  .meta({ title: 'Highwater configuration' });
export type Config = z.infer<typeof ConfigSchema>;
