import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Filter, Row, RowsPicture } from '../../contract/worker-api.ts';
import type { InView } from './in-view.ts';

type Fields = StreamSchema['fields'];

/** The newest rows of a stream within a time that is over, of those that are kept; null: a filter cannot be said in SQL. */
export function pastRowsSql(
  stream: string,
  { fromUs, untilUs }: InView,
  filters: readonly Filter[],
  fields: Fields,
  limit: number,
): string | null {
  const known = filters.filter(({ column }) => fields.some(({ name }) => name === column));
  const conditions = known.map((filter) =>
    conditionOf(filter, fields.find(({ name }) => name === filter.column)?.type),
  );
  if (conditions.some((condition) => condition === null)) return null;
  const where = [
    ...(fromUs === null ? [] : [`_event_time >= make_timestamp(${Math.round(fromUs)})`]),
    ...(untilUs === null ? [] : [`_event_time < make_timestamp(${Math.round(untilUs)})`]),
    ...conditions,
  ];
  return `SELECT *, epoch_us(_event_time) AS _us FROM ${quoted(stream)}${
    where.length > 0 ? ` WHERE ${where.join(' AND ')}` : ''
  } ORDER BY _event_time DESC LIMIT ${limit}`;
}

/** Null: values of the type are not shown as they are written in SQL. */
function conditionOf({ column, values, not }: Filter, type: string | undefined): string | null {
  const name = quoted(column);
  const texts = values.filter((value) => value !== null);
  const literals = texts.map((text) => literalOf(text, type));
  if (literals.some((literal) => literal === null)) return null;
  const among = literals.length === 0 ? 'false' : `${name} IN (${literals.join(', ')})`;
  const found = texts.length < values.length ? `(${among} OR ${name} IS NULL)` : among;
  return not ? `coalesce(NOT ${found}, true)` : `coalesce(${found}, false)`;
}

function literalOf(text: string, type: string | undefined): string | null {
  if (type === 'string') return `'${text.replaceAll("'", "''")}'`;
  if (type === 'bool') return text === 'true' || text === 'false' ? text : null;
  if (type === 'int64' || type === 'float64') return /^-?\d{1,15}(\.\d{1,9})?$/.test(text) ? text : null;
  return null;
}

/** Answers as a picture has its rows. Of a time that is over all are final; how late each came is not asked. */
export function pastRows(rows: readonly Row[], columns: RowsPicture['columns']): RowsPicture['rows'] {
  return rows.map((row) => ({
    eventTimeUs: Number(row._us),
    state: 'final',
    cells: columns.map(({ name }) => cellOf(row[name])),
  }));
}

function cellOf(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() * 1000;
  return typeof value === 'bigint' ? String(value) : (value ?? null);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
