import type { Emitted } from './reference.ts';
import { differenceOf, lastOf } from './rows.ts';
import { groupsOf, type Row, type Scenario } from './scenario.ts';

/** Every way in which what a scenario gave is not what it must give; empty when it is. */
export function judge(scenario: Scenario, run: Emitted & { readonly tooLateCounts?: readonly number[] }): string[] {
  const { expected } = scenario;
  const found: string[] = [];
  const compare = (where: string, rows: readonly Row[], wanted: readonly Row[]): void => {
    const { missing, unexpected } = differenceOf(
      rows.flatMap((row) => readRow(row, scenario)),
      wanted,
    );
    if (missing.length > 0) found.push(`${where}: missing\n  ${missing.join('\n  ')}`);
    if (unexpected.length > 0) found.push(`${where}: unexpected\n  ${unexpected.join('\n  ')}`);
  };
  for (const [index, { expected: wanted }] of scenario.batches.entries())
    if (wanted) compare(`batch ${index + 1}`, run.batches[index] ?? [], wanted);
  if (expected.atEnd) compare('end of the input', run.atEnd, expected.atEnd);

  const all = [...run.batches.flat(), ...run.atEnd];
  const counted = expected.kind === 'all' ? all : lastOf(all, groupsOf(scenario));
  if (expected.rows) compare('all', scenario.mode === 'complete' ? (run.batches.at(-1) ?? []) : counted, expected.rows);
  if (expected.tooLate) {
    const { missing, unexpected } = differenceOf(run.tooLate, expected.tooLate);
    found.push(...missing.map((row) => `not too late: ${row}`), ...unexpected.map((row) => `too late: ${row}`));
  }
  for (const [name, wanted] of Object.entries(expected.sums ?? {})) {
    const sum = counted.reduce((total, row) => total + Number(row[name]), 0);
    if (sum !== wanted) found.push(`${name} adds up to ${sum}, not ${wanted}`);
  }
  let before = 0;
  for (const [index, { tooLate }] of scenario.batches.entries()) {
    const after = run.tooLateCounts?.[index];
    if (tooLate !== undefined && after !== undefined && after - before !== tooLate)
      found.push(`batch ${index + 1}: ${after - before} rows too late, not ${tooLate}`);
    before = after ?? before;
  }
  return found;
}

function readRow(row: Row, { expected }: Scenario): Row[] {
  const read = expected.read ? expected.read(row) : row;
  if (expected.only && !expected.only(read)) return [];
  return expected.expand ? Array.from({ length: Number(row.rows) }, () => read) : [read];
}
