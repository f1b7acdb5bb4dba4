/**
 * A column's value in the address: its text; `$__null` where there is none. `$__all` stands for no choice at all. A text
 * that itself begins so has one `$` more.
 */
export const ALL = '$__all';
const NULL = '$__null';

export function writeValue(value: string | null): string {
  if (value === null) return NULL;
  return /^\$+__/.test(value) ? `$${value}` : value;
}

export function readValue(text: string): string | null {
  if (text === NULL) return null;
  return /^\$\$+__/.test(text) ? text.slice(1) : text;
}
