import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { configJsonSchema, SCHEMA_PATH } from './schema-json.ts';

test('the committed JSON Schema is current: node relay/schema-json.ts writes it', async () => {
  expect(await readFile(SCHEMA_PATH, 'utf8')).toBe(configJsonSchema());
});
