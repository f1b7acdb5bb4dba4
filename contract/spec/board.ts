import { z } from 'zod';
import { parseDurationUs } from './duration.ts';
import { DurationSchema } from './duration-schema.ts';
import { PanelSchema } from './panel.ts';
import { ToneSchema } from './panels/parts.ts';
import { VariableSchema } from './variable.ts';
import { WindowSpecSchema } from './window.ts';

/** Something worth knowing about a moment or a stretch of time, on every panel over time. */
const AnnotationSchema = z.union(
  [
    z.strictObject({
      at: z.iso.datetime({ offset: true, error: 'expected a time, such as 2026-03-01T06:00:00Z' }),
      until: z.iso.datetime({ offset: true }).optional(),
      text: z.string(),
      tone: ToneSchema.optional(),
    }),
    z.strictObject({
      stream: z.string(),
      text: z.string().meta({ description: 'With fields in braces: `{version} deployed`.' }),
      only: z.record(z.string(), z.array(z.string())).optional(),
      tone: ToneSchema.optional(),
    }),
  ],
  { error: 'expected { at, text } or { stream, text: "{field} …" }' },
);
export type Annotation = z.infer<typeof AnnotationSchema>;

/** A board file: panels in reading order, laid out in 24 columns. */
export const BoardSchema = z
  .strictObject(
    {
      title: z.string({ error: 'expected a title' }).min(1),
      description: z.string().optional().meta({ description: 'One sentence for the list of boards.' }),
      tags: z.array(z.string()).optional(),
      /** What is in view: the last so much event time, or everything kept. */
      range: z.union([z.literal('all'), DurationSchema]).default('15m'),
      follow: z
        .enum(['event', 'wall'])
        .optional()
        .meta({ description: 'What “now” is: the newest event (left out), or the clock on the wall.' }),
      compare: z
        .enum(['1d', '7d'])
        .optional()
        .meta({ description: 'Charts and numbers against the same time a day or a week before. Left out: not.' }),
      timezone: z.string().optional().meta({ description: 'An IANA zone, or utc. Left out: the browser’s.' }),
      variables: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), VariableSchema).optional(),
      annotations: z.array(AnnotationSchema).optional(),
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

/** As it is written: an editor finds the schema of a JSON file in the file. */
export const BoardFileSchema = BoardSchema.extend({
  $schema: z.string().optional().meta({ description: 'Where this schema is, for editors.' }),
}).meta({ title: 'Highwater board' });

const MIN_TURN_US = 1_000_000;

/** Boards that a wall screen shows in turn. */
export const PlaylistSchema = z.strictObject({
  boards: z
    .array(z.string(), { error: 'expected a list of boards, such as [shop, factory]' })
    .min(1, { error: 'expected at least one board' }),
  every: DurationSchema.refine((text) => (parseDurationUs(text) ?? 0) >= MIN_TURN_US, {
    error: 'expected 1s or longer',
  })
    .default('30s')
    .meta({ description: 'How long each is shown.' }),
});
export type Playlist = z.infer<typeof PlaylistSchema>;
