import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { type Errors, measure } from './sketches/errors.ts';
import { tables, withTables } from './sketches/report.ts';
import { DISTRIBUTIONS } from './sketches/values.ts';

/** Measures the errors of approximate aggregates and writes them into docs/approximations.md. */
const SEEDS_BY_SIZE: readonly (readonly [n: number, seeds: number])[] = [
  [10, 5],
  [100, 5],
  [1_000, 5],
  [10_000, 5],
  [100_000, 5],
  [1_000_000, 2],
  [10_000_000, 1],
];
const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/approximations.md');

const started = Date.now();
const all: Errors[] = [];
for (const [n, seeds] of SEEDS_BY_SIZE)
  for (const distribution of Object.keys(DISTRIBUTIONS)) {
    for (let seed = 1; seed <= seeds; seed++) all.push(measure(distribution, n, seed));
    console.log(`${n} values, ${distribution}: ${seeds} seeds, ${Math.round((Date.now() - started) / 1000)} s so far`);
  }
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' }).trim();
const where =
  `Measured ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC at commit ${commit} with \`npm run sketches\`, ` +
  `in ${Math.round((Date.now() - started) / 1000)} s: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, ` +
  `${Math.round(totalmem() / 1e9)} GB, ${process.platform} ${process.arch}, Node ${process.version}. ` +
  'The values depend on the seeds alone, so another machine finds the same errors.';
writeFileSync(page, withTables(readFileSync(page, 'utf8'), tables(all, where)));

const broken = all.flatMap(({ distribution, n, seed, distinct, quantiles, top }) =>
  [distinct, ...quantiles, top]
    .filter(({ measured, promised }) => measured > promised * 1.000001)
    .map(({ measured, promised }) => `${distribution}, n ${n}, seed ${seed}: ${measured} is more than ${promised}`),
);
console.log(broken.length === 0 ? 'All within what is promised.' : broken.join('\n'));
process.exitCode = broken.length === 0 ? 0 : 1;
