import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { BoardFileSchema } from '../contract/spec/board.ts';
import { ConfigSchema } from '../contract/spec/config.ts';

/** Files that editors read for completion: JSON Schemas (draft-07) of the configuration and of a board. */
export const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  'highwater.schema.json': ConfigSchema,
  'highwater-board.schema.json': BoardFileSchema,
};

export function jsonSchema(schema: z.ZodType): string {
  return `${JSON.stringify(z.toJSONSchema(schema, { target: 'draft-7', io: 'input', reused: 'ref' }), null, 2)}\n`;
}

export function schemaPath(name: string): string {
  return resolve(import.meta.dirname, '../public', name);
}

// Run, this file writes them anew.
if (import.meta.main)
  for (const [name, schema] of Object.entries(SCHEMAS)) await writeFile(schemaPath(name), jsonSchema(schema));
