import type { SeriesPicture, Span } from '../../contract/worker-api.ts';
import { type ValueRange, valueRange } from './ticks.ts';

/**
 * A picture made ready for the canvas.
 *
 * A window stands at its end, so that everything left of the watermark's hairline is final and everything right of it
 * is provisional. The newest one, while it fills, is a point of its own at the newest event: joined to the line it would
 * always look like a fall, and left out the events in it would be nowhere.
 *
 *   start ├──────────┤ end          ┊ watermark
 *                    ●──────●──────●┊- - -○    · so far
 */
export interface Plot {
  readonly xSeconds: Float64Array;
  /** Starts of the windows, for words. */
  readonly startSeconds: Float64Array;
  readonly windowSizeS: number;
  readonly draw: 'line' | 'area' | 'bars';
  readonly stacked: boolean;
  readonly series: readonly PlotSeries[];
  readonly watermarkS: number | null;
  readonly revised: Uint8Array;
  /** The last window is still filling: it is no part of the line. */
  readonly soFar: boolean;
  readonly fromS: number;
  readonly toS: number;
  readonly range: ValueRange;
}

export interface PlotSeries {
  readonly name: string;
  /** 0–7 */
  readonly slot: number;
  readonly values: Float64Array;
  /** Where its line runs: its values, or the sum with those below it when stacked. */
  readonly tops: Float64Array;
  /** Where its ink starts: zero, or the line below it. null: zero. */
  readonly bottoms: Float64Array | null;
}

export interface PlotOptions {
  readonly draw: 'line' | 'area' | 'bars';
  readonly stack: boolean;
  readonly span: Span;
  readonly watermarkUs: number | null;
  readonly maxEventTimeUs: number | null;
  readonly slot: (name: string) => number;
}

export function makePlot(picture: SeriesPicture, options: PlotOptions): Plot | null {
  const { xSeconds: starts } = picture;
  const count = starts.length;
  if (count === 0) return null;
  // A picture of no grid, as of sessions, has points.
  const windowSizeS = Math.max(1e-3, picture.stepUs / 1e6);
  const newestS = options.maxEventTimeUs === null ? Number.POSITIVE_INFINITY : options.maxEventTimeUs / 1e6;
  const ends = starts.map((start) => start + windowSizeS);
  const last = starts[count - 1] ?? 0;
  if (options.draw !== 'bars') ends[count - 1] = Math.max(last, Math.min(last + windowSizeS, newestS));
  const series = stackUp(picture, options);
  const firstS = options.draw === 'bars' ? (starts[0] ?? 0) : (ends[0] ?? 0);
  // Up to the newest event, so that all charts of a stream end together and show the watermark.
  const newestShownS = options.draw === 'bars' || !Number.isFinite(newestS) ? 0 : newestS;
  const toS = Math.max(ends[count - 1] ?? 0, firstS + windowSizeS, newestShownS);
  const fromS = options.span === 'all' ? firstS : Math.max(firstS, toS - options.span / 1e6);
  return {
    xSeconds: ends,
    startSeconds: starts,
    windowSizeS,
    draw: options.draw,
    stacked: options.stack,
    series,
    watermarkS: options.watermarkUs === null ? null : options.watermarkUs / 1e6,
    revised: picture.revised,
    soFar: isFilling(picture, options),
    fromS: Math.min(fromS, toS - windowSizeS),
    toS,
    range: rangeOf(series, options),
  };
}

/** Windows that overlap hold most of what they will; bars have a width, and are seen to be new. */
function isFilling({ xSeconds, windowSizeUs, stepUs }: SeriesPicture, options: PlotOptions): boolean {
  const { draw, maxEventTimeUs, watermarkUs } = options;
  if (draw === 'bars' || maxEventTimeUs === null || stepUs === 0 || windowSizeUs > stepUs) return false;
  const endUs = Math.round((xSeconds.at(-1) ?? 0) * 1e6) + stepUs;
  return endUs > maxEventTimeUs + 1 && (watermarkUs === null || endUs > watermarkUs);
}

function stackUp(picture: SeriesPicture, options: PlotOptions): PlotSeries[] {
  let below: Float64Array | null = null;
  return picture.series.map(({ name, values }) => {
    const slot = options.slot(name);
    if (!options.stack) return { name, slot, values, tops: values, bottoms: null };
    const under = below;
    const tops = values.map((value, index) => (Number.isNaN(value) ? 0 : value) + (under?.[index] ?? 0));
    below = tops;
    return { name, slot, values, tops, bottoms: under };
  });
}

function rangeOf(series: readonly PlotSeries[], options: PlotOptions): ValueRange {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { tops } of series)
    for (const value of tops) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  return valueRange(min, max, { zero: options.draw !== 'line' || options.stack });
}

/** Index of the window where the lines end; of the one that fills when there is no other. */
export function newestIndex(plot: Plot): number {
  const last = plot.startSeconds.length - 1;
  return plot.soFar && last > 0 ? last - 1 : last;
}
