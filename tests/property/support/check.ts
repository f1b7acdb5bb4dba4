import type { Expected } from './oracle.ts';
import { type ComparedRow, differences, rowOfTable } from './row-of.ts';
import type { WindowRun } from './run.ts';
import { specOf, type WindowCase } from './window-case.ts';

/** What is compared besides the rows, as far as the delivery leaves it as the oracle has it. */
export interface Scope {
  /** Counters of the window count this delivery alone. */
  readonly counters: boolean;
  /** Windows were followed from the first row on. */
  readonly updates: boolean;
  /** Frames are those the oracle knows, so that revisions are as many. */
  readonly revisions: boolean;
}

/** Every way in which what a window gave is not what it must give. */
export function problemsOf(window: WindowCase, found: WindowRun, expected: Expected, scope: Scope): string[] {
  const wanted = new Map(expected.rows.map((row) => rowOfTable(row, window)).map((row) => [row.key, row] as const));
  const problems: string[] = [];
  const report = (where: string, all: readonly string[]) =>
    problems.push(...all.slice(0, 5).map((text) => `${where}: ${text}`));
  const { append, update, complete } = found.emitted;
  const compare = (where: string, rows: readonly ComparedRow[]) =>
    report(
      where,
      compared(rows, wanted, window, scope.revisions && window.from === null && window.shape.kind !== 'session'),
    );

  if (found.status.coarseBeforeUs === null) compare('table', found.table);
  if (append) {
    const rows = append.flat();
    compare('append', rows);
    report(
      'append',
      rows.filter(({ state }) => state === 'provisional').map(({ key }) => `${key} is put out while provisional`),
    );
  }
  if (complete && found.status.coarseBeforeUs === null) compare('complete', complete.at(-1) ?? []);
  if (update && scope.updates) {
    for (const rows of update) report('update', twice(rows));
    compare('the last update', lastOf(update));
  }

  const { status } = found;
  const counts: [string, number, number][] = [
    ['tooLateRows', status.tooLateRows, expected.tooLateRows],
    ['tooLateAssignments', status.tooLateAssignments, expected.tooLateAssignments],
    ['duplicateRows', status.duplicateRows, expected.duplicateRows],
    ['rowsWithoutGap', status.rowsWithoutGap, expected.rowsWithoutGap],
  ];
  if (scope.counters && window.from === null)
    report(
      'counters',
      counts.flatMap(([name, own, right]) => (own === right ? [] : [`${name} is ${own}, not ${right}`])),
    );
  const accounted =
    (found.folded ?? 0) + status.tooLateRows + status.duplicateRows + status.rowsWithoutGap + expected.passedOver;
  if (scope.counters && window.from === null && status.coarseBeforeUs === null && accounted !== expected.received)
    report('accounts', [`${accounted} rows are kept, refused or left out, of ${expected.received} that came`]);
  if (status.coarseBeforeUs === null && (found.folded ?? 0) !== expected.counted)
    report('picture', [`n over all of time is ${found.folded}, and ${expected.counted} rows count`]);
  return problems.map((text) => `${window.name} ${text}\n    ${JSON.stringify(specOf(window, 'events'))}`);
}

function twice(rows: readonly ComparedRow[]): string[] {
  const seen = new Set<string>();
  return rows.flatMap(({ key }) => {
    const known = seen.has(key);
    seen.add(key);
    return known ? [`${key} comes twice`] : [];
  });
}

/** What stands when all updates are taken one after the other. */
function lastOf(updates: readonly (readonly ComparedRow[])[]): ComparedRow[] {
  const last = new Map<string, ComparedRow>();
  for (const row of updates.flat())
    if (row.state === 'retracted') last.delete(row.key);
    else last.set(row.key, row);
  return [...last.values()];
}

function compared(
  found: readonly ComparedRow[],
  wanted: ReadonlyMap<string, ComparedRow>,
  { select }: WindowCase,
  revisions: boolean,
): string[] {
  const own = new Set(found.map(({ key }) => key));
  const missing = [...wanted.keys()].filter((key) => !own.has(key)).map((key) => `${key} is missing`);
  return [
    ...twice(found),
    ...missing,
    ...found.flatMap((row) => {
      const right = wanted.get(row.key);
      if (!right) return [`${row.key} should not be there`];
      const wrong = differences(row, right, select);
      if (revisions && row.revision !== right.revision)
        wrong.push(`revision is ${row.revision}, not ${right.revision}`);
      return wrong.map((text) => `${row.key} ${text}`);
    }),
  ];
}
