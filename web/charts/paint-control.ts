import type { Limits } from '../panels/spc.ts';
import type { Canvas } from './canvas.ts';
import { type Ink, inkOf } from './ink.ts';
import { paintPlot } from './paint.ts';
import { horizontal } from './paint-ground.ts';
import type { Plot } from './plot.ts';

/** A control chart upon its plot: the lines a process is held against, and the points that break a rule. */
export interface Control {
  readonly plot: Plot;
  readonly limits: Limits | null;
  readonly specLow: number | undefined;
  readonly specHigh: number | undefined;
  /** The rule each point breaks, 0: none. */
  readonly broken: Uint8Array;
}

/** Points closer than this are a line alone, CSS pixels. */
const DOTS_APART = 5;

export function paintControl(canvas: Canvas, control: Control, ink: Ink): void {
  const { context, unit } = canvas;
  const { limits, specLow, specHigh, plot } = control;
  for (const spec of [specLow, specHigh])
    if (spec !== undefined) ruled(canvas, spec, 'spec', inkOf(ink, 'alarm'), [2 * unit, 3 * unit], ink);
  if (limits !== null) {
    shadeSigmas(canvas, limits, ink);
    ruled(canvas, limits.center, 'centre', ink.muted, [], ink);
    ruled(canvas, limits.upper, 'upper', inkOf(ink, 'warn'), [7 * unit, 4 * unit], ink);
    ruled(canvas, limits.lower, 'lower', inkOf(ink, 'warn'), [7 * unit, 4 * unit], ink);
  }
  paintPlot(canvas, plot, ink);
  const apart = Math.abs(canvas.x(plot.windowSizeS) - canvas.x(0)) >= DOTS_APART * unit;
  const [series] = plot.series;
  if (!series) return;
  context.save();
  for (let index = 0; index < plot.xSeconds.length; index++) {
    const seconds = plot.xSeconds[index] ?? 0;
    const value = series.values[index] ?? Number.NaN;
    if (Number.isNaN(value) || seconds < canvas.fromS || seconds > canvas.toS) continue;
    const rule = control.broken[index] ?? 0;
    if (rule !== 0) violation(canvas, canvas.x(seconds), canvas.y(value), rule, ink);
    else if (apart && !plot.revised[index]) {
      context.fillStyle = inkOf(ink, series.color);
      context.beginPath();
      context.arc(canvas.x(seconds), canvas.y(value), 1.8 * unit, 0, 2 * Math.PI);
      context.fill();
    }
  }
  context.restore();
}

/** From 1σ to 2σ and to the limits, each a little stronger. */
function shadeSigmas(canvas: Canvas, { center, lower, upper }: Limits, ink: Ink): void {
  const { context, left, width } = canvas;
  context.fillStyle = inkOf(ink, 'warn');
  context.globalAlpha = 0.035;
  for (const limit of [lower, upper])
    for (const sigmas of [1, 2]) {
      const from = canvas.y(center + ((limit - center) * sigmas) / 3);
      const to = canvas.y(limit);
      context.fillRect(left, Math.min(from, to), width, Math.abs(to - from));
    }
  context.globalAlpha = 1;
}

function ruled(canvas: Canvas, value: number, name: string, color: string, dash: number[], ink: Ink): void {
  const { context, left, top, width, height, unit } = canvas;
  const y = canvas.y(value);
  if (y < top - 1 || y > top + height + 1) return;
  horizontal(canvas, y, color, dash);
  context.save();
  context.font = ink.font.replace(/^[\d.]+px/, `${Math.round(10 * unit)}px`);
  context.textAlign = 'right';
  const below = y - top < 14 * unit;
  context.textBaseline = below ? 'top' : 'bottom';
  context.lineWidth = 3 * unit;
  context.strokeStyle = ink.surface;
  context.fillStyle = ink.muted;
  const at = below ? y + 2 * unit : y - 2 * unit;
  context.strokeText(name, left + width - 2 * unit, at);
  context.fillText(name, left + width - 2 * unit, at);
  context.restore();
}

/** A filled diamond with its rule's number: the shape says it where the colour does not. */
function violation({ context, unit, top }: Canvas, x: number, y: number, rule: number, ink: Ink): void {
  const size = 4.5 * unit;
  context.fillStyle = inkOf(ink, rule === 1 ? 'alarm' : 'warn');
  context.strokeStyle = ink.surface;
  context.lineWidth = 1.2 * unit;
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.closePath();
  context.fill();
  context.stroke();
  context.font = ink.font.replace(/^[\d.]+px/, `${Math.round(10 * unit)}px`);
  context.textAlign = 'center';
  const below = y - top < 18 * unit;
  context.textBaseline = below ? 'top' : 'bottom';
  context.fillText(String(rule), x, below ? y + size + unit : y - size - unit);
}
