import type { Color, Mapping } from '../../contract/spec/panels/parts.ts';

/** What a value is shown as instead. */
export interface Mapped {
  /** Null: the value as it is. */
  readonly text: string | null;
  /** Null: no colour of its own. */
  readonly color: Color | null;
}

const patterns = new Map<string, RegExp | null>();

/** Null: not a regular expression, which then matches nothing. */
function pattern(source: string): RegExp | null {
  let found = patterns.get(source);
  if (found === undefined) {
    try {
      found = new RegExp(source);
    } catch {
      found = null;
    }
    patterns.set(source, found);
  }
  return found;
}

/**
 * The first mapping that a value has, or null. Values are compared as they are, and as texts: what a picture shows as
 * "3" or "true" is meant by 3 and true too. Ranges hold their ends, and numbers alone; patterns are sought in texts,
 * numbers among them.
 */
export function mapped(value: unknown, mappings: readonly Mapping[] | undefined): Mapped | null {
  for (const mapping of mappings ?? [])
    if (holds(value, mapping)) return { text: mapping.text ?? null, color: mapping.color ?? null };
  return null;
}

function holds(value: unknown, mapping: Mapping): boolean {
  const empty = value === null || value === undefined || Number.isNaN(value);
  if ('value' in mapping) return mapping.value === null ? empty : !empty && String(value) === String(mapping.value);
  if (empty) return false;
  if ('matches' in mapping) return pattern(mapping.matches)?.test(String(value)) ?? false;
  const { from, to } = mapping;
  const number = typeof value === 'number' ? value : Number.NaN;
  return number >= (from ?? Number.NEGATIVE_INFINITY) && number <= (to ?? Number.POSITIVE_INFINITY);
}

/** A colour of the theme, as CSS. */
export function colorOf(color: Color): string {
  return typeof color === 'number' ? `var(--series-${color})` : `var(--${TONES[color]})`;
}

const TONES = { good: 'live', warn: 'late', alarm: 'down', off: 'stale' } as const;
