import type { SeriesPicture } from '../../contract/worker-api.ts';
import { PALETTE_STEPS, paletteStep } from './palette.ts';

/**
 * A picture made ready as cells: a row a series, a column a window, or several where there are more of them than pixels.
 *
 *     rows[0]   ▒ █ ▓ ░
 *     rows[1]   ░ ▓ ▒ ·      · no value
 *               └ column 0: startsS[0] … startsS[0] + columnS
 */
export interface Heat {
  /** Names, from the top. */
  readonly rows: readonly string[];
  /** Of the first column; those after it stand in a row, also where windows are missing. */
  readonly firstS: number;
  readonly columnS: number;
  readonly columns: number;
  /** Row by row from the top; NaN: none. */
  readonly values: Float64Array;
  /** Windows in a column: their mean is shown. */
  readonly perColumn: number;
  /** Least and most of all values, or of those above 0 where the scale is logarithmic; null: there are none. */
  readonly range: { readonly min: number; readonly max: number } | null;
  readonly log: boolean;
}

export function makeHeat(picture: SeriesPicture, options: { log: boolean; mostColumns: number }): Heat | null {
  const { xSeconds, stepUs } = picture;
  const firstS = xSeconds[0];
  const lastS = xSeconds.at(-1);
  if (firstS === undefined || lastS === undefined || picture.series.length === 0) return null;
  const stepS = stepUs > 0 ? stepUs / 1e6 : 1;
  const windows = Math.round((lastS - firstS) / stepS) + 1;
  const perColumn = Math.max(1, Math.ceil(windows / Math.max(1, options.mostColumns)));
  const columnS = stepS * perColumn;
  // Columns begin at whole multiples of their length: they stay as they are while time goes on.
  const startS = perColumn === 1 ? firstS : Math.floor(firstS / columnS + 1e-9) * columnS;
  const columns = Math.floor((lastS - startS) / columnS + 1e-9) + 1;
  const order = sortedRows(picture.series.map(({ name }) => name));
  const values = new Float64Array(order.length * columns).fill(Number.NaN);
  const counts = perColumn > 1 ? new Uint16Array(columns) : null;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const [row, at] of order.entries()) {
    const from = picture.series[at]?.values ?? values;
    counts?.fill(0);
    for (let index = 0; index < xSeconds.length; index++) {
      const value = from[index] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const column = Math.floor(((xSeconds[index] ?? 0) - startS) / columnS + 1e-6);
      const cell = row * columns + column;
      if (counts === null) values[cell] = value;
      else {
        const before = counts[column] ?? 0;
        counts[column] = before + 1;
        values[cell] = before === 0 ? value : ((values[cell] ?? 0) * before + value) / (before + 1);
      }
    }
    for (let cell = row * columns; cell < (row + 1) * columns; cell++) {
      const value = values[cell] ?? Number.NaN;
      if (!(value < Number.POSITIVE_INFINITY) || (options.log && value <= 0)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  return {
    rows: order.map((at) => picture.series[at]?.name ?? ''),
    firstS: startS,
    columnS,
    columns,
    values,
    perColumn,
    range: min <= max ? { min, max } : null,
    log: options.log,
  };
}

/** Where in the palette a value lies, 0 to 1; what a logarithmic scale cannot hold is at its lower end. */
export function shareOf({ range, log }: Pick<Heat, 'range' | 'log'>, value: number): number {
  if (range === null) return 0;
  const { min, max } = range;
  if (max === min) return 1;
  if (!log) return (value - min) / (max - min);
  return value <= min ? 0 : Math.log(value / min) / Math.log(max / min);
}

/** Colours of all cells into `pixels`, 0 where there is no value. */
export function colorCells(heat: Heat, palette: Uint32Array, pixels: Uint32Array): void {
  const { values, range, log } = heat;
  if (range === null) return void pixels.fill(0);
  const low = log ? Math.log(range.min) : range.min;
  const per = 1 / ((log ? Math.log(range.max) : range.max) - low || 1);
  const flat = range.max === range.min;
  for (let cell = 0; cell < values.length; cell++) {
    const value = values[cell] as number;
    if (Number.isNaN(value)) {
      pixels[cell] = 0;
      continue;
    }
    const share = flat ? 1 : ((log ? (value > 0 ? Math.log(value) : low) : value) - low) * per;
    pixels[cell] = palette[paletteStep(share)] ?? palette[PALETTE_STEPS - 1] ?? 0;
  }
}

/** Numbers, and buckets by where they begin, the lowest last (at the bottom); other names from A to Z. Indexes. */
export function sortedRows(names: readonly string[]): number[] {
  const starts = names.map(bucketStart);
  const all = names.map((_, index) => index);
  const named = new Set(['', '∅', 'null', 'other']);
  const isBuckets = names.every((name, index) => starts[index] !== null || named.has(name));
  if (isBuckets && starts.some((start) => start !== null))
    return all.sort((a, b) => (starts[b] ?? Number.NEGATIVE_INFINITY) - (starts[a] ?? Number.NEGATIVE_INFINITY));
  return all.sort((a, b) => (names[a] ?? '').localeCompare(names[b] ?? '', 'en', { numeric: true }));
}

/** `12`, `10-20`, `10 – 20`, `[5, 10)`, `≤ 5`, `< 5`, `> 100`, `≥ 100`, `+Inf`; null: it begins with no number. */
function bucketStart(name: string): number | null {
  const text = name.trim().replace(/^[[(]/, '').replace('−', '-');
  if (/^\+?(inf|infinity|∞)/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-(inf|infinity|∞)/i.test(text)) return Number.NEGATIVE_INFINITY;
  const found = /^(?:[≤<≥>]=?|[ul]e)?\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)/i.exec(text);
  if (!found?.[1]) return null;
  // What lies above a number is above the bucket that begins with it; what lies below is below.
  const nudge = /^[>≥]/.test(text) ? 1e-9 : /^[<≤]/.test(text) ? -1e-9 : 0;
  const value = Number(found[1]);
  return value + nudge * Math.max(1, Math.abs(value));
}
