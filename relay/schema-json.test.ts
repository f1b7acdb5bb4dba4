import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { jsonSchema, SCHEMAS, schemaPath } from './schema-json.ts';

test.each(Object.entries(SCHEMAS))(
  'the committed %s is current: node relay/schema-json.ts writes it',
  async (name, schema) => {
    expect(await readFile(schemaPath(name), 'utf8')).toBe(jsonSchema(schema));
  },
);
