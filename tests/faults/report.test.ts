import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { type Sample, SERIES, slopeOf } from '../../bench/soak/sample.ts';
import { readResults, readSoaks, withResults } from './report.ts';
import type { Run } from './run-all.ts';

const MARKS = 'words\n<!-- results: written by npm run faults and npm run soak -->\nold\n<!-- end of results -->\nmore';
const run = (seed: number, violations: Run['violations'], recoveriesMs: number[]): Run => ({
  id: 'F7',
  seed,
  records: 1_000,
  tookMs: 1,
  again: `npm run faults -- --only F7 --seed ${seed}`,
  violations,
  recoveriesMs,
  figures: { 'relay RSS, MB': 200 + seed },
});

test('docs/reliability.md is what reliability.json and soak.json say', async () => {
  const page = await readFile(resolve(import.meta.dirname, '../../docs/reliability.md'), 'utf8');
  const [results, soaks] = await Promise.all([readResults(), readSoaks()]);
  expect(withResults(page, results, soaks)).toBe(page);
});

test('a failure is told with its letter and the command that repeats it, between the marks alone', () => {
  const runs = [run(1, [], [900, 1_500]), run(2, [{ letter: 'L', text: 'node 1: 3 are missing' }], [4_200])];
  const surroundings = { date: '2026-11-23T05:00:00.000Z', machine: 'a machine', commit: 'abc' };
  const page = withResults(MARKS, { ...surroundings, command: 'npm run faults', durations: 'short', runs }, {});
  expect(page).toMatch(/^words\n/);
  expect(page).toMatch(/\nmore$/);
  expect(page).not.toContain('old');
  expect(page).toContain('1 of 2 runs passed, 2 seeds, 2,000 records');
  expect(page).toMatch(/\| F7 \|.*\| 1 of 2 \| 2,000 \| \*\*L ✗\*\* D O A P R T \|.*\| 1\.5 s · 4\.2 s \|/);
  expect(page).toContain('F7, seed 2; again by `npm run faults -- --only F7 --seed 2`');
  expect(page).toContain('- L: node 1: 3 are missing');
});

test('a slope is per hour, after the warm-up', () => {
  const samples = Array.from({ length: 361 }, (_, at) => ({
    atMs: at * 10_000,
    // Fills for ten minutes, then 6 MB an hour.
    wasmHeapBytes: at < 60 ? at * 1e6 : 60e6 + ((at - 60) / 360) * 6e6,
  })) as unknown as Sample[];
  expect(slopeOf(samples, SERIES[0])?.perHour).toBeCloseTo(6, 5);
});
