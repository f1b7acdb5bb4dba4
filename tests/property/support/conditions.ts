/** SQL over a row, judged alike by the engine and the oracle; some the engine compiles, some its database evaluates. */
export const CONDITIONS = [
  'b',
  'NOT b',
  'g > 0',
  "t = 'buy'",
  "t <> 'buy'",
  "t IN ('see', 'é') OR b",
  "t LIKE '%a%'",
  "t > 'c'",
  'i > 9007199254740992',
  'i = 9007199254740993',
  'i BETWEEN -2 AND 3',
  'i IS NOT NULL',
  'i % 2 = 0',
  'f > 1',
  'f <> 0',
  "f = 'nan'::DOUBLE",
  'f <= 0.1',
  "seen > TIMESTAMP '1970-01-01'",
  'g < i AND b IS NOT FALSE',
  'CAST(t AS INTEGER) > 0',
  'id < 9',
] as const;

export type ValueKind = 'text' | 'int' | 'float' | 'bool' | 'time';

export interface GroupColumn {
  readonly name: string;
  readonly sql: string;
  readonly kind: ValueKind;
}

export const GROUPS: readonly GroupColumn[] = [
  { name: 't', sql: 't', kind: 'text' },
  { name: 'b', sql: 'b', kind: 'bool' },
  { name: 'i', sql: 'i', kind: 'int' },
  { name: 'f', sql: 'f', kind: 'float' },
  { name: 'shout', sql: "upper(t) || '!'", kind: 'text' },
  { name: 'rest', sql: 'id % 3', kind: 'int' },
  { name: 'hour', sql: "date_trunc('hour', _event_time)", kind: 'time' },
  { name: 'number', sql: 'CAST(t AS INTEGER)', kind: 'int' },
  { name: 'seen', sql: 'seen', kind: 'time' },
];

/** Fields computed before the window, each with what may be made of it. */
export const COMPUTED = {
  half: 'g / 2',
  big: 'half > 10',
  word: "coalesce(t, 'none')",
} as const;

/**
 * SQL for the oracle: what fails on a row is null there. Only casts fail here, and the oracle's TRY is not used, for in
 * DuckDB 1.4.4 it also makes null what it reads (duckdb/duckdb#20006).
 */
export function tried(sql: string): string {
  return sql.replaceAll('CAST(', 'TRY_CAST(');
}
