import type { Variable } from '../../contract/spec/variable.ts';

export function labelOf(name: string, { label }: Pick<Variable, 'label'>): string {
  return label ?? name;
}

/** A value as people read it. */
export function valueWords(value: string | null): string {
  return value === null ? 'none' : value === '' ? '(empty)' : value;
}

/** `all`, `DE`, `DE, FR`, `DE + 3 more` */
export function valuesWords(values: readonly (string | null)[]): string {
  const [first, ...others] = values;
  if (first === undefined) return 'all';
  if (others.length === 0) return valueWords(first);
  const both = values.map(valueWords).join(', ');
  return others.length === 1 && both.length <= 16 ? both : `${valueWords(first)} + ${others.length} more`;
}
