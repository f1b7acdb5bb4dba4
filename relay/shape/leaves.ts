import type { Fields } from '../decode/json.ts';

/** Calls back for every value that is neither null nor an object, with the names on the way to it. (D2) */
export function eachLeaf(
  fields: Fields,
  visit: (path: readonly string[], value: unknown) => void,
  path: readonly string[] = [],
): void {
  for (const name in fields) {
    const value = fields[name];
    if (value === null || value === undefined) continue;
    if (typeof value === 'object' && !Array.isArray(value)) eachLeaf(value as Fields, visit, [...path, name]);
    else visit([...path, name], value);
  }
}

/** A list as JSON text, integers beyond 2^53 as they were written. */
export function listText(value: unknown): string {
  return JSON.stringify(value, (_name, inner) => (typeof inner === 'bigint' ? rawJson(String(inner)) : inner));
}

/** `JSON.rawJSON` (Node 22 and later), which TypeScript's library does not know yet. */
const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;
