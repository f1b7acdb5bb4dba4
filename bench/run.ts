import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { type Harness, load, machine, openHarness, type Row, root } from './harness.ts';
import { type Measured, markdown } from './report.ts';
import { comingBack } from './rows/coming-back.ts';
import { eventToPixel } from './rows/event-to-pixel.ts';
import { fanOut, wireBytes } from './rows/fan-out.ts';
import { firstChart } from './rows/first-chart.ts';
import { relayThroughput } from './rows/relay-throughput.ts';
import { sustained } from './rows/sustained.ts';
import { tickBySize } from './rows/tick-by-size.ts';
import { tickByAggregate, tickByKeys, tickByPanels, tickByShape } from './rows/tick-cases.ts';
import { versusDuckDbNative, versusDuckDbWasm } from './rows/versus-duckdb.ts';
import { versusPerspective } from './rows/versus-perspective.ts';
import { whileStreaming } from './rows/while-streaming.ts';
import { yahooRow } from './rows/yahoo.ts';

/**
 * `npm run bench`: measures the rows below in a real Chromium and writes docs/benchmarks.json and, from it,
 * docs/benchmarks.md. With `--only` the other rows stay as they were, each with the machine and day it was measured.
 */
const ROWS: Record<string, (harness: Harness) => Promise<Row | Row[]>> = {
  'tick-by-size': tickBySize,
  'tick-by-panels': tickByPanels,
  'tick-by-keys': tickByKeys,
  'tick-by-aggregate': tickByAggregate,
  'tick-by-shape': tickByShape,
  'versus-perspective': versusPerspective,
  'versus-duckdb-wasm': versusDuckDbWasm,
  'versus-duckdb-native': versusDuckDbNative,
  sustained,
  yahoo: yahooRow,
  'event-to-pixel': eventToPixel,
  'while-streaming': whileStreaming,
  'first-chart': firstChart,
  'relay-throughput': relayThroughput,
  'wire-bytes': wireBytes,
  'fan-out': fanOut,
  'coming-back': comingBack,
};

const program = new Command('bench')
  .option('--only <row>', `one of ${Object.keys(ROWS).join(', ')}`)
  .option('--print', 'print the figures as JSON, and leave docs/ as it is', false)
  .option('--quick', 'fewer repeats and smaller sizes: to see that it works, not to quote', false)
  .parse();
const { only, quick, print } = program.opts<{ only?: string; quick: boolean; print: boolean }>();
if (only !== undefined && !(only in ROWS)) program.error(`--only: expected one of ${Object.keys(ROWS).join(', ')}`);

const jsonPath = join(root, 'docs/benchmarks.json');
const measured = new Map<string, Measured>();
for (const one of await before()) measured.set(one.row, one);

const harness = await openHarness(quick);
try {
  for (const [row, run] of Object.entries(ROWS)) {
    if (only !== undefined && row !== only) continue;
    const started = performance.now();
    const loadBefore = load();
    const results = [await run(harness)].flat();
    if (print) {
      console.log(JSON.stringify(results, null, 1));
      continue;
    }
    measured.set(row, { row, quick, machine: machine(harness.browser, new Date(), loadBefore), results });
    for (const { name, goal, result } of results) console.log(`${name}\n  ${result}   (goal ${goal})`);
    console.log(`  ${row}: ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
    const all = Object.keys(ROWS).flatMap((name) => measured.get(name) ?? []);
    await writeFile(jsonPath, `${JSON.stringify({ measured: all }, null, 2)}\n`);
    await writeFile(join(root, 'docs/benchmarks.md'), markdown(all));
  }
} finally {
  await harness.close();
}

async function before(): Promise<Measured[]> {
  try {
    return JSON.parse(await readFile(jsonPath, 'utf8')).measured;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
