import { type Canvas, paintWatermark, watermarkAt, within } from './canvas.ts';
import { type Ink, inkOf } from './ink.ts';
import { paintBands, paintEarlier, paintLimits } from './paint-ground.ts';
import type { Plot, PlotSeries } from './plot.ts';

/** Paints a plot's series, watermark and rings onto a canvas whose axes are already there. */

const AREA_ALPHA = 0.14;
const STACK_ALPHA = 0.32;
/** Least distance between windows for rings, CSS pixels. */
const RING_APART = 16;

export function paintPlot(canvas: Canvas, plot: Plot, ink: Ink): void {
  const { context, left, width } = canvas;
  const right = left + width;
  const watermarkX = watermarkAt(canvas, plot.watermarkS);
  const lines = plot.series.filter(({ draw }) => draw !== 'bars');
  const bars = plot.series.filter(({ draw }) => draw === 'bars');
  const shapes = lines.map((series) => trace(canvas, plot, series));
  context.save();
  within(canvas, left, right, () => {
    paintLimits(canvas, plot, ink);
    paintBands(canvas, plot, ink);
    paintBars(canvas, plot, bars, ink);
    paintEarlier(canvas, plot, ink);
  });
  if (lines.length > 0)
    for (const settled of [true, false])
      within(canvas, settled ? left : watermarkX, settled ? watermarkX : right, () => {
        for (const [index, shape] of shapes.entries()) paintShape(canvas, plot, lines[index], shape, ink, settled);
      });
  paintLone(canvas, plot, lines, shapes, ink);
  paintRings(canvas, plot, lines, ink);
  paintWatermark(canvas, plot.watermarkS, ink.muted);
  context.restore();
}

interface Shape {
  readonly line: Path2D;
  readonly area: Path2D;
  /** Places of points with no neighbour, which a line would not show. */
  readonly lone: readonly number[];
}

export function yOf(canvas: Canvas, { right }: PlotSeries): (value: number) => number {
  return right ? canvas.yRight : canvas.y;
}

function trace(canvas: Canvas, plot: Plot, series: PlotSeries): Shape {
  const line = new Path2D();
  const area = new Path2D();
  const lone: number[] = [];
  const { xSeconds } = plot;
  const place = yOf(canvas, series);
  const range = (series.right && plot.rightRange) || plot.range;
  const zero = place(Math.max(0, range.min));
  const count = xSeconds.length;
  // What is still filling is joined to nothing.
  const joined = plot.soFar ? count - 1 : count;
  const over = plot.nulls === 'connect';
  let start = -1;
  let end = -1;
  for (let index = 0; index <= joined; index++) {
    const value = index < joined ? (series.tops[index] ?? Number.NaN) : Number.NaN;
    if (!Number.isNaN(value)) {
      const x = canvas.x(xSeconds[index] ?? 0);
      const y = place(value);
      if (start < 0) {
        start = index;
        line.moveTo(x, y);
        area.moveTo(x, y);
      } else {
        line.lineTo(x, y);
        area.lineTo(x, y);
      }
      end = index;
      continue;
    }
    if (start < 0 || (over && index < joined)) continue;
    if (end === start) lone.push(start);
    for (let back = end; back >= start; back--) {
      const bottom = series.bottoms?.[back];
      area.lineTo(canvas.x(xSeconds[back] ?? 0), bottom === undefined ? zero : place(bottom));
    }
    area.closePath();
    start = -1;
  }
  if (joined < count && !Number.isNaN(series.tops[joined] ?? Number.NaN)) lone.push(joined);
  return { line, area, lone };
}

function paintShape(
  { context, unit }: Canvas,
  plot: Plot,
  series: PlotSeries | undefined,
  shape: Shape,
  ink: Ink,
  settled: boolean,
): void {
  if (!series) return;
  const color = inkOf(ink, series.color);
  const stacked = plot.stacked && !series.right;
  if (series.draw === 'area' || stacked) {
    context.globalAlpha = (stacked ? STACK_ALPHA : AREA_ALPHA) * (settled ? 1 : 0.5);
    context.fillStyle = color;
    context.fill(shape.area);
  }
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = 1.6 * unit;
  context.lineJoin = 'round';
  const dash = settled ? (series.dashed ? [7 * unit, 4 * unit] : []) : [2.5 * unit, 2.5 * unit];
  context.setLineDash(dash);
  context.stroke(shape.line);
}

