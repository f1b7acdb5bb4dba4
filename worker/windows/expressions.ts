import { type DataType, type DecimalType, Type } from '@uwdata/flechette';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { FieldType } from '../../contract/spec/field.ts';
import type { ValueType } from '../panes/column.ts';
import { type Condition, parseCondition } from '../panes/condition.ts';
import { decimalScale } from '../panes/decimal.ts';
import { decodeArrow } from '../store/arrow.ts';
import { type Database, quoteName } from '../store/database.ts';
import { errorText } from '../store/error-text.ts';
import { changingProblem } from './changing-functions.ts';

/**
 * An expression over a row of a stream: a field as it is in the frame, a simple condition judged from such fields, or
 * SQL the database evaluates over new rows.
 * SQL that fails on a row is null there (see `nullWhereItFails`), so that one bad value cannot stop a stream.
 */
export type RowExpression =
  | { readonly kind: 'field'; readonly field: string; readonly type: ValueType }
  | { readonly kind: 'condition'; readonly condition: Condition; readonly sql: string; readonly type: 'boolean' }
  | {
      readonly kind: 'sql';
      readonly sql: string;
      readonly type: ValueType;
      /** The one field it depends on, a text, when its value is always the same for the same text. */
      readonly textField: string | null;
    };

/** What a stream's field is to windows. */
export const FIELD_TYPES: Readonly<Record<FieldType, ValueType>> = {
  int64: 'integer',
  float64: 'float',
  string: 'text',
  bool: 'boolean',
  timestamp: 'timestamp',
};

const SQL_TYPES: Readonly<Record<'integer' | 'float' | 'text' | 'boolean' | 'timestamp', string>> = {
  integer: 'BIGINT',
  float: 'DOUBLE',
  text: 'VARCHAR',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
};

/** What an expression is resolved against. */
export interface RowShape {
  readonly fields: readonly { readonly name: string; readonly type: ValueType }[];
  /** The field that is the event time, besides `_event_time`. */
  readonly timeField: string | null;
  /** SQL of a table with these fields and `_event_time`: a name, or a subquery. */
  readonly relation: string;
}

export function streamShape(stream: string, { fields, timeField }: StreamSchema): RowShape {
  return {
    fields: fields.map(({ name, type }) => ({ name, type: FIELD_TYPES[type] })),
    timeField,
    relation: viewName(stream),
  };
}

/**
 * Resolves an expression against rows; throws the database's error when it is not one, or an Error in words when it does
 * not give the same value for the same row.
 */
