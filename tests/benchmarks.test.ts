import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markdown } from '../bench/report.ts';

const docs = join(import.meta.dirname, '../docs');

test('docs/benchmarks.md says what docs/benchmarks.json holds', () => {
  const { measured } = JSON.parse(readFileSync(join(docs, 'benchmarks.json'), 'utf8'));
  expect(measured.length).toBeGreaterThan(0);
  expect(readFileSync(join(docs, 'benchmarks.md'), 'utf8')).toBe(markdown(measured));
});
