import type { Between, RangeText } from './range.ts';

/** Moments as an address has them: whole milliseconds, that hold all of it. */
export function textOf({ fromUs, untilUs }: Pick<Between, 'fromUs' | 'untilUs'>): RangeText {
  const fromMs = Math.floor(fromUs / 1000);
  return { from: String(fromMs), to: String(Math.max(fromMs + 1, Math.ceil(untilUs / 1000))) };
}

/** Half its length earlier (−1) or later (1). What would end after now ends now, and follows it. */
export function movedByHalf({ fromUs, untilUs }: Between, direction: -1 | 1, nowUs: number): RangeText {
  const lengthUs = untilUs - fromUs;
  const by = (direction * lengthUs) / 2;
  if (untilUs + by >= nowUs) return lastText(lengthUs);
  return textOf({ fromUs: fromUs + by, untilUs: untilUs + by });
}

/** Twice as long, around its middle; up to now at most. */
export function doubled({ fromUs, untilUs, follows }: Between, nowUs: number): RangeText {
  const lengthUs = untilUs - fromUs;
  if (follows || untilUs + lengthUs / 2 >= nowUs) return lastText(2 * lengthUs);
  return textOf({ fromUs: fromUs - lengthUs / 2, untilUs: untilUs + lengthUs / 2 });
}

const LENGTHS = [
  ['d', 86_400e6],
  ['h', 3600e6],
  ['m', 60e6],
  ['s', 1e6],
  ['ms', 1e3],
] as const;

function lastText(lengthUs: number): RangeText {
  const us = Math.max(1000, Math.round(lengthUs / 1000) * 1000);
  // 24h is what people say; 36h too.
  const [unit, size] = LENGTHS.find(([unit, one]) => us % one === 0 && (unit !== 'd' || us > 86_400e6)) ?? ['ms', 1e3];
  return { from: `now-${us / size}${unit}`, to: 'now' };
}

/** A range as it is copied: the text Grafana copies too. */
export function copiedText({ from, to }: RangeText): string {
  return JSON.stringify({ from, to });
}

/** Null: what was copied is no range. */
export function pastedRange(text: string): RangeText | null {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return null;
  }
  const { from, to } = (found ?? {}) as { readonly from?: unknown; readonly to?: unknown };
  const isText = (one: unknown) => typeof one === 'string' || typeof one === 'number';
  return isText(from) && isText(to) ? { from: String(from), to: String(to) } : null;
}
