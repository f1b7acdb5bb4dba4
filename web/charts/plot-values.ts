import type { EarlierLine, Nulls, PlotBand, PlotLimit, PlotSeries, SeriesLook } from './plot.ts';
import { niceStep, type ValueRange, valueRange } from './ticks.ts';

/** Values as lines: stacked upon each other, and the range an axis needs for them. */

export function stackUp(
  drawn: readonly { readonly name: string; readonly values: Float64Array }[],
  looks: readonly SeriesLook[],
  stack: boolean,
  nulls: Nulls,
): PlotSeries[] {
  let below: Float64Array | null = null;
  return drawn.map(({ name, values: raw }, at) => {
    const look = looks[at] as SeriesLook;
    const values = nulls === 'zero' ? raw.map((value) => (Number.isNaN(value) ? 0 : value)) : raw;
    if (!stack || look.right) return { ...look, name, values, tops: values, bottoms: null };
    const under: Float64Array | null = below;
    const tops = values.map((value, index) => (Number.isNaN(value) ? 0 : value) + (under?.[index] ?? 0));
    below = tops;
    return { ...look, name, values, tops, bottoms: under };
  });
}

export interface Ranged {
  readonly series: readonly PlotSeries[];
  readonly bands: readonly PlotBand[];
  readonly earlier: readonly EarlierLine[];
  readonly limits: readonly PlotLimit[];
  readonly reach: readonly number[];
  readonly stack: boolean;
}

/** What is drawn fits; ends that are given are kept; a limit is in view where it leaves the values half of the height. */
export function rangeOf(ranged: Ranged, min: number | undefined, max: number | undefined): ValueRange {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const take = (values: Float64Array | readonly number[]) => {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  };
  for (const { tops } of ranged.series) take(tops);
  for (const band of ranged.bands) {
    take(band.low);
    take(band.high);
  }
  for (const { values } of ranged.earlier) take(values);
  take(ranged.reach);
  const zero = ranged.stack || ranged.series.some(({ draw }) => draw !== 'line');
  const bottom = zero || low >= 0 ? Math.min(0, low) : low;
  const span = high - bottom || Math.abs(high);
  for (const { value } of ranged.limits) {
    if (value > high && value - bottom <= 2 * span) high = value;
    if (value < low && high - value <= 2 * span) low = value;
  }
  const range = valueRange(low, high, { zero });
  return min === undefined && max === undefined ? range : between(min ?? range.min, max ?? range.max, range);
}

function between(min: number, max: number, otherwise: ValueRange): ValueRange {
  return max > min ? { min, max, step: niceStep((max - min) / 5) } : otherwise;
}