/** Whole, also at the edges: half of a point says nothing of where it is. */
function paintLone(canvas: Canvas, plot: Plot, lines: readonly PlotSeries[], shapes: readonly Shape[], ink: Ink): void {
  const { context, unit, x, fromS, toS } = canvas;
  for (const [place, { lone }] of shapes.entries()) {
    const series = lines[place];
    if (!series) continue;
    context.fillStyle = inkOf(ink, series.color);
    for (const index of lone) {
      const seconds = plot.xSeconds[index] ?? 0;
      if (seconds < fromS || seconds > toS) continue;
      context.globalAlpha = plot.soFar && index === plot.xSeconds.length - 1 ? 0.75 : 1;
      context.beginPath();
      context.arc(x(seconds), yOf(canvas, series)(series.tops[index] ?? 0), 2 * unit, 0, 2 * Math.PI);
      context.fill();
    }
  }
  context.globalAlpha = 1;
}

/** A window's bar is whole: all of it final or all of it provisional. */
function paintBars(canvas: Canvas, plot: Plot, bars: readonly PlotSeries[], ink: Ink): void {
  const { context, unit } = canvas;
  const stacked = plot.stacked && bars.every(({ right }) => !right);
  const side = stacked ? 1 : Math.max(1, bars.length);
  for (const [place, series] of bars.entries()) {
    const at = yOf(canvas, series);
    const zero = at(0);
    context.fillStyle = inkOf(ink, series.color);
    for (let index = 0; index < plot.startSeconds.length; index++) {
      const value = series.tops[index] ?? Number.NaN;
      const start = plot.startSeconds[index] ?? 0;
      const end = start + plot.windowSizeS;
      if (Number.isNaN(value) || end < canvas.fromS || start > canvas.toS) continue;
      context.globalAlpha = end <= (plot.watermarkS ?? Number.POSITIVE_INFINITY) ? 0.85 : 0.38;
      const left = canvas.x(start);
      const full = canvas.x(end) - left;
      const gap = Math.min(6 * unit, full * 0.2);
      const width = Math.max(1, (full - gap) / side);
      const x = left + gap / 2 + (stacked ? 0 : place * width);
      const bottom = series.bottoms ? at(series.bottoms[index] ?? 0) : zero;
      const y = at(value);
      context.fillRect(x, Math.min(y, bottom), width, Math.abs(bottom - y));
    }
  }
  context.globalAlpha = 1;
}

/** Where points stand apart, a ring each; where they are close, or bars, a mark at the foot, or rings would hide the line. */
function paintRings(canvas: Canvas, plot: Plot, lines: readonly PlotSeries[], ink: Ink): void {
  const { context, unit } = canvas;
  const apart = lines.length > 0 && Math.abs(canvas.x(plot.windowSizeS) - canvas.x(0)) >= RING_APART * unit;
  const back = lines.length < plot.series.length ? plot.windowSizeS / 2 : 0;
  context.setLineDash([]);
  context.lineWidth = (apart ? 1.4 : 1) * unit;
  const foot = canvas.top + canvas.height;
  for (let index = 0; index < plot.revised.length; index++) {
    const x = plot.xSeconds[index] ?? 0;
    if (!plot.revised[index] || x < canvas.fromS || x > canvas.toS) continue;
    if (!apart) {
      context.strokeStyle = ink.faint;
      context.beginPath();
      context.moveTo(canvas.x(x - back), foot);
      context.lineTo(canvas.x(x - back), foot - 3 * unit);
      context.stroke();
      continue;
    }
    context.fillStyle = ink.surface;
    for (const series of lines) {
      const value = series.tops[index] ?? Number.NaN;
      if (Number.isNaN(value) || (plot.stacked && series !== lines.at(-1))) continue;
      context.strokeStyle = inkOf(ink, series.color);
      context.beginPath();
      context.arc(canvas.x(x), yOf(canvas, series)(value), 2.4 * unit, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
}
