import { listText } from './leaves.ts';

/** A value for a message: its kind and the start of it. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return `list ${cut(listText(value))}`;
  if (typeof value === 'string') return `string ${cut(JSON.stringify(value))}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number too large for float64';
  return `${kindOf(value)} ${cut(String(value))}`;
}

export function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value === 'bigint' ? 'number' : typeof value;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60).toWellFormed()}…` : text;
}
