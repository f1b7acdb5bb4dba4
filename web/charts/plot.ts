import type { Color } from '../../contract/spec/panels/parts.ts';
import type { SeriesPicture, Span } from '../../contract/worker-api.ts';
import { type Extent, ownExtent } from './extent.ts';
import { rangeOf, stackUp } from './plot-values.ts';
import type { ValueRange } from './ticks.ts';

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
  readonly stacked: boolean;
  readonly nulls: Nulls;
  /** Those that are drawn, from below upwards. */
  readonly series: readonly PlotSeries[];
  readonly bands: readonly PlotBand[];
  readonly watermarkS: number | null;
  readonly revised: Uint8Array;
  /** The last window is still filling: it is no part of the line. */
  readonly soFar: boolean;
  /** As far as its own windows reach. */
  readonly own: Extent;
  readonly range: ValueRange;
  /** Of the axis on the right; null: none is drawn against it. */
  readonly rightRange: ValueRange | null;
  readonly limits: readonly PlotLimit[];
  readonly earlier: readonly EarlierLine[];
}

export type Draw = 'line' | 'area' | 'bars';
export type Nulls = 'gap' | 'connect' | 'zero';

/** How a series looks. */
export interface SeriesLook {
  readonly title: string;
  readonly color: Color;
  readonly draw: Draw;
  readonly right: boolean;
  readonly dashed: boolean;
  readonly unit: string | undefined;
  readonly decimals: number | undefined;
}

export interface PlotSeries extends SeriesLook {
  /** As the picture names it. */
  readonly name: string;
  readonly values: Float64Array;
  /** Where its line runs: its values, or the sum with those below it when stacked. */
  readonly tops: Float64Array;
  /** Where its ink starts: zero, or the line below it. null: zero. */
  readonly bottoms: Float64Array | null;
}

