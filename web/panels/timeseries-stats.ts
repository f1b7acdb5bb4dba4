import type { Extent } from '../charts/extent.ts';
import { newestIndex, type Plot } from '../charts/plot.ts';

export type LegendStat = 'last' | 'min' | 'max' | 'mean' | 'sum';

/**
 * What a legend says of a series: of the windows in view, but for the one that still fills. NaN: there is none. `plain`:
 * every window is there and none is folded into a longer one, without which a sum would not be one.
 */
export function legendStat(
  plot: Plot,
  values: Float64Array,
  stat: LegendStat,
  { fromS, toS }: Extent,
  plain = true,
): number {
  const last = newestIndex(plot);
  if (stat === 'last') return values[last] ?? Number.NaN;
  if (stat === 'sum' && !plain) return Number.NaN;
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let index = 0; index <= last; index++) {
    const x = plot.xSeconds[index] ?? 0;
    const value = values[index] ?? Number.NaN;
    if (x < fromS || x > toS || Number.isNaN(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return Number.NaN;
  return { min, max, mean: sum / count, sum }[stat];
}
