import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

interface Import {
  readonly file: string;
  readonly target: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name}`);
}

/** Imports of a folder's files: targets in the repository as paths from its root, packages by their name. */
function imports(folder: string): Import[] {
  return sources(folder).flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const found = text.matchAll(
      /(?:^|\s)(?:import|export)\s[^'"();]*?from\s+'([^']+)'|(?:^|\s)import\s*\(?\s*'([^']+)'/g,
    );
    return [...found].map((match) => {
      const name = match[1] ?? match[2] ?? '';
      return { file, target: name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name };
    });
  });
}

const folders = ['contract', 'relay', 'worker', 'web'] as const;
const allowed: Record<(typeof folders)[number], readonly string[]> = {
  contract: ['contract'],
  relay: ['relay', 'contract'],
  worker: ['worker', 'contract'],
  web: ['web', 'contract'],
};

test.each(folders)('%s imports only what it may', (folder) => {
  const found = imports(folder);
  expect(found.length).toBeGreaterThan(0);
  const ours = found.filter(
    ({ target, file }) =>
      /^(contract|relay|worker|web|tests|bench|examples)\//.test(target) && !/\.test\.tsx?$/.test(file),
  );
  expect(ours.filter(({ target }) => !allowed[folder].some((may) => target.startsWith(`${may}/`)))).toEqual([]);
});

const isOurs = (name: string) => /^(contract|relay|web)\/.*\.tsx?$/.test(name);

/** Everything a file needs when it runs: what is imported for types alone is not there then. */
function needs(entry: string): Set<string> {
  const found = new Set<string>();
  const visit = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    if (!isOurs(file)) return;
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, name = ''] of text.matchAll(/^(?:import|export)\s(?!type\s)(?:[^'";]*?from\s+)?'([^']+)'/gm))
      visit(name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name);
  };
  visit(entry);
  return found;
}

test('the relay of the tab runs without Node, and has what the relay has between records and frames', () => {
  const found = needs('relay/in-tab/main.ts');
  for (const part of ['relay/pipeline.ts', 'relay/shape/shaper.ts', 'relay/batch/batcher.ts', 'relay/serve/session.ts'])
    expect(found).toContain(part);
  expect([...found].filter((name) => !/^(contract|relay)\//.test(name)).sort()).toEqual([
    'apache-arrow',
    'buffer/index.js',
    'zod',
  ]);
});

test('what a page needs before it shows anything has no schemas, no parser of files and no engine in it', () => {
  const found = needs('web/main.tsx');
  expect(found.has('contract/spec/duration.ts')).toBe(true);
  expect([...found].filter((name) => !/^(contract|web)\//.test(name)).sort()).toEqual([
    // Its address.
    '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url',
    '@tanstack/solid-virtual',
    'comlink',
    'idb-keyval',
    'solid-js',
    'solid-js/web',
    'tinykeys',
    'uplot',
    'uplot/dist/uPlot.min.css',
  ]);
});

test('contract does no I/O', () => {
  expect(
    imports('contract').filter(({ target, file }) => target.startsWith('node:') && !/\.test\.ts$/.test(file)),
  ).toEqual([]);
});

test.each([
  ['@platformatic/kafka', 'relay/sources/'],
  ['mqtt', 'relay/'],
  ['mqtt-packet', 'relay/sources/'],
  ['ws', 'relay/'],
  ['uplot', 'web/charts/'],
  ['apache-arrow', 'relay/batch/'],
] as const)('%s is used behind one adapter', (name, place) => {
  const users = folders
    .flatMap(imports)
    .filter(({ target, file }) => target === name && !/\.test\.tsx?$/.test(file))
    .map(({ file }) => file);
  const folder = new Set(users.map((file) => dirname(file)));
  expect([...folder], users.join()).toHaveLength(1);
  expect(users.every((file) => file.startsWith(place))).toBe(true);
});

test('DuckDB is used behind one adapter', () => {
  const users = folders
    .flatMap(imports)
    .filter(
      ({ target, file }) =>
        /^(@duckdb\/|duckdb-wasm)/.test(target) && !/\?url$/.test(target) && !/\.test\.ts$/.test(file),
    );
  expect(users.length).toBeGreaterThan(0);
  expect(users.every(({ file }) => file.startsWith('worker/store/'))).toBe(true);
});

test('time and chance are arguments outside main files and adapters', () => {
  const adapters = /(^|\/)main\.tsx?$|contract\/clock\.ts|\.test\.ts$/;
  const pure = [
    'contract',
    'worker/panes',
    'worker/windows',
    'worker/ingest',
    'relay/decode',
    'relay/shape',
    'relay/batch',
    'relay/log',
  ];
  const guilty = pure
    .flatMap(sources)
    .filter((file) => !adapters.test(file))
    .filter((file) =>
      /Date\.now\(|Math\.random\(|setTimeout\(|setInterval\(|performance\.now\(/.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );
  expect(guilty).toEqual([]);
});

test('no file grows past 400 lines', () => {
  const long = folders
    .flatMap(sources)
    .filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 400);
  expect(long).toEqual([]);
});
