import type { ValueType } from '../panes/column.ts';

/** A value's type in a sentence: "an integer", "a decimal". */
export function typeWords(type: ValueType): string {
  const [name = ''] = type.split(':');
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
