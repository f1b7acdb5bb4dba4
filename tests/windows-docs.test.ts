import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../contract/spec/aggregate-names.ts';
import { formatProblem, loadConfig } from '../contract/spec/load.ts';
import { parseSelect } from '../contract/spec/select.ts';

const page = await readFile(resolve(import.meta.dirname, '../docs/windows.md'), 'utf8');

test('every configuration in docs/windows.md is a good one', () => {
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map((match) => match[1] ?? '');
  expect(blocks.length).toBeGreaterThan(2);
  for (const block of blocks) {
    const loaded = loadConfig(block);
    expect('problems' in loaded ? loaded.problems.map((problem) => formatProblem(block, problem)) : []).toEqual([]);
  }
});

test('docs/windows.md has every aggregate, and each it has is one', () => {
  const table = /^## select\n(.*?)^## /ms.exec(page)?.[1] ?? '';
  for (const name of FUNCTION_NAMES) expect(table).toMatch(new RegExp(`\\b${name}\\b`));
  const calls = [...table.matchAll(/`([a-z_]+\([^`]*\))`/g)].map((match) => match[1] ?? '');
  for (const call of calls) {
    const text = call.replace(/\br\)$/, '0.5)').replace(/\bk\)$/, '10)');
    expect([call, parseSelect('a', text, ['a'])]).toEqual([call, { select: expect.anything() }]);
  }
});
