import type { Filter } from '../../contract/worker-api.ts';
import type { ValueType } from '../panes/column.ts';
import { decimalScale, formatDecimal, parseDecimal } from '../panes/decimal.ts';
import { quoteText } from '../store/database.ts';

/**
 * A filter as an SQL condition: true for the very rows whose value, as pictures show it, is asked for. `sql` is an
 * expression of that type. What no value of the type is shown as is left out. Never null.
 */
export function filterSql(sql: string, type: ValueType, { values, not }: Filter): string {
  const texts = values.filter((value) => value !== null);
  const hasNull = texts.length < values.length;
  const among = type === 'timestamp' ? withinMs(sql, texts) : oneOf(sql, type, texts, not);
  if (among === null) {
    if (!hasNull) return not ? 'true' : 'false';
    return not ? `${sql} IS NOT NULL` : `${sql} IS NULL`;
  }
  if (!not) return hasNull ? `(${among} OR ${sql} IS NULL)` : among;
  const outside = type === 'timestamp' ? `NOT ${among}` : among;
  return hasNull ? `(${outside} AND ${sql} IS NOT NULL)` : `(${outside} OR ${sql} IS NULL)`;
}

/** Null: no value of the type is shown so. */
function oneOf(sql: string, type: ValueType, texts: readonly string[], not: boolean): string | null {
  const literals = texts.map((text) => literalOf(text, type)).filter((literal) => literal !== null);
  return literals.length === 0 ? null : `${sql} ${not ? 'NOT IN' : 'IN'} (${literals.join(', ')})`;
}

/** Times are shown by the millisecond. */
function withinMs(sql: string, texts: readonly string[]): string | null {
  const times = texts.map((text) => Date.parse(text)).filter((ms, at) => isShownAs(ms, texts[at]));
  if (times.length === 0) return null;
  const within = times.map((ms) => {
    // Before 1970 a time is shown by the millisecond after it.
    const [fromUs, untilUs] = [ms * 1000 - (ms <= 0 ? 999 : 0), ms * 1000 + (ms >= 0 ? 999 : 0)];
    return `${sql} BETWEEN make_timestamp(${fromUs}) AND make_timestamp(${untilUs})`;
  });
  return `(${within.join(' OR ')})`;
}

function isShownAs(ms: number, text: string | undefined): boolean {
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text;
}

/** A literal of the value that is shown as this text; null: none is. */
function literalOf(text: string, type: ValueType): string | null {
  switch (type) {
    case 'text':
      return quoteText(text);
    case 'boolean':
      return text === 'true' || text === 'false' ? text : null;
    case 'integer':
      return /^-?\d{1,19}$/.test(text) && String(BigInt(text)) === text && isInt64(BigInt(text)) ? text : null;
    case 'float':
      if (String(Number(text)) !== text) return null;
      return PLAIN.test(text) ? text : `CAST('${text}' AS DOUBLE)`;
    case 'timestamp':
      return null;
    default: {
      const scale = decimalScale(type) ?? 0;
      const scaled = parseDecimal(text, scale);
      return scaled !== null && formatDecimal(scaled, scale) === text ? text : null;
    }
  }
}

/** Numbers so short that SQL's decimals are the float they are compared with. */
const PLAIN = /^-?\d{1,9}(?:\.\d{1,6})?$/;

function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}
