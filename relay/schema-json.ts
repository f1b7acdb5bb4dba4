import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ConfigSchema } from '../contract/spec/config.ts';

/** The configuration's JSON Schema (draft-07), which editors read for completion. Run this file to write it anew. */
export function configJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(ConfigSchema, { target: 'draft-7', io: 'input' }), null, 2)}\n`;
}

export const SCHEMA_PATH = resolve(import.meta.dirname, '../public/highwater.schema.json');

if (import.meta.main) await writeFile(SCHEMA_PATH, configJsonSchema());
