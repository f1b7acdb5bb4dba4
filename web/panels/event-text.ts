/**
 * A line with fields in braces: `{machine} is {state}`. Taken apart once, filled per row. A brace that is not closed,
 * or holds no name, stands as it is written; `{{` is a brace.
 */
export type TextPart = { readonly text: string } | { readonly field: string };

export function textParts(template: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let rest = 0;
  for (const match of template.matchAll(/\{\{|\}\}|\{([^{}]+)\}/g)) {
    if (match.index > rest) parts.push({ text: template.slice(rest, match.index) });
    const field = match[1]?.trim();
    parts.push(field ? { field } : { text: match[0].startsWith('{{') ? '{' : match[0] === '}}' ? '}' : match[0] });
    rest = match.index + match[0].length;
  }
  if (rest < template.length) parts.push({ text: template.slice(rest) });
  return parts;
}

/** `value` writes a field of the row; null: it has none, and a dash stands for it. */
export function filledText(parts: readonly TextPart[], value: (field: string) => string | null): string {
  return parts.map((part) => ('text' in part ? part.text : (value(part.field) ?? '—'))).join('');
}
