import type { Row } from './scenario.ts';

/** Rows compared as multisets: order never matters, fractions agree to 12 digits. */
export interface Difference {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
}

/** Compares on the columns the wanted rows have; without wanted rows, on all. */
export function differenceOf(found: readonly Row[], wanted: readonly Row[]): Difference {
  const columns = new Set(wanted.flatMap((row) => Object.keys(row)));
  const text = (row: Row): string => {
    const names = Object.keys(row).filter((name) => columns.size === 0 || columns.has(name));
    return JSON.stringify(Object.fromEntries(names.sort().map((name) => [name, canonical(row[name])])));
  };
  const left = new Map<string, number>();
  for (const row of wanted) left.set(text(row), (left.get(text(row)) ?? 0) + 1);
  const unexpected: string[] = [];
  for (const row of found) {
    const key = text(row);
    const count = left.get(key) ?? 0;
    if (count === 0) unexpected.push(key);
    else left.set(key, count - 1);
  }
  const missing = [...left].flatMap(([key, count]) => Array.from({ length: count }, () => key));
  return { missing: missing.sort(), unexpected: unexpected.sort() };
}

export const SAME: Difference = { missing: [], unexpected: [] };

function canonical(value: unknown): unknown {
  if (typeof value === 'bigint') return canonical(Number.isSafeInteger(Number(value)) ? Number(value) : String(value));
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return String(value);
    return Number.isInteger(value) ? value + 0 : Number(value.toPrecision(12));
  }
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(canonical);
  return value ?? null;
}

/** The last row of each window and group, in the order in which they first came. */
export function lastOf(rows: readonly Row[], groups: readonly string[]): Row[] {
  const last = new Map<string, Row>();
  for (const row of rows) last.set(JSON.stringify(groups.map((name) => canonical(row[name]))), row);
  return [...last.values()];
}
