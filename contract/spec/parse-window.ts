import { byNames } from './by-names.ts';
import { type Computed, expand, expandComputed } from './compute.ts';
import { formatDurationUs, parseDurationUs } from './duration.ts';
import { oneOf } from './nearest.ts';
import { parseShape } from './parse-shape.ts';
import { type Expression, namesIn, parseSelect, type Select } from './select.ts';
import type { SpecProblem } from './spec-problem.ts';
import { sqlProblem, unquotedName } from './sql-text.ts';
import type { ByColumn, Window, WindowSpec } from './window.ts';
import { MAX_LENGTH_US } from './window-length.ts';
import type { WindowShape } from './window-shape.ts';

export { byNames };

type Report = (path: SpecProblem['path'], found: string, expected: string) => void;

/** Of `dedup` where the stream is not known; `loadConfig` writes the stream's delay into the spec. */
const DEFAULT_WITHIN_US = 10e6;
const MAX_BY = 48;
const MAX_SETS = 32;

/** Parses the little languages inside a window spec; every problem is returned, not only the first. Never throws. */
export function parseWindow(spec: WindowSpec): { window: Window } | { problems: SpecProblem[] } {
  const problems: SpecProblem[] = [];
  const report: Report = (path, found, expected) => problems.push({ path, found, expected });
  const computed = expandComputed(spec.compute ?? {}, (problem) => problems.push(problem));
  const shape = shapeOf(spec, computed, report);
  const by = byColumns(spec, computed, report);
  const groupings = groupingsOf(spec, by, report);
  const where = spec.where === undefined ? null : sqlAt(['where'], spec.where, computed, report);
  const dedup = dedupOf(spec, computed, report);
  const select = selectOf(spec, shape, computed, report);
  checkColumnNames(spec, by, report);
  const allowUs = durationAt(['late', 'allow'], spec.late.allow, report);
  if (spec.late.judged !== undefined && shape !== null && shape.kind !== 'session')
    report(['late', 'judged'], spec.late.judged, 'no such key: it is about the rows of sessions');
  if (problems.length > 0 || shape === null) return { problems };
  const hasGroupingSets = spec.grouping_sets !== undefined;
  const judgedAlone = spec.late.judged === 'alone';
  return {
    window: { from: spec.from, shape, by, groupings, hasGroupingSets, where, dedup, select, allowUs, judgedAlone },
  };
}

function shapeOf(spec: WindowSpec, computed: Computed, report: Report): WindowShape | null {
  const parsed = parseShape(spec.window);
  if ('problems' in parsed) {
    for (const { found, expected } of parsed.problems) report(['window'], found, expected);
    return null;
  }
  const { shape } = parsed;
  if (shape.kind !== 'session' || shape.gapExpression === null) return shape;
  return { ...shape, gapExpression: expand(shape.gapExpression, computed) };
}

function byColumns({ by }: WindowSpec, computed: Computed, report: Report): ByColumn[] {
  const expressions = Object.values(by);
  const columns = byNames(by).map((name, index): ByColumn => {
    const path = Array.isArray(by) ? ['by', index] : ['by', name];
    return { name, expression: sqlAt(path, expressions[index] ?? '', computed, report) };
  });
  if (columns.length > MAX_BY) report(['by'], `${columns.length} of them`, `at most ${MAX_BY}`);
  return columns;
}

function groupingsOf(spec: WindowSpec, by: readonly ByColumn[], report: Report): number[][] {
  const sets = spec.grouping_sets;
  if (sets === undefined) return [by.map((_, index) => index)];
  if (sets.length === 0) report(['grouping_sets'], 'no set', 'at least one set, as [[country, city], [country], []]');
  if (sets.length > MAX_SETS) report(['grouping_sets'], `${sets.length} sets`, `at most ${MAX_SETS}`);
  const names = by.map(({ name }) => name);
  const seen = new Set<string>();
  return sets.map((set, at) => {
    const indexes = set.map((name, index) => {
      const found = names.indexOf(unquotedName(name) ?? name);
      if (found < 0) report(['grouping_sets', at, index], name, oneOf(names, name, 'a by-column'));
      else if (set.indexOf(name) < index) report(['grouping_sets', at, index], name, 'each by-column once in a set');
      return found;
    });
    const grouping = [...new Set(indexes)].sort((a, b) => a - b);
    if (seen.has(grouping.join())) report(['grouping_sets', at], `[${set.join(', ')}] again`, 'each set once');
    seen.add(grouping.join());
    return grouping;
  });
}

