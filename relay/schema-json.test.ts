import { glob, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { jsonSchema, SCHEMAS, schemaPath } from './schema-json.ts';

const ROOT = resolve(import.meta.dirname, '..');

test.each(Object.entries(SCHEMAS))(
  'the committed %s is current: node relay/schema-json.ts writes it',
  async (name, schema) => {
    expect(await readFile(schemaPath(name), 'utf8')).toBe(jsonSchema(schema));
  },
);

test('B8 every board and configuration that ships points editors to its schema', async () => {
  const files = (await Array.fromAsync(glob('{boards,examples/*}/*.yaml', { cwd: ROOT }))).map((name) =>
    join(ROOT, name),
  );
  expect(files.length).toBeGreaterThan(8);
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const [, at = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    const name = /^streams:/m.test(text) ? 'highwater.schema.json' : 'highwater-board.schema.json';
    expect([file, resolve(dirname(file), at)]).toEqual([file, schemaPath(name)]);
  }
});
