import type { Mark } from '../panels/board-context.ts';
import type { Canvas } from './canvas.ts';
import { type Ink, inkOf } from './ink.ts';
import type { EarlierLine, Plot } from './plot.ts';

/** What lies behind the lines: limits, bands, what was before, and marks of moments and stretches. */

const LIMIT_ALPHA = 0.06;
const BAND_ALPHA = 0.16;
const MARK_ALPHA = 0.09;

/** A dashed line each, and a light fill of all that is beyond it, up to the next graver one. */
export function paintLimits(canvas: Canvas, plot: Plot, ink: Ink): void {
  const { context, left, top, width, height, unit } = canvas;
  const bottom = top + height;
  for (const { value, level, side } of plot.limits) {
    if (value < plot.range.min || value > plot.range.max) continue;
    const y = canvas.y(value);
    const next = plot.limits.find((other) => other.side === side && other.level === 'alarm' && level === 'warn');
    const end = next ? Math.min(bottom, Math.max(top, canvas.y(next.value))) : side === 'above' ? top : bottom;
    context.fillStyle = inkOf(ink, level);
    context.globalAlpha = LIMIT_ALPHA;
    context.fillRect(left, Math.min(y, end), width, Math.abs(end - y));
    context.globalAlpha = 0.8;
    horizontal(canvas, y, inkOf(ink, level), [6 * unit, 3 * unit]);
  }
  context.globalAlpha = 1;
}

export function horizontal({ context, left, width, unit }: Canvas, y: number, color: string, dash: number[]): void {
  context.strokeStyle = color;
  context.lineWidth = Math.max(1, unit);
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(left, y);
  context.lineTo(left + width, y);
  context.stroke();
  context.setLineDash([]);
}

/** Where an edge is missing there is no band. */
export function paintBands(canvas: Canvas, plot: Plot, ink: Ink): void {
  const { context } = canvas;
  const { xSeconds } = plot;
  const count = plot.soFar ? xSeconds.length - 1 : xSeconds.length;
  for (const { low, high, color } of plot.bands) {
    const has = (index: number) =>
      index < count && !Number.isNaN(low[index] ?? Number.NaN) && !Number.isNaN(high[index] ?? Number.NaN);
    context.beginPath();
    let start = -1;
    for (let index = 0; index <= count; index++) {
      if (has(index)) {
        const [x, y] = [canvas.x(xSeconds[index] ?? 0), canvas.y(high[index] ?? 0)];
        if (start < 0) context.moveTo(x, y);
        else context.lineTo(x, y);
        if (start < 0) start = index;
        continue;
      }
      if (start < 0) continue;
      for (let back = index - 1; back >= start; back--)
        context.lineTo(canvas.x(xSeconds[back] ?? 0), canvas.y(low[back] ?? 0));
      context.closePath();
      start = -1;
    }
    context.globalAlpha = BAND_ALPHA;
    context.fillStyle = inkOf(ink, color);
    context.fill();
    context.globalAlpha = 1;
  }
}

/** A thin line, so that what is stays in front. */
export function paintEarlier(canvas: Canvas, plot: Plot, ink: Ink): void {
  const { context, unit } = canvas;
  for (const line of plot.earlier) {
    context.strokeStyle = line.color === null ? ink.muted : inkOf(ink, line.color);
    context.globalAlpha = line.color === null ? 0.85 : 0.5;
    context.lineWidth = 1.1 * unit;
    context.setLineDash([]);
    context.beginPath();
    traceEarlier(canvas, line);
    context.stroke();
  }
  context.globalAlpha = 1;
}

function traceEarlier(canvas: Canvas, { xSeconds, values, right }: EarlierLine): void {
  const place = right ? canvas.yRight : canvas.y;
  let drawing = false;
  for (let index = 0; index < xSeconds.length; index++) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) {
      drawing = false;
      continue;
    }
    const x = canvas.x(xSeconds[index] ?? 0);
    if (drawing) canvas.context.lineTo(x, place(value));
    else canvas.context.moveTo(x, place(value));
    drawing = true;
  }
}

/** Stretches are tinted, moments are hairlines; their texts are on the buttons above them. */
export function paintMarks(canvas: Canvas, marks: readonly Mark[], ink: Ink): void {
  const { context, left, top, width, height, unit } = canvas;
  for (const { fromUs, untilUs, tone } of marks) {
    const from = canvas.x(fromUs / 1e6);
    const until = untilUs === null ? from : canvas.x(untilUs / 1e6);
    if (until < left || from > left + width) continue;
    const start = Math.max(left, from);
    const end = Math.min(left + width, until);
    const color = tone === null ? ink.muted : ink.tones[tone];
    context.fillStyle = color;
    context.globalAlpha = MARK_ALPHA;
    if (end > start) context.fillRect(start, top, end - start, height);
    context.globalAlpha = 0.75;
    if (end > start) context.fillRect(start, top, end - start, 1.5 * unit);
    if (from >= left) context.fillRect(Math.round(from), top, Math.max(1, unit), height);
  }
  context.globalAlpha = 1;
}
