import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { formatProblem, loadConfig } from '../contract/spec/load.ts';
import { parseSourceUrl } from '../relay/sources/source-url.ts';

const page = await readFile(resolve(import.meta.dirname, '../docs/sources.md'), 'utf8');

test('every configuration in docs/sources.md is a good one', () => {
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map((match) => match[1] ?? '');
  expect(blocks.length).toBeGreaterThan(3);
  for (const block of blocks) {
    const loaded = loadConfig(block, (source) => {
      const parsed = parseSourceUrl(source);
      return parsed.ok ? [] : parsed.problems;
    });
    expect('problems' in loaded ? loaded.problems.map((problem) => formatProblem(block, problem)) : []).toEqual([]);
  }
});

test('every source named in docs/sources.md can be read', () => {
  const urls = [...page.matchAll(/`((?:(?:kafka|mqtts?):\/\/|file:|demo:)[^`\s]+)`/g)].map((match) => match[1] ?? '');
  expect(urls.length).toBeGreaterThan(3);
  for (const url of urls) expect([url, parseSourceUrl(url).ok]).toEqual([url, true]);
});

test('every option named in docs/sources.md is one of the relay', async () => {
  const relay = await readFile(resolve(import.meta.dirname, '../relay/cli/options.ts'), 'utf8');
  const options = new Set([...page.matchAll(/ ?(--[a-z][a-z-]+)/g)].map((match) => match[1] ?? ''));
  expect(options.size).toBeGreaterThan(5);
  for (const option of options) expect(relay).toMatch(new RegExp(`'${option}[' ]`));
});
