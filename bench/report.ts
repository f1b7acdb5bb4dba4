import type { Machine, Row, Samples } from './harness.ts';

/** One row of the bench as docs/benchmarks.json holds it: on what, when and how it was measured. */
export interface Measured {
  readonly row: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly results: readonly Row[];
}

/** docs/benchmarks.md from what docs/benchmarks.json holds, and from nothing else. */
export function markdown(measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ results }) => results);
  return `${[
    '# Benchmarks',
    '`npm run bench` measures these rows and writes this page from [benchmarks.json](benchmarks.json), which holds every ' +
      'sample. `--only <row>` measures one row and leaves the others; `--quick` is for trying it out.',
    'Goals are aimed at, never asserted: nothing fails when a machine is slow. Ratios between two things measured in turn ' +
      'in the same run say more than milliseconds do.',
    ['| metric | goal | result |', '|---|---|---|', ...rows.map(summary)].join('\n'),
    ...measured.map(section),
  ].join('\n\n')}\n`;
}

function summary({ name, goal, result, met }: Row): string {
  return `| ${name} | ${goal} | ${result}${met === null ? '' : met ? ' ✓' : ' ✗'} |`;
}

function section({ row, quick, machine, results }: Measured): string {
  const where =
    `Measured ${machine.date.slice(0, 16).replace('T', ' ')} UTC at commit ${machine.commit} with \`${machine.command}\`: ` +
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB, ${machine.os}, ${machine.browser}, Node ${machine.node}; load average before it ${machine.loadBefore}.` +
    (quick ? ' **A quick run: not to be quoted.**' : '');
  return [`## ${row}`, where, ...results.map(detail)].join('\n\n');
}

function detail(row: Row): string {
  const figures = Object.entries(row.figures).map(([name, figure]) => `| ${name} | ${figureCells(figure)} |`);
  const notes = Object.entries(row.notes).map(([name, note]) => `- ${name}: ${note}`);
  return [
    `### ${row.name}`,
    `**${row.result}** (goal ${row.goal}). ${row.method}`,
    ['| measured | median | min | max | samples |', '|---|---|---|---|---|', ...figures].join('\n'),
    ...(row.losing === '' ? [] : [`**Where we lose.** ${row.losing}`]),
    ...(notes.length === 0 ? [] : [notes.join('\n')]),
  ].join('\n\n');
}

function figureCells({ unit, samples, median, min, max }: Samples): string {
  return [`${median} ${unit}`, min, max, samples.length].join(' | ');
}
