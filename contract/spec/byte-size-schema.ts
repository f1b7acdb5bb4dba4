import { z } from 'zod';
import { parseByteSize } from './byte-size.ts';

const EXPECTED = 'expected a size such as 256MiB, 1GiB or 500MB';

/** A number of bytes as a user writes it. */
export const ByteSizeSchema = z
  .string({ error: EXPECTED })
  .refine((text) => parseByteSize(text) !== null, { error: EXPECTED, abort: true })
  .meta({ description: 'A number of bytes: a number and B, KB, MB, GB, KiB, MiB or GiB.', examples: ['1GiB'] });
