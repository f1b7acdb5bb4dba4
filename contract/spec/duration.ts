const UNIT_US = { us: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6, w: 604_800e6 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)\s*(us|ms|s|m|h|d|w)$/;

/** `250ms`, `10 s`, `1m`, `1.5h`, `1d`, `2w`, `7us` → microseconds; null when the text is not a duration of whole ones. */
export function parseDurationUs(text: string): number | null {
  const match = PATTERN.exec(text.trim());
  if (!match) return null;
  const exact = Number(match[1]) * UNIT_US[match[2] as keyof typeof UNIT_US];
  // 1234.567ms is 1234567 µs, whatever binary fractions make of it.
  const us = Math.round(exact);
  return Number.isSafeInteger(us) && Math.abs(us - exact) <= us * 1e-15 ? us : null;
}

const FORM = 'a duration such as 250ms, 10s, 1m, 1.5h or 1d';
const WORDS = [
  [/^(ms|msecs?|millis|milliseconds?)$/i, 'ms'],
  [/^(s|secs?|seconds?)$/i, 's'],
  [/^(m|mins?|minutes?)$/i, 'm'],
  [/^(h|hrs?|hours?)$/i, 'h'],
  [/^(d|days?)$/i, 'd'],
  [/^(w|weeks?)$/i, 'w'],
] as const;

/** `2 hours` → `2h`: what was meant by text that is no duration; null when nobody can tell. */
export function meantDuration(text: unknown): string | null {
  const [, number, word = ''] = (typeof text === 'string' && /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim())) || [];
  const unit = WORDS.find(([pattern]) => pattern.test(word))?.[1];
  return number === undefined || unit === undefined ? null : `${number}${unit}`;
}

/** What is expected where this is no duration. */
export function expectedDuration(found: unknown): string {
  const meant = typeof found === 'number' && found > 0 ? `${found}s` : meantDuration(found);
  return `expected ${FORM}${meant === null ? '' : `; did you mean ${meant}?`}`;
}

/** The shortest exact text of a duration, either sign: 60_000_000 → `1m`. */
export function formatDurationUs(us: number): string {
  if (us < 0) return `-${formatDurationUs(-us)}`;
  for (const [unit, size] of Object.entries(UNIT_US).reverse())
    if (us >= size && us % size === 0) return `${us / size}${unit}`;
  return us === 0 ? '0s' : `${us}us`;
}
