import type { Variable } from '../../contract/spec/variable.ts';
import type { Row } from '../../contract/worker-api.ts';

/** Values offered at most; one that is not among them can be written. */
export const MAX_OPTIONS = 500;

export interface Options {
  readonly values: readonly (string | null)[];
  /** There are more than are offered. */
  readonly more: boolean;
}

/** The question that finds a variable's values; null: they are written in the board. One more than is offered is asked for. */
export function optionsSql(variable: Variable): string | null {
  if ('values' in variable) return null;
  const limit = `LIMIT ${MAX_OPTIONS + 1}`;
  if (variable.sql !== undefined) return `SELECT * FROM (\n${variable.sql.trim().replace(/;+$/, '')}\n) ${limit}`;
  const column = quoted(variable.column);
  return `SELECT DISTINCT ${column} AS value FROM ${quoted(variable.from)} ORDER BY value ${limit}`;
}

/** The first column of the answer. */
export function optionsOf(rows: readonly Row[]): Options {
  const values = [...new Set(rows.map((row) => textOf(Object.values(row)[0])))];
  return { values: values.slice(0, MAX_OPTIONS), more: values.length > MAX_OPTIONS };
}

/** Those that hold what is searched for, whatever its case; a chosen one stays among them, in its place or at the end. */
export function found(
  options: readonly (string | null)[],
  chosen: readonly (string | null)[],
  search: string,
): readonly (string | null)[] {
  const wanted = search.trim().toLowerCase();
  const all = [...options, ...chosen.filter((value) => !options.includes(value))];
  return wanted === '' ? all : all.filter((value) => value?.toLowerCase().includes(wanted));
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return value instanceof Date ? value.toISOString() : String(value);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
