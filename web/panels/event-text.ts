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

/** Of what was left out. */
const CLOSING = /^[\p{Pe}\p{Pf}"']/u;
const JOINT = /^[\s\p{P}\p{S}]*$/u;

/**
 * `value` writes a field of the row; null: it has none. What only joined it to the words before is left out with it;
 * where words speak of it, a dash stands for it.
 */
export function filledText(parts: readonly TextPart[], value: (field: string) => string | null): string {
  let text = '';
  let joint = '';
  let left = false;
  for (const [at, part] of parts.entries()) {
    if ('text' in part) {
      const words = left ? part.text.replace(CLOSING, '') : part.text;
      left = false;
      if (at > 0 && at < parts.length - 1 && JOINT.test(words)) joint += words;
      else {
        text += joint + words;
        joint = '';
      }
      continue;
    }
    const filled = value(part.field);
    const isJoined = joint !== '' && text !== '';
    if (filled !== null) text += joint + filled;
    else if (!isJoined) text += `${joint}—`;
    left = filled === null && isJoined;
    joint = '';
  }
  return text + joint;
}
