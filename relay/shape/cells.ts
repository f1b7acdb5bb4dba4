import type { FieldType } from '../../contract/spec/field.ts';
import { Rejected } from '../decode/rejected.ts';
import { describe, kindOf } from './describe.ts';
import { typeOf } from './infer.ts';
import { listText } from './leaves.ts';
import type { Cell } from './row.ts';
import { readTimeUs } from './time-text.ts';

/** A value as a cell of its column's type; undefined: the type cannot hold it. (D11) */
export function readCell(type: FieldType, value: unknown): Cell | undefined {
  switch (type) {
    case 'string':
      if (typeof value === 'string') return value;
      return Array.isArray(value) ? listText(value) : undefined;
    case 'float64':
      if (typeof value === 'number' && Number.isFinite(value)) return value;
      return typeof value === 'bigint' ? Number(value) : undefined;
    case 'int64':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
      return typeof value === 'bigint' && BigInt.asIntN(64, value) === value ? value : undefined;
    case 'bool':
      return typeof value === 'boolean' ? value : undefined;
    case 'timestamp':
      return readTimeUs(value, 'auto') ?? undefined;
  }
}

/** Is it a number that a column of integers holds once it is float64? (D10) */
export function isFraction(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && !Number.isSafeInteger(value);
}

export function unfit(column: string, type: FieldType, value: unknown): Rejected {
  const wanted = type === 'string' ? 'text' : withArticle(type);
  // A column of text takes no numbers: declared so for a few, all others would be rejected.
  const way =
    typeof value === 'string'
      ? `send ${wanted}, or, where it is text in all of them, declare ${column} as string`
      : `send ${wanted}, or declare ${column} as ${typeOf(value)}`;
  return new Rejected(`field "${column}": expected ${type}, found ${describe(value)}; ${way}`, {
    field: column,
    kind: `field "${column}": expected ${type}, found ${kindOf(value)}`,
  });
}

function withArticle(type: FieldType): string {
  return type === 'int64' ? 'an int64' : `a ${type}`;
}
