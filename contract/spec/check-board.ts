import type { Board } from './board.ts';
import { byNames } from './by-names.ts';
import { checkOnce } from './check-once.ts';
import { checkPanels } from './check-panels.ts';
import { checkBraces, checkOnly } from './check-values.ts';
import { parseDurationUs } from './duration.ts';
import type { Known } from './load.ts';
import { oneOf } from './nearest.ts';
import { own } from './own.ts';
import { sqlProblem, tokensOf } from './sql-text.ts';
import type { Variable } from './variable.ts';
import type { WindowSpec } from './window.ts';
import { type Path, quote, type Report } from './yaml-file.ts';
import { knownZone, zoneExpectation } from './zone.ts';

/** What a board may name. */
export interface Named {
  readonly streams: readonly string[];
  /** Of the configuration, and its own. */
  readonly windows: Readonly<Record<string, WindowSpec>>;
  /** Left out: not judged. */
  readonly boards: Known['boards'];
}

/** Reports what a board names that is not there, and what would have no effect or no meaning. */
export function checkBoard(board: Board, named: Named, report: Report): void {
  checkTime(board, report);
  for (const [name, variable] of Object.entries(board.variables ?? {}))
    checkVariable(variable, named, (path, found, expected) => report(['variables', name, ...path], found, expected));
  checkAnnotations(board, named, report);
  checkPanels(board, named, report);
}

function checkTime({ range, timezone }: Board, report: Report): void {
  if (parseDurationUs(range) === 0) report(['range'], quote(range), 'longer than 0s');
  if (timezone !== undefined && knownZone(timezone) === null)
    report(['timezone'], quote(timezone), zoneExpectation(timezone));
}

function checkVariable(variable: Variable, { streams, windows }: Named, report: Report): void {
  if (!variable.multi && variable.default.length > 1)
    report(['default'], `${variable.default.length} values`, 'one at most, or multi: true');
  const all = [...streams, ...Object.keys(windows)];
  checkOnce(variable.filters, ['filters'], report);
  for (const [index, name] of (variable.filters ?? []).entries())
    if (!all.includes(name)) report(['filters', index], quote(name), oneOf(all, name, 'a stream or a window'));
  if ('values' in variable) {
    checkOnce(variable.values, ['values'], report);
    for (const [index, value] of variable.default.entries())
      if (!variable.values.includes(value))
        report(['default', index], quote(value), oneOf(variable.values, value, 'one of values'));
    return;
  }
  const { column, from, sql } = variable;
  const window = own(windows, from);
  if (window === undefined && !streams.includes(from))
    report(['from'], quote(from), oneOf(all, from, 'a stream or a window'));
  // Rows of a stream have the fields they have: what a window has is known.
  if (window !== undefined && sql === undefined && !byNames(window.by).includes(column))
    report(['column'], quote(column), oneOf(byNames(window.by), column, `a by-column of ${from}`));
  const wrong = sql === undefined ? null : selectProblem(sql);
  if (wrong !== null) report(['sql'], quote(sql), wrong);
}

/** What would be right instead of a text that is no SELECT; null: it may be one. The engine has the last word. (Q1) */
function selectProblem(sql: string): string | null {
  const [first] = tokensOf(sql.trim());
  const form = 'one SELECT of one column, as SELECT DISTINCT machine FROM line_events';
  if (first?.kind !== 'word' || !/^(select|with|from)$/i.test(first.text)) return form;
  return sqlProblem(sql)?.replace('SQL expression', 'SELECT') ?? null;
}

function checkAnnotations({ annotations = [] }: Board, { streams }: Named, report: Report): void {
  for (const [index, annotation] of annotations.entries()) {
    const at: Path = ['annotations', index];
    if ('at' in annotation) {
      const { until } = annotation;
      if (until !== undefined && Date.parse(until) <= Date.parse(annotation.at))
        report([...at, 'until'], quote(until), `a time after ${annotation.at}`);
      continue;
    }
    const { stream, text, only } = annotation;
    if (!streams.includes(stream)) report([...at, 'stream'], quote(stream), oneOf(streams, stream, 'a stream'));
    checkBraces(text, [...at, 'text'], report);
    checkOnly(only, [...at, 'only'], report);
  }
}
