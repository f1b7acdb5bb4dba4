import { z } from 'zod';

const UNIT_US = { ms: 1e3, s: 1e6, m: 60e6, h: 3600e6, d: 86_400e6, w: 604_800e6 } as const;
const PATTERN = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)$/;

/** `250ms`, `10s`, `1m`, `1.5h`, `1d`, `2w` → microseconds; null when the text is not a duration. */
export function parseDurationUs(text: string): number | null {
  const match = PATTERN.exec(text.trim());
  if (!match) return null;
  const us = Number(match[1]) * UNIT_US[match[2] as keyof typeof UNIT_US];
  return Number.isSafeInteger(us) ? us : null;
}

/** A duration as a user writes it; `0s` is allowed. */
export const DurationSchema = z
  .string()
  .refine((text) => parseDurationUs(text) !== null, { error: 'expected a duration such as 250ms, 10s, 1m, 1.5h or 1d' })
  .meta({ description: 'A length of time: a number and ms, s, m, h, d or w.', examples: ['10s', '1m'] });

/** The shortest exact text of a duration: 60_000_000 → `1m`. */
export function formatDurationUs(us: number): string {
  for (const [unit, size] of Object.entries(UNIT_US).reverse())
    if (us >= size && us % size === 0) return `${us / size}${unit}`;
  return `${us / 1e3}ms`;
}