export function resolveExpression(text: string, shape: RowShape, database: Database): RowExpression {
  const fieldOf = (token: string) => findField(token, shape);
  const field = fieldOf(text);
  if (field) return { kind: 'field', ...field };
  if (/\bunnest\s*\(|\bover\s*\(|\bselect\b/i.test(text.replace(/'[^']*'/g, '')))
    throw new Error('an expression is over one row: no subquery, window function or unnest');
  const names = new Set(shape.fields.map(({ name }) => name.toLowerCase()));
  const changing = changingProblem(text, names, database);
  if (changing !== null) throw new Error(changing);
  const type = probe(text, shape, database);
  const sql = sqlOf(text, type);
  // What is run is bound as well: it may be refused where the expression alone is not.
  database.run(`SELECT ${sql} AS value FROM ${shape.relation} LIMIT 0`);
  const condition = type === 'boolean' ? parseCondition(text, fieldOf) : null;
  if (condition) return { kind: 'condition', condition, sql, type: 'boolean' };
  return { kind: 'sql', sql, type, textField: textFieldOf(text, shape, database) };
}

/** The type of what an expression yields. */
function probe(text: string, { relation }: RowShape, database: Database): ValueType {
  try {
    // `_event_time` beside it makes an aggregate a binder error.
    const found = decodeArrow(database.run(`SELECT (${text}\n) AS value, _event_time FROM ${relation} LIMIT 0`));
    return valueType(found.schema.fields[0]?.type, text);
  } catch (error) {
    if (/must appear in the GROUP BY clause/.test(errorText(error)))
      throw new Error('an expression is over one row, and this has an aggregate: those are written under select', {
        cause: error,
      });
    throw error;
  }
}

/** The only field an expression depends on, if that is a text. */
function textFieldOf(text: string, { fields, timeField }: RowShape, database: Database): string | null {
  const bare = text.replace(/'(?:[^']|'')*'/g, ' ').toLowerCase();
  const alone = fields.find(({ name, type }) => {
    if (type !== 'text' || name === timeField || !bare.includes(name.toLowerCase())) return false;
    try {
      database.run(`SELECT (${text}\n) FROM (SELECT NULL::VARCHAR AS ${quoteName(name)}) LIMIT 0`);
      return true;
    } catch {
      // It needs another field as well.
      return false;
    }
  });
  return alone?.name ?? null;
}

function sqlOf(text: string, type: ValueType): string {
  const cast = `CAST((${text}\n) AS ${sqlTypeOf(type)})`;
  const scale = decimalScale(type);
  return nullWhereItFails(scale === null ? cast : `CAST(${cast} * ${10n ** BigInt(scale)} AS BIGINT)`);
}

/**
 * TRY only tells where SQL fails: of the value itself, where another row fails, DuckDB 1.4 at times makes another one, or
 * an internal error.
 */
function nullWhereItFails(sql: string): string {
  return `CASE WHEN TRY((${sql}) IS NULL) IS NOT NULL THEN ${sql} END`;
}

/** The database's type of a value type. */
export function sqlTypeOf(type: ValueType): string {
  const scale = decimalScale(type);
  return scale === null ? SQL_TYPES[type as keyof typeof SQL_TYPES] : `DECIMAL(38, ${scale})`;
}

/** The field an identifier names, as the database would find it: whatever its case. */
function findField(text: string, { fields, timeField }: RowShape): { field: string; type: ValueType } | null {
  const name = plainName(text);
  if (name === null) return null;
  if (name === timeField || name === '_event_time') return { field: '_event_time', type: 'timestamp' };
  const lower = name.toLowerCase();
  const found = fields.find((own) => own.name === name) ?? fields.find((own) => own.name.toLowerCase() === lower);
  if (!found) return null;
  return { field: found.name === timeField ? '_event_time' : found.name, type: found.type };
}

/** A bare or quoted identifier's name, or null. */
function plainName(text: string): string | null {
  const trimmed = text.trim();
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(trimmed)) return trimmed;
  const quoted = /^"((?:[^"]|"")+)"$/.exec(trimmed);
  return quoted ? (quoted[1] ?? '').replaceAll('""', '"') : null;
}

function valueType(type: DataType | undefined, text: string): ValueType {
  switch (type?.typeId) {
    case Type.Int:
      return 'integer';
    case Type.Float:
      return 'float';
    case Type.Decimal:
      return decimalType(type as DecimalType, text);
    case Type.Bool:
      return 'boolean';
    case Type.Timestamp:
    case Type.Date:
      return 'timestamp';
    default:
      return 'text';
  }
}

/**
 * Decimals of up to 18 digits are exact. Longer ones come of themselves where an int64 meets a literal such as 1.1, and
 * are floats then; asked for in so many words they are refused, for they could not be kept.
 */
function decimalType({ precision, scale }: DecimalType, text: string): ValueType {
  if (precision <= 18) return `decimal:${scale}`;
  if (/\b(decimal|numeric)\b/i.test(text.replace(/'[^']*'/g, '')))
    throw new Error(
      `decimal(${precision}, ${scale}) has more than the 18 digits that are counted exactly: cast to decimal(18, ${scale}) or to double`,
    );
  return 'float';
}

/** The stream's view, quoted. */
export function viewName(stream: string): string {
  return `main.${quoteName(stream)}`;
}
