import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { configOf, type Row, type Scenario } from './scenario.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** Can the command say it? It has no way to dictate a watermark, nor to start with one. */
export function isSayable({ startMs, timeField, batches }: Scenario): boolean {
  const times = batches.flatMap(({ rows }) => rows.map((row) => Number(row[timeField])));
  return batches.every(({ watermarkMs }) => watermarkMs === undefined) && (startMs === null || Math.min(...times) >= 0);
}

/** The rows `highwater run` prints for a scenario: records as JSON lines, an empty line after each batch. */
export async function runOnCommandLine(scenario: Scenario): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-semantics-'));
  try {
    const batches = scenario.batches.filter(({ rows }) => rows.length > 0);
    const lines = batches.map(({ rows }) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`);
    await writeFile(join(folder, 'events.jsonl'), lines.join('\n'));
    await writeFile(join(folder, 'highwater.yaml'), configOf(scenario));
    const stdout = await highwater([
      ...['run', '--config', join(folder, 'highwater.yaml'), '--input', join(folder, 'events.jsonl')],
      ...['--window', scenario.output, '--mode', scenario.mode, '--batch', '1000000'],
      ...(scenario.closes ? [] : ['--keep-open']),
    ]);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => rowOf(JSON.parse(line) as Row));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function highwater(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      ['relay/cli/main.ts', ...args],
      { cwd: ROOT, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stderr, { cause: error }))),
    ),
  );
}

function rowOf({ window_start, window_end, ...row }: Row): Row {
  const ms = (time: unknown): number | null => (time === null ? null : Date.parse(String(time)));
  return { ...row, window_start_ms: ms(window_start), window_end_ms: ms(window_end) };
}
