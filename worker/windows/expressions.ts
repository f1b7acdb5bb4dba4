import { Type } from '@uwdata/flechette';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { FieldType } from '../../contract/spec/field.ts';
import type { ValueType } from '../panes/column.ts';
import { type Condition, parseCondition } from '../panes/condition.ts';
import { decodeArrow } from '../store/arrow.ts';
import { type Database, quoteName } from '../store/database.ts';

/**
 * An expression over a row of a stream: a field as it is in the frame, a simple condition judged from such fields, or
 * SQL the database evaluates over new rows.
 * SQL that fails on a row is null there (it is wrapped in TRY), so that one bad value cannot stop a stream.
 */
export type RowExpression =
  | { readonly kind: 'field'; readonly field: string; readonly type: ValueType }
  | { readonly kind: 'condition'; readonly condition: Condition; readonly sql: string; readonly type: 'boolean' }
  | { readonly kind: 'sql'; readonly sql: string; readonly type: ValueType };

const FIELD_TYPES: Readonly<Record<FieldType, ValueType>> = {
  int64: 'integer',
  float64: 'float',
  string: 'text',
  bool: 'boolean',
  timestamp: 'timestamp',
};

const SQL_TYPES: Readonly<Record<ValueType, string>> = {
  integer: 'BIGINT',
  float: 'DOUBLE',
  text: 'VARCHAR',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
};

/** Resolves an expression against a stream; throws the database's error when it is not one. */
export function resolveExpression(text: string, schema: StreamSchema, view: string, database: Database): RowExpression {
  const fieldOf = (token: string) => findField(token, schema);
  const field = fieldOf(text);
  if (field) return { kind: 'field', ...field };
  if (/\bunnest\s*\(|\bover\s*\(|\bselect\b/i.test(text.replace(/'[^']*'/g, '')))
    throw new Error('an expression is over one row: no subquery, window function or unnest');
  // `_event_time` beside it makes an aggregate a binder error.
  const probe = decodeArrow(database.run(`SELECT (${text}\n) AS value, _event_time FROM ${view} LIMIT 0`));
  const type = sqlType(probe.schema.fields[0]?.type.typeId);
  const sql = `TRY(CAST((${text}\n) AS ${SQL_TYPES[type]}))`;
  const condition = type === 'boolean' ? parseCondition(text, fieldOf) : null;
  return condition ? { kind: 'condition', condition, sql, type: 'boolean' } : { kind: 'sql', sql, type };
}

/** The field an identifier names, as the database would find it: whatever its case. */
function findField(text: string, { fields, timeField }: StreamSchema): { field: string; type: ValueType } | null {
  const name = plainName(text);
  if (name === null) return null;
  if (name === timeField || name === '_event_time') return { field: '_event_time', type: 'timestamp' };
  const lower = name.toLowerCase();
  const found = fields.find((own) => own.name === name) ?? fields.find((own) => own.name.toLowerCase() === lower);
  if (!found) return null;
  return { field: found.name === timeField ? '_event_time' : found.name, type: FIELD_TYPES[found.type] };
}

/** A bare or quoted identifier's name, or null. */
function plainName(text: string): string | null {
  const trimmed = text.trim();
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(trimmed)) return trimmed;
  const quoted = /^"((?:[^"]|"")+)"$/.exec(trimmed);
  return quoted ? (quoted[1] ?? '').replaceAll('""', '"') : null;
}

function sqlType(typeId: number | undefined): ValueType {
  switch (typeId) {
    case Type.Int:
      return 'integer';
    case Type.Float:
    case Type.Decimal:
      return 'float';
    case Type.Bool:
      return 'boolean';
    case Type.Timestamp:
    case Type.Date:
      return 'timestamp';
    default:
      return 'text';
  }
}

/** The stream's view, quoted. */
export function viewName(stream: string): string {
  return `main.${quoteName(stream)}`;
}
