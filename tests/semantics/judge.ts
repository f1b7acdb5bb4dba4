import type { Emitted } from './reference.ts';
import { differenceOf, lastOf } from './rows.ts';
import { groupsOf, type Row, type Scenario } from './scenario.ts';

type Judged = Emitted & { readonly tooLateCounts?: readonly number[] };

/** Every way in which what a scenario gave is not what it must give; empty when it is. */
export function judge(scenario: Scenario, run: Judged): string[] {
  const { batches, expected, mode } = scenario;
  const found = batches.flatMap(({ expected: wanted }, index) =>
    wanted ? compare(`batch ${index + 1}`, run.batches[index] ?? [], wanted, scenario) : [],
  );
  if (expected.atEnd) found.push(...compare('end of the input', run.atEnd, expected.atEnd, scenario));
  const all = mode === 'complete' ? (run.batches.at(-1) ?? []) : [...run.batches.flat(), ...run.atEnd];
  found.push(...judgeAll(scenario, all));
  if (expected.tooLate) {
    const { missing, unexpected } = differenceOf(run.tooLate, expected.tooLate);
    found.push(...missing.map((row) => `not too late: ${row}`), ...unexpected.map((row) => `too late: ${row}`));
  }
  let before = 0;
  for (const [index, { tooLate }] of batches.entries()) {
    const after = run.tooLateCounts?.[index];
    if (tooLate !== undefined && after !== undefined && after - before !== tooLate)
      found.push(`batch ${index + 1}: ${after - before} rows too late, not ${tooLate}`);
    before = after ?? before;
  }
  return found;
}

/** The same for all rows put out from beginning to end, in order. */
export function judgeAll(scenario: Scenario, all: readonly Row[]): string[] {
  const { kind, rows, sums = {} } = scenario.expected;
  const counted = kind === 'all' ? all : lastOf(all, groupsOf(scenario));
  const found = rows ? compare('all', counted, rows, scenario) : [];
  for (const [name, wanted] of Object.entries(sums)) {
    const sum = counted.reduce((total, row) => total + Number(row[name]), 0);
    if (sum !== wanted) found.push(`${name} adds up to ${sum}, not ${wanted}`);
  }
  return found;
}

function compare(where: string, rows: readonly Row[], wanted: readonly Row[], scenario: Scenario): string[] {
  const read = rows.flatMap((row) => readRow(row, scenario));
  const { missing, unexpected } = differenceOf(read, wanted);
  return [
    ...missing.map((row) => `${where}: missing ${row}`),
    ...unexpected.map((row) => `${where}: unexpected ${row}`),
  ];
}

function readRow(row: Row, { expected }: Scenario): Row[] {
  const read = expected.read ? expected.read(row) : row;
  if (expected.only && !expected.only(read)) return [];
  return expected.expand ? Array.from({ length: Number(row.rows) }, () => read) : [read];
}
