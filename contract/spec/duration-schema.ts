import { z } from 'zod';
import { expectedDuration, parseDurationUs } from './duration.ts';

/** A duration as a user writes it; `0s` is allowed. */
export const DurationSchema = z
  .string({ error: ({ input }) => (input === undefined ? undefined : expectedDuration(input)) })
  .refine((text) => parseDurationUs(text) !== null, { error: ({ input }) => expectedDuration(input), abort: true })
  .meta({
    description: 'A length of time: a number and us, ms, s, m, h, d or w.',
    examples: ['10s', '1m'],
  });
