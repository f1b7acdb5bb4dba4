import type { EmittedRow } from '../../../contract/emitted-row.ts';
import type { ColumnKind, SelectCase } from './aggregate-case.ts';
import type { ValueKind } from './conditions.ts';
import type { WindowCase } from './window-case.ts';

/**
 * A window's row as it is compared, whoever gave it: the oracle, the window's table, or its emission.
 *
 *     window bounds, grouping, groups ─▶ one text, the key      select columns ─▶ values, by their kinds
 */
export interface ComparedRow {
  readonly key: string;
  readonly values: readonly unknown[];
  /** Bounds of relative errors, one for each value; null: not told. */
  readonly errors: readonly number[] | null;
  readonly state: string | null;
  readonly revision: number;
  /** Of the oracle's floats: the size of what was added up. */
  readonly scales: readonly number[] | null;
}

/** The SELECT list that reads a window's table, ours or the oracle's. */
export function projection({ by, select, sets }: WindowCase, of: 'engine' | 'oracle'): string {
  return [
    'epoch_us(window_start)::VARCHAR AS ws',
    'epoch_us(window_end)::VARCHAR AS we',
    of === 'oracle' || sets !== null ? 'grouping_id' : '0 AS grouping_id',
    ...by.map(({ name, kind }, index) => `${read(name, kind)} AS k${index}`),
    ...select.map(({ name, kind }, index) => `${read(name, kind)} AS v${index}`),
  ].join(', ');
}

function read(name: string, kind: ColumnKind | ValueKind): string {
  if (kind === 'int' || kind === 'decimal') return `"${name}"::VARCHAR`;
  return kind === 'time' ? `epoch_us("${name}")::VARCHAR` : `"${name}"`;
}

export function rowOfTable(row: Readonly<Record<string, unknown>>, { by, select }: WindowCase): ComparedRow {
  return {
    key: keyOf(
      row.ws,
      row.we,
      row.grouping_id,
      by.map(({ kind }, index) => comparable(row[`k${index}`], kind, null)),
    ),
    values: select.map(({ kind, k }, index) => comparable(row[`v${index}`], kind, k)),
    errors: null,
    state: typeof row.state === 'string' ? row.state : null,
    revision: Number(row.revision ?? 0),
    scales: Array.isArray(row.scales) ? row.scales.map(Number) : null,
  };
}

export function rowOfEmission(row: EmittedRow, { by, select, sets }: WindowCase): ComparedRow {
  const { columns, windowStartUs, windowEndUs, errors, state, revision } = row;
  return {
    key: keyOf(
      windowStartUs,
      windowEndUs,
      sets === null ? 0 : columns.grouping_id,
      by.map(({ name, kind }) => comparable(emitted(columns[name], kind), kind, null)),
    ),
    values: select.map(({ name, kind, k }) => comparable(emitted(columns[name], kind), kind, k)),
    errors: select.map(({ name }) => errors[name] ?? 0),
    state,
    revision,
    scales: null,
  };
}

function keyOf(startUs: unknown, endUs: unknown, groupingId: unknown, groups: readonly unknown[]): string {
  const bound = (us: unknown) => (us === null ? '∞' : String(us));
  return JSON.stringify([
    bound(startUs),
    bound(endUs),
    Number(groupingId),
    ...groups.map((value) => (value === null ? null : String(value))),
  ]);
}

/** Emitted timestamps are ISO texts, up to the microsecond. */
function emitted(value: unknown, kind: ColumnKind | ValueKind): unknown {
  if (kind !== 'time' || typeof value !== 'string') return value;
  const fraction = /\.(\d+)Z$/.exec(value)?.[1] ?? '';
  return Date.parse(value) * 1000 + Number(fraction.padEnd(6, '0').slice(3));
}

function comparable(value: unknown, kind: ColumnKind | ValueKind, k: number | null): unknown {
  if (value === null || value === undefined) return null;
  switch (kind) {
    case 'int':
    case 'time':
      return String(value);
    case 'decimal':
      return Number(value).toFixed(2);
    case 'float':
    case 'deviation':
    case 'sketch':
      return Number(value) + 0;
    case 'top':
      return topOf(value, k ?? 0);
    default:
      return value;
  }
}

/** The oracle gives all values, ours the most frequent with their counts. */
function topOf(value: unknown, k: number): string {
  const list: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  if (!Array.isArray(list)) return String(value);
  if (list.every((one) => typeof one === 'object' && one !== null && 'count' in one))
    return list.map((one: { value: unknown; count: unknown }) => `${one.value}=${one.count}`).join('|');
  const counts = new Map<string, number>();
  for (const one of list) counts.set(String(one), (counts.get(String(one)) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || (typeof list[0] === 'string' ? byCodePoint(a, b) : Number(a) - Number(b)))
    .slice(0, k)
    .map(([one, count]) => `${one}=${count}`)
    .join('|');
}

function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** Magnitudes below the least normal float64 count as zero in a sketch. */
const TINY = 2.3e-308;

/** How two rows of one key differ, in words; empty: they do not. */
export function differences(found: ComparedRow, wanted: ComparedRow, select: readonly SelectCase[]): string[] {
  return select.flatMap(({ name, kind, text }, index) => {
    const [own, right] = [found.values[index], wanted.values[index]];
    const scale = wanted.scales?.[index] ?? 1;
    return isSame(own, right, kind, scale, found.errors?.[index] ?? null)
      ? []
      : [`${name} = ${text}: found ${String(own)}, SQL gives ${String(right)}`];
  });
}

function isSame(own: unknown, right: unknown, kind: ColumnKind, scale: number, error: number | null): boolean {
  if (typeof own !== 'number' || typeof right !== 'number') return own === right;
  if (!Number.isFinite(right) || !Number.isFinite(own)) return Object.is(own, right);
  if (kind === 'deviation') return Math.abs(own ** 2 - right ** 2) <= 1e-9 * Math.max(scale, right ** 2);
  // A table does not tell the bound, and one whose buckets were joined has none.
  if (kind === 'sketch')
    return (
      error === null ||
      !Number.isFinite(error) ||
      Math.abs(own - right) <= (error + 1e-9) * Math.max(scale, Math.abs(right)) + TINY
    );
  return Math.abs(own - right) <= 1e-9 * Math.max(scale, Math.abs(right));
}
