import type { Ink } from './ink.ts';
import type { Plot, PlotSeries } from './plot.ts';

/** Paints a plot's series, watermark and rings onto a canvas whose axes are already there. All in device pixels. */
export interface Canvas {
  readonly context: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel, times the page's scale. */
  readonly unit: number;
  readonly x: (seconds: number) => number;
  readonly y: (value: number) => number;
}

const AREA_ALPHA = 0.14;
const STACK_ALPHA = 0.32;
/** Least distance between windows for rings, CSS pixels. */
const RING_APART = 16;

export function paintPlot(canvas: Canvas, plot: Plot, ink: Ink): void {
  const { context, left, top, width, height } = canvas;
  const right = left + width;
  const watermarkX = plot.watermarkS === null ? right : clamp(canvas.x(plot.watermarkS), left, right);
  const shapes = plot.draw === 'bars' ? [] : plot.series.map((series) => trace(canvas, plot, series));
  const within = (from: number, to: number, paint: () => void) => {
    if (to - from < 0.5) return;
    context.save();
    context.beginPath();
    context.rect(from, top - 4 * canvas.unit, to - from, height + 5 * canvas.unit);
    context.clip();
    paint();
    context.restore();
  };
  context.save();
  if (plot.draw === 'bars') within(left, right, () => paintBars(canvas, plot, ink));
  else
    for (const settled of [true, false])
      within(settled ? left : watermarkX, settled ? watermarkX : right, () => {
        for (const [index, shape] of shapes.entries())
          paintShape(canvas, plot, plot.series[index], shape, ink, settled);
      });
  paintLone(canvas, plot, shapes, ink);
  if (plot.draw !== 'bars') paintRings(canvas, plot, ink);
  if (plot.watermarkS !== null && plot.watermarkS > plot.fromS && plot.watermarkS <= plot.toS)
    paintWatermark(canvas, watermarkX, ink);
  context.restore();
}

interface Shape {
  readonly line: Path2D;
  readonly area: Path2D;
  /** Places of points with no neighbour, which a line would not show. */
  readonly lone: readonly number[];
}

function trace(canvas: Canvas, plot: Plot, series: PlotSeries): Shape {
  const line = new Path2D();
  const area = new Path2D();
  const lone: number[] = [];
  const { xSeconds } = plot;
  const zero = canvas.y(Math.max(0, plot.range.min));
  const count = xSeconds.length;
  // What is still filling is joined to nothing.
  const joined = plot.soFar ? count - 1 : count;
  let start = -1;
  for (let index = 0; index <= joined; index++) {
    const value = index < joined ? (series.tops[index] ?? Number.NaN) : Number.NaN;
    if (!Number.isNaN(value)) {
      const x = canvas.x(xSeconds[index] ?? 0);
      const y = canvas.y(value);
      if (start < 0) {
        start = index;
        line.moveTo(x, y);
        area.moveTo(x, y);
      } else {
        line.lineTo(x, y);
        area.lineTo(x, y);
      }
      continue;
    }
    if (start < 0) continue;
    const end = index - 1;
    if (end === start) lone.push(start);
    for (let back = end; back >= start; back--) {
      const bottom = series.bottoms?.[back];
      area.lineTo(canvas.x(xSeconds[back] ?? 0), bottom === undefined ? zero : canvas.y(bottom));
    }
    area.closePath();
    start = -1;
  }
  if (joined < count && !Number.isNaN(series.tops[joined] ?? Number.NaN)) lone.push(joined);
  return { line, area, lone };
}

function paintShape(
  canvas: Canvas,
  plot: Plot,
  series: PlotSeries | undefined,
  shape: Shape,
  ink: Ink,
  settled: boolean,
): void {
  if (!series) return;
  const { context, unit } = canvas;
  const color = ink.series[series.slot] ?? ink.text;
  if (plot.draw === 'area' || plot.stacked) {
    context.globalAlpha = (plot.stacked ? STACK_ALPHA : AREA_ALPHA) * (settled ? 1 : 0.5);
    context.fillStyle = color;
    context.fill(shape.area);
  }
  context.globalAlpha = 1;
  context.strokeStyle = color;
  context.lineWidth = 1.6 * unit;
  context.lineJoin = 'round';
  context.setLineDash(settled ? [] : [2.5 * unit, 2.5 * unit]);
  context.stroke(shape.line);
}