/** Filled between two columns. */
export interface PlotBand {
  readonly title: string;
  readonly color: Color;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** Beyond it a value is worth a look. */
export interface PlotLimit {
  readonly value: number;
  readonly level: 'warn' | 'alarm';
  readonly side: 'above' | 'below';
}

/** What was so long before, at the time it is compared with. */
export interface EarlierLine {
  /** Null: all series together. */
  readonly name: string | null;
  /** Null: muted, for it is the only one. */
  readonly color: Color | null;
  readonly right: boolean;
  readonly xSeconds: Float64Array;
  readonly values: Float64Array;
}

export interface PlotOptions {
  readonly stack: boolean;
  readonly span: Span;
  readonly watermarkUs: number | null;
  readonly maxEventTimeUs: number | null;
  readonly look: (name: string) => SeriesLook;
  /** False: chosen away. */
  readonly shown: (name: string) => boolean;
  readonly nulls?: Nulls;
  readonly bands?: readonly {
    readonly title: string;
    readonly color: Color;
    readonly low: string;
    readonly high: string;
  }[];
  /** Columns that are the edges of bands and nothing else. */
  readonly edges?: ReadonlySet<string>;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly limits?: readonly PlotLimit[];
  /** Values the axis must hold besides. */
  readonly reach?: readonly number[];
  readonly earlier?: { readonly picture: SeriesPicture; readonly earlierUs: number } | null;
}

export function makePlot(picture: SeriesPicture, options: PlotOptions): Plot | null {
  const { xSeconds: starts } = picture;
  const count = starts.length;
  if (count === 0) return null;
  const { nulls = 'gap' } = options;
  const drawn = picture.series.filter(({ name }) => options.shown(name) && !options.edges?.has(name));
  const looks = drawn.map(({ name }) => options.look(name));
  const bars = looks.some(({ draw }) => draw === 'bars');
  // A picture of no grid, as of sessions, has points.
  const windowSizeS = Math.max(1e-3, picture.stepUs / 1e6);
  const newestS = options.maxEventTimeUs === null ? Number.POSITIVE_INFINITY : options.maxEventTimeUs / 1e6;
  const ends = starts.map((start) => start + windowSizeS);
  const last = starts[count - 1] ?? 0;
  if (!bars) ends[count - 1] = Math.max(last, Math.min(last + windowSizeS, newestS));
  const series = stackUp(drawn, looks, options.stack, nulls);
  const bands = bandsOf(picture, options);
  const earlier = earlierOf(
    series,
    picture.series.every(({ name }) => options.shown(name)),
    windowSizeS,
    options,
  );
  const limits = options.limits ?? [];
  const firstS = bars ? (starts[0] ?? 0) : (ends[0] ?? 0);
  // Up to the newest event, so that all charts of a stream end together and show the watermark.
  const newestShownS = bars || !Number.isFinite(newestS) ? 0 : newestS;
  const against = (right: boolean) => ({
    series: series.filter((one) => one.right === right),
    bands: right ? [] : bands,
    earlier: earlier.filter((one) => one.right === right),
    limits: right ? [] : limits,
    reach: right ? [] : (options.reach ?? []),
    stack: options.stack,
  });
  return {
    xSeconds: ends,
    startSeconds: starts,
    windowSizeS,
    stacked: options.stack,
    nulls,
    series,
    bands,
    watermarkS: options.watermarkUs === null ? null : options.watermarkUs / 1e6,
    revised: picture.revised,
    soFar: !bars && isFilling(picture, options),
    own: ownExtent(firstS, Math.max(ends[count - 1] ?? 0, newestShownS), windowSizeS, options.span),
    range: rangeOf(against(false), options.min, options.max),
    rightRange: series.some(({ right }) => right) ? rangeOf(against(true), undefined, undefined) : null,
    limits,
    earlier,
  };
}

/** Windows that overlap hold most of what they will; bars have a width, and are seen to be new. */
function isFilling({ xSeconds, windowSizeUs, stepUs }: SeriesPicture, options: PlotOptions): boolean {
  const { maxEventTimeUs, watermarkUs } = options;
  if (maxEventTimeUs === null || stepUs === 0 || windowSizeUs > stepUs) return false;
  const endUs = Math.round((xSeconds.at(-1) ?? 0) * 1e6) + stepUs;
  return endUs > maxEventTimeUs + 1 && (watermarkUs === null || endUs > watermarkUs);
}

function bandsOf(picture: SeriesPicture, { bands = [] }: PlotOptions): PlotBand[] {
  const valuesOf = (name: string) => picture.series.find((one) => one.name === name)?.values;
  return bands.flatMap(({ title, color, low, high }) => {
    const lows = valuesOf(low);
    const highs = valuesOf(high);
    return lows && highs ? [{ title, color, low: lows, high: highs }] : [];
  });
}

/**
 * Of one series it is muted; of several each has its colour; of what is stacked it is the sum, or nothing could be read.
 * `whole`: nothing is chosen away.
 */
function earlierOf(
  series: readonly PlotSeries[],
  whole: boolean,
  windowSizeS: number,
  options: PlotOptions,
): EarlierLine[] {
  const { earlier } = options;
  if (!earlier || earlier.picture.xSeconds.length === 0) return [];
  const { picture, earlierUs } = earlier;
  const stepS = picture.stepUs > 0 ? picture.stepUs / 1e6 : windowSizeS;
  const xSeconds = picture.xSeconds.map((start) => start + stepS + earlierUs / 1e6);
  const shown = series.flatMap((one) => {
    const values = picture.series.find(({ name }) => name === one.name)?.values;
    return values ? [{ name: one.name, color: one.color, right: one.right, xSeconds, values }] : [];
  });
  if (!options.stack) return series.length === 1 ? shown.map((one) => ({ ...one, color: null })) : shown;
  const right = shown.filter((one) => one.right);
  // Of the whole, what has gone since was part too, though nothing of it is drawn now.
  const parts = whole ? picture.series.filter(({ name }) => !options.edges?.has(name)) : shown;
  const sides = new Set(right.map(({ name }) => name));
  const left = parts.filter(({ name }) => !sides.has(name));
  if (left.length === 0) return right;
  const values = xSeconds.map((_, index) => sumAt(left, index, options.nulls === 'zero' ? 0 : Number.NaN));
  return [{ name: null, color: null, right: false, xSeconds, values }, ...right];
}

/** Of the values that are there; `nothing` where none is. */
function sumAt(parts: readonly { readonly values: Float64Array }[], index: number, nothing: number): number {
  let sum = nothing;
  for (const { values } of parts) {
    const value = values[index] ?? Number.NaN;
    if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value;
  }
  return sum;
}

/** Index of the window where the lines end; of the one that fills when there is no other. */
export function newestIndex(plot: Plot): number {
  const last = plot.startSeconds.length - 1;
  return plot.soFar && last > 0 ? last - 1 : last;
}

/** Where the cursor can stand: where a line has its points, or bars their middles. */
export function stopsOf(plot: Plot): Float64Array {
  if (!plot.series.some(({ draw }) => draw === 'bars')) return plot.xSeconds;
  return plot.startSeconds.map((start) => start + plot.windowSizeS / 2);
}

/** The value that stood at this time, or just before it, at most a window away. */
export function earlierAt(line: EarlierLine, seconds: number, windowSizeS: number): number {
  const { xSeconds, values } = line;
  let low = 0;
  let high = xSeconds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((xSeconds[middle] ?? 0) <= seconds + windowSizeS * 1e-6) low = middle + 1;
    else high = middle;
  }
  const at = low - 1;
  const found = xSeconds[at];
  return found !== undefined && seconds - found < windowSizeS ? (values[at] ?? Number.NaN) : Number.NaN;
}
