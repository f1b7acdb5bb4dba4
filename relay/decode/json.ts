import { Rejected } from './rejected.ts';
import { readUtf8 } from './utf8.ts';

/**
 * JSON bytes → fields.
 *
 *     bytes ─▶ size ─▶ UTF-8 ─▶ JSON.parse ─▶ object ─▶ fields
 *                                   │           └ scalar ─▶ { value }
 *                                   ├ nested deeper than MAX_DEPTH: rejected, before anything else walks it
 *                                   └ an integer beyond 2^53: parsed again, those integers as bigint  (D7)
 */
export type Fields = Record<string, unknown>;

export const MAX_RECORD_BYTES = 8 * 1024 * 1024;
/** Levels of objects and lists, the record itself being the first. */
export const MAX_DEPTH = 100;

export function decodeJson(bytes: Uint8Array | null, maxBytes = MAX_RECORD_BYTES): Fields | Rejected {
  if (bytes === null || bytes.length === 0)
    return new Rejected('the record is empty: expected one JSON object', { kind: 'the record is empty' });
  if (bytes.length > maxBytes)
    return new Rejected(`the record has ${bytes.length} bytes: expected at most ${maxBytes}; send smaller records`, {
      kind: `the record has more than ${maxBytes} bytes`,
    });
  let text = readUtf8(bytes);
  if (text === null)
    return new Rejected('the record is not UTF-8: expected JSON text in UTF-8', { kind: 'the record is not UTF-8' });
  if (text.charCodeAt(0) === BYTE_ORDER_MARK) text = text.slice(1);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return new Rejected(`the record is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      kind: 'the record is not JSON',
    });
  }
  const found = survey(value, 1);
  if (found === 'deep') return new Rejected(`the record is nested deeper than ${MAX_DEPTH} levels; send it flatter`);
  if (found === 'unsafe') value = JSON.parse(text, exactIntegers);
  if (typeof value !== 'object') return { value };
  if (value === null || Array.isArray(value))
    return new Rejected(`the record is ${value === null ? 'null' : 'a list'}: expected one JSON object`);
  return value as Fields;
}

const BYTE_ORDER_MARK = 0xfeff;

/** One walk for what a value holds: something too deep, else an integer that is not exact as a number. */
function survey(value: unknown, depth: number): 'plain' | 'unsafe' | 'deep' {
  if (typeof value === 'number') return isUnsafe(value) ? 'unsafe' : 'plain';
  if (typeof value !== 'object' || value === null) return 'plain';
  if (depth > MAX_DEPTH) return 'deep';
  const fields = value as Fields;
  let found: 'plain' | 'unsafe' = 'plain';
  for (const name in fields) {
    const field = fields[name];
    if (typeof field === 'number') {
      if (isUnsafe(field)) found = 'unsafe';
    } else if (typeof field === 'object') {
      const inside = survey(field, depth + 1);
      if (inside === 'deep') return inside;
      if (inside === 'unsafe') found = inside;
    }
  }
  return found;
}

function isUnsafe(value: number): boolean {
  return (value > Number.MAX_SAFE_INTEGER || value < Number.MIN_SAFE_INTEGER) && Number.isFinite(value);
}

/** `JSON.parse` tells a reviver the text a number was read from. */
function exactIntegers(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || !isUnsafe(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