/** Whole, also at the edges: half of a point says nothing of where it is. */
function paintLone({ context, unit, x, y }: Canvas, plot: Plot, shapes: readonly Shape[], ink: Ink): void {
  for (const [place, { lone }] of shapes.entries()) {
    const series = plot.series[place];
    if (!series) continue;
    context.fillStyle = ink.series[series.slot] ?? ink.text;
    for (const index of lone) {
      const seconds = plot.xSeconds[index] ?? 0;
      if (seconds < plot.fromS || seconds > plot.toS) continue;
      context.globalAlpha = plot.soFar && index === plot.xSeconds.length - 1 ? 0.75 : 1;
      context.beginPath();
      context.arc(x(seconds), y(series.tops[index] ?? 0), 2 * unit, 0, 2 * Math.PI);
      context.fill();
    }
  }
  context.globalAlpha = 1;
}

/** A window's bar is whole: all of it final or all of it provisional. */
function paintBars(canvas: Canvas, plot: Plot, ink: Ink): void {
  const { context, unit } = canvas;
  const side = plot.stacked ? 1 : Math.max(1, plot.series.length);
  const zero = canvas.y(0);
  for (const [place, series] of plot.series.entries()) {
    context.fillStyle = ink.series[series.slot] ?? ink.text;
    for (let index = 0; index < plot.startSeconds.length; index++) {
      const value = series.tops[index] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      const start = plot.startSeconds[index] ?? 0;
      context.globalAlpha = start + plot.windowSizeS <= (plot.watermarkS ?? Number.POSITIVE_INFINITY) ? 0.85 : 0.38;
      const left = canvas.x(start);
      const full = canvas.x(start + plot.windowSizeS) - left;
      const gap = Math.min(6 * unit, full * 0.2);
      const width = Math.max(1, (full - gap) / side);
      const x = left + gap / 2 + (plot.stacked ? 0 : place * width);
      const bottom = series.bottoms ? canvas.y(series.bottoms[index] ?? 0) : zero;
      const y = canvas.y(value);
      context.fillRect(x, Math.min(y, bottom), width, Math.abs(bottom - y));
    }
  }
  context.globalAlpha = 1;
}

/** Where points stand apart, a ring each; where they are close, a mark at the foot, or rings would hide the line. */
function paintRings(canvas: Canvas, plot: Plot, ink: Ink): void {
  const { context, unit } = canvas;
  const apart = Math.abs(canvas.x(plot.windowSizeS) - canvas.x(0)) >= RING_APART * unit;
  context.setLineDash([]);
  context.lineWidth = (apart ? 1.4 : 1) * unit;
  const foot = canvas.top + canvas.height;
  for (let index = 0; index < plot.revised.length; index++) {
    const x = plot.xSeconds[index] ?? 0;
    if (!plot.revised[index] || x < plot.fromS) continue;
    if (!apart) {
      context.strokeStyle = ink.faint;
      context.beginPath();
      context.moveTo(canvas.x(x), foot);
      context.lineTo(canvas.x(x), foot - 3 * unit);
      context.stroke();
      continue;
    }
    context.fillStyle = ink.surface;
    for (const series of plot.series) {
      const value = series.tops[index] ?? Number.NaN;
      if (Number.isNaN(value) || (plot.stacked && series !== plot.series.at(-1))) continue;
      context.strokeStyle = ink.series[series.slot] ?? ink.text;
      context.beginPath();
      context.arc(canvas.x(x), canvas.y(value), 2.4 * unit, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
}

function paintWatermark(canvas: Canvas, x: number, ink: Ink): void {
  const { context, top, height, unit } = canvas;
  const at = Math.round(x) + (Math.round(unit) % 2) / 2;
  context.setLineDash([unit, 2 * unit]);
  context.lineWidth = Math.max(1, Math.round(unit));
  context.strokeStyle = ink.muted;
  context.beginPath();
  context.moveTo(at, top);
  context.lineTo(at, top + height);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = ink.muted;
  context.beginPath();
  context.moveTo(at - 4 * unit, top - 6 * unit);
  context.lineTo(at + 4 * unit, top - 6 * unit);
  context.lineTo(at, top - 1 * unit);
  context.fill();
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