function dedupOf({ dedup }: WindowSpec, computed: Computed, report: Report): Window['dedup'] {
  if (dedup === undefined) return null;
  if (dedup.by.length === 0)
    report(['dedup', 'by'], 'no field', 'at least one that makes rows the same, as by: [order_id]');
  const by = dedup.by.map((expression, index) => sqlAt(['dedup', 'by', index], expression, computed, report));
  if (dedup.within === undefined) return { by, withinUs: DEFAULT_WITHIN_US };
  return { by, withinUs: durationAt(['dedup', 'within'], dedup.within, report) };
}

function selectOf(spec: WindowSpec, shape: WindowShape | null, computed: Computed, report: Report): Select[] {
  const names = Object.keys(spec.select);
  if (names.length === 0) report(['select'], 'nothing', 'at least one aggregate, such as events: count()');
  const select: Select[] = [];
  for (const [name, text] of Object.entries(spec.select)) {
    const parsed = parseSelect(name, text, names, (sql) => expand(sql, computed));
    if ('problem' in parsed) report(['select', name], text, parsed.problem);
    else if (shape?.kind === 'global' && hasSeconds(parsed.select.expression))
      report(['select', name], text, 'no rate: a global window has no length to divide by');
    else select.push(parsed.select);
  }
  for (const { name, expression } of select)
    if (reaches(namesIn(expression), name, select))
      report(['select', name], spec.select[name] ?? '', `columns that do not name ${name} in turn`);
  return select;
}

function hasSeconds(expression: Expression): boolean {
  if (expression.kind === 'binary') return hasSeconds(expression.left) || hasSeconds(expression.right);
  return expression.kind === 'seconds';
}

function reaches(from: readonly string[], name: string, select: readonly Select[]): boolean {
  const open = [...from];
  const seen = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === name) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    const column = select.find((other) => other.name === next);
    if (column) open.push(...namesIn(column.expression));
  }
  return false;
}

/** Columns of a window's table that are always there. (Q2) */
const TABLE_COLUMNS = ['window_start', 'window_end', 'state', 'revision'];

/** What a row says of itself beside its columns where it is printed. (H5) */
const OUTPUT_KEYS = ['_window', '_other', '_errors'];

/** Names that no column of a window can have. */
export const WINDOW_COLUMNS = [...TABLE_COLUMNS, ...OUTPUT_KEYS];

/** All columns of a window are of one table, whose names differ by more than case. */
function checkColumnNames(spec: WindowSpec, by: readonly ByColumn[], report: Report): void {
  const taken = new Map<string, string>([
    ...TABLE_COLUMNS.map((name) => [name, 'a column that every window has'] as const),
    ...OUTPUT_KEYS.map((name) => [name, 'a key of printed rows'] as const),
  ]);
  if (spec.grouping_sets !== undefined) taken.set('grouping_id', 'a column of grouping sets');
  const take = (name: string, path: SpecProblem['path'], what: string, fix: string): void => {
    const owner = taken.get(name.toLowerCase());
    if (owner !== undefined) report(path, name, `another name, for there is ${owner} of this one${fix}`);
    taken.set(name.toLowerCase(), what);
  };
  for (const [index, { name }] of by.entries()) {
    const isList = Array.isArray(spec.by);
    const fix = isList ? `, as by: { ${name.replace(/\W/g, '_')}_2: ${JSON.stringify(name)} }` : '';
    take(name, ['by', isList ? index : name], 'a by-column', fix);
  }
  for (const name of Object.keys(spec.select)) take(name, ['select', name], 'a select column', '');
}

function sqlAt(path: SpecProblem['path'], sql: string, computed: Computed, report: Report): string {
  const wrong = sqlProblem(sql);
  if (wrong !== null) report(path, sql, wrong);
  return wrong === null ? expand(sql, computed) : sql;
}

function durationAt(path: SpecProblem['path'], text: string, report: Report): number {
  const us = parseDurationUs(text);
  if (us === null) report(path, text, 'a duration such as 1m');
  else if (us > MAX_LENGTH_US) report(path, text, `at most ${formatDurationUs(MAX_LENGTH_US)} (100 years)`);
  return us ?? 0;
}
