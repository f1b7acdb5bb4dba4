/** What was reached against what was wanted, in words. */
export interface Reached {
  readonly good: boolean;
  /** Part of the target reached; null: there is no such part. */
  readonly part: number | null;
  /** `92 % of target, 8 behind` */
  readonly words: string;
  /** The same where there is little room: `92 %, 8 behind` */
  readonly short: string;
}

/** Null: one of the two is missing. `format` writes an amount of the measure, `percent` a part. */
export function reached(
  actual: number | null,
  target: number | null,
  better: 'above' | 'below',
  format: (value: number) => string,
  percent: (part: number) => string,
): Reached | null {
  if (actual === null || target === null || Number.isNaN(actual) || Number.isNaN(target)) return null;
  const difference = actual - target;
  const good = better === 'above' ? difference >= 0 : difference <= 0;
  const part = target > 0 && actual >= 0 ? actual / target : null;
  const side = better === 'above' ? (good ? 'ahead' : 'behind') : good ? 'below it' : 'above it';
  const gap = difference === 0 ? 'just reached' : `${format(Math.abs(difference))} ${side}`;
  if (part === null) return { good, part, words: gap, short: gap };
  return { good, part, words: `${percent(part)} of target, ${gap}`, short: `${percent(part)}, ${gap}` };
}
