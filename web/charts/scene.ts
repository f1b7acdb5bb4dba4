import type { Canvas } from './canvas.ts';
import type { Extent } from './extent.ts';
import type { Ink } from './ink.ts';
import { type ValueRange, valueTicks } from './ticks.ts';

/** What a chart shows: how it is painted, its axes, and where its cursor can stand. */
export interface Scene {
  readonly extent: Extent;
  /** Moments the cursor steps to, ascending, seconds. */
  readonly stops: Float64Array;
  readonly left: Axis;
  readonly right: Axis | null;
  /** Rows the cursor can move between, counted from the top; 0: there are none. */
  readonly rows: number;
  /** The next stop of the cursor, where rows have their own; left out: of `stops`. */
  readonly next?: (seconds: number, row: number, by: 1 | -1) => number;
  readonly paint: (canvas: Canvas, ink: Ink) => void;
}

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly number[];
  readonly label: (value: number) => string;
  /** Lines across the picture. */
  readonly grid: boolean;
}

export function valueAxis(range: ValueRange, label: (value: number, step: number, largest: number) => string): Axis {
  const largest = Math.max(Math.abs(range.min), Math.abs(range.max));
  return {
    min: range.min,
    max: range.max,
    ticks: valueTicks(range),
    label: (value) => label(value, range.step, largest),
    grid: true,
  };
}

/** Row 0 is at the top: its values run from −0.5 to 0.5 below the upper end. */
export function rowAxis(names: readonly string[]): Axis {
  const count = Math.max(1, names.length);
  return {
    min: 0,
    max: count,
    ticks: names.map((_, row) => count - row - 0.5),
    label: (value) => names[Math.round(count - value - 0.5)] ?? '',
    grid: false,
  };
}

/** The row a value of the row axis is in, counted from the top. */
export function rowAt(value: number, rows: number): number {
  return Math.min(rows - 1, Math.max(0, Math.floor(rows - value)));
}

/** Where the cursor stands. */
export interface Cursor {
  /** Of the nearest stop. */
  readonly index: number;
  readonly seconds: number;
  /** Of the rows; 0 where there are none. */
  readonly row: number;
  /** CSS pixels from the chart's left edge. */
  readonly x: number;
  /** CSS pixels from the plot's top; 0: not told. */
  readonly y: number;
  /** The pointer or the keyboard is on this chart; false: on another one of the board. */
  readonly here: boolean;
}

/** Index of the value nearest to this one, of ascending values; -1: there are none. */
export function nearest(values: Float64Array, wanted: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return values.length === 0 ? -1 : 0;
  if (low === values.length) return low - 1;
  return wanted - (values[low - 1] ?? 0) <= (values[low] ?? 0) - wanted ? low - 1 : low;
}
