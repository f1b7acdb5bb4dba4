import { formatValue } from '../format.ts';
import type { Told } from './passed-for.ts';
import { type Thresholds, thresholdPassed } from './thresholds.ts';

/** A number against what it was so long before, as a stat says it. */
export interface Change {
  /** `▲ 6.1 %`, of parts of a whole `▼ 0.3 pt`. */
  readonly change: string;
  readonly up: boolean;
}

/** Smaller changes are none. */
const LEAST_SHARE = 0.0005;

/** Null: nothing to compare, or no change worth a word. */
export function changeOf(now: number | null, before: number | null, unit: string | undefined): Change | null {
  if (now === null || before === null || Number.isNaN(now) || Number.isNaN(before)) return null;
  const points = unit === 'percentunit' ? (now - before) * 100 : unit === 'percent' ? now - before : null;
  if (points !== null) return Math.abs(points) < 0.05 ? null : sign(points > 0, `${points1(points)} pt`);
  if (before === 0) return null;
  const share = (now - before) / Math.abs(before);
  if (!Number.isFinite(share) || Math.abs(share) < LEAST_SHARE) return null;
  const size = Math.abs(share);
  return sign(share > 0, formatValue(size, { unit: 'percentunit', decimals: size >= 0.1 ? 0 : 1 }).text);
}

function points1(points: number): string {
  return formatValue(Math.abs(points), { unit: 'none', decimals: 1 }).text;
}

function sign(up: boolean, words: string): Change {
  return { change: `${up ? '▲' : '▼'} ${words}`, up };
}

/**
 * Since when a limit has been passed, in µs: the start of the first of the newest windows in a row that all pass a limit.
 * Null: the newest settled window does not. `all`: every window there is does, so it may be longer.
 */
export function passedSince(
  spark: { readonly xSeconds: Float64Array; readonly values: Float64Array },
  settled: number,
  limits: Thresholds,
): Told | null {
  let from = settled;
  while (from > 0) {
    const value = spark.values[from - 1] ?? Number.NaN;
    if (Number.isNaN(value) || thresholdPassed(value, limits) === null) break;
    from--;
  }
  return from === settled ? null : { fromUs: (spark.xSeconds[from] ?? 0) * 1e6, all: from === 0 };
}
