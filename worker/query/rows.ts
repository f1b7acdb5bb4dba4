import { type Table, Type } from '@uwdata/flechette';
import type { Row } from '../../contract/worker-api.ts';

/** Rows as objects: timestamps as Date, int64 as number within ±2^53 and bigint beyond, lists and structs as values. */
export function toRows(table: Table): Row[] {
  const rows: Row[] = Array.from({ length: table.numRows }, () => ({}));
  for (const [index, field] of table.schema.fields.entries()) {
    const convert = converter(field.type.typeId);
    let at = 0;
    for (const value of table.getChildAt(index)) {
      const row = rows[at++];
      if (row) row[field.name] = value === null || value === undefined ? null : convert(value);
    }
  }
  return rows;
}

/** The decoder gives timestamps of every unit in milliseconds. */
function converter(typeId: number): (value: unknown) => unknown {
  if (typeId === Type.Timestamp || typeId === Type.Date) return (value) => new Date(Math.floor(Number(value)));
  return plain;
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<unknown>, plain);
  if (value !== null && typeof value === 'object' && !(value instanceof Date))
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  return value;
}
