import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CaseFile } from './case-file.ts';
import type { Plan } from './scenario.ts';

/** The table of docs/semantics.md: a line per case, between two marks; all else on the page is written by hand. */
const PAGE = resolve(import.meta.dirname, '../../docs/semantics.md');
const BEGIN = '<!-- cases: written by the tests -->';
const END = '<!-- end of cases -->';

export interface Outcome {
  readonly file: CaseFile;
  readonly plan: Plan;
  readonly passed: boolean;
}

export function lineOf({ file, plan, passed }: Outcome): string {
  return `| ${file.id} | ${ENGINES[file.engine] ?? file.engine} | ${plan.kind === 'run' ? cell(plan.how) : ''} | ${cell(resultOf(plan, passed))} |`;
}

function resultOf(plan: Plan, passed: boolean): string {
  if (plan.kind !== 'run') return plan.kind === 'waits' ? `waits for ${plan.reason}` : `not here: ${plan.reason}`;
  if (!passed) return 'fails';
  return plan.differs === undefined ? 'pass' : `differs: ${plan.differs}`;
}

const ENGINES: Readonly<Record<string, string>> = {
  spark: 'Spark',
  'spark-run': 'Spark 4.3 (run)',
  flink: 'Flink',
  'flink-run': 'Flink 2.3 (run)',
  'kafka-streams': 'Kafka Streams',
  storm: 'Storm',
  druid: 'Druid',
  arroyo: 'Arroyo',
  nexmark: 'Nexmark',
};

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** The lines of the page's table as they stand. */
export function linesOfPage(): string[] {
  const text = readFileSync(PAGE, 'utf8');
  const table = text.slice(text.indexOf(BEGIN), text.indexOf(END));
  return table.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| case '));
}

export function writePage(lines: readonly string[]): void {
  const text = readFileSync(PAGE, 'utf8');
  const head = '| case | engine | written here as | result |\n|---|---|---|---|';
  const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
  writeFileSync(PAGE, `${before}\n\n${head}\n${lines.join('\n')}\n\n${text.slice(text.indexOf(END))}`);
}
