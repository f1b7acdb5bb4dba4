import type { Limits } from '../panels/spc.ts';
import type { Canvas } from './canvas.ts';
import { type Ink, inkOf, wordsPx } from './ink.ts';
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
/** Of the names beside lines, and of the numbers of rules, times the height of their letters. */
const NAMES_APART = 1.3;
const NUMBERS_APART = 1;
/** Narrower plots have no names beside their lines, CSS pixels. */
const NAMES_FROM = 460;

export function paintControl(canvas: Canvas, control: Control, ink: Ink): void {
  const { context, unit } = canvas;
  const { limits, specLow, specHigh, plot } = control;
  const spec = { color: inkOf(ink, 'alarm'), dash: [2 * unit, 3 * unit] };
  const limit = { color: inkOf(ink, 'warn'), dash: [7 * unit, 4 * unit] };
  if (limits !== null) shadeSigmas(canvas, limits, ink);
  const lines = [
    { name: 'upper', value: limits?.upper, ...limit },
    { name: 'lower', value: limits?.lower, ...limit },
    { name: 'spec', value: specHigh, ...spec },
    { name: 'spec', value: specLow, ...spec },
    { name: 'centre', value: limits?.center, color: ink.muted, dash: [] },
  ].flatMap(({ name, value, color, dash }): Line[] => {
    if (value === undefined || value < plot.range.min || value > plot.range.max) return [];
    const y = canvas.y(value);
    horizontal(canvas, y, color, dash);
    return [{ name, y }];
  });
  const letterPx = wordsPx(ink, unit);
  if (canvas.width >= NAMES_FROM * unit)
    for (const placed of placedNames(lines, canvas.top, NAMES_APART * letterPx)) lineName(canvas, placed, ink);
  paintPlot(canvas, plot, ink);
  const apart = Math.abs(canvas.x(plot.windowSizeS) - canvas.x(0)) >= DOTS_APART * unit;
  const [series] = plot.series;
  if (!series) return;
  context.save();
  let numberedX = Number.NEGATIVE_INFINITY;
  const numbered: { readonly x: number; readonly y: number; readonly rule: number }[] = [];
  for (let index = 0; index < plot.xSeconds.length; index++) {
    const seconds = plot.xSeconds[index] ?? 0;
    const value = series.values[index] ?? Number.NaN;
    if (Number.isNaN(value) || seconds < canvas.fromS || seconds > canvas.toS) continue;
    const rule = control.broken[index] ?? 0;
    const x = canvas.x(seconds);
    if (rule !== 0) {
      // Of a run the first has its number, and then as many as there is room for.
      const isNumbered = x - numberedX >= NUMBERS_APART * letterPx;
      if (isNumbered) numberedX = x;
      violation(canvas, x, canvas.y(value), rule, ink);
      if (isNumbered) numbered.push({ x, y: canvas.y(value), rule });
    } else if (apart && !plot.revised[index]) {
      context.fillStyle = inkOf(ink, series.color);
      context.beginPath();
      context.arc(x, canvas.y(value), 1.8 * unit, 0, 2 * Math.PI);
      context.fill();
    }
  }
  // After all points, or a later one would lie upon an earlier one's number.
  for (const { x, y, rule } of numbered) ruleNumber(canvas, x, y, rule, ink);
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

interface Line {
  readonly name: string;
  readonly y: number;
}

interface PlacedName extends Line {
  readonly below: boolean;
}

/**
 * Names above their lines, or below where there is no room, each so high. One that another line would go through, or that
 * would lie upon another, is left out: the legend has them all.
 */
export function placedNames(lines: readonly Line[], top: number, highPx: number): PlacedName[] {
  const taken: number[] = [];
  return lines.flatMap((line) => {
    const below = line.y - top < highPx;
    const from = below ? line.y : line.y - highPx;
    const isCrossed = lines.some((other) => other !== line && other.y >= from && other.y <= from + highPx);
    if (isCrossed || taken.some((other) => Math.abs(other - from) < highPx)) return [];
    taken.push(from);
    return [{ ...line, below }];
  });
}

function lineName({ context, left, width, unit }: Canvas, { name, y, below }: PlacedName, ink: Ink): void {
  context.save();
  context.font = fontOf(ink, wordsPx(ink, unit));
  context.textAlign = 'right';
  context.textBaseline = below ? 'top' : 'bottom';
  context.lineWidth = 3 * unit;
  context.strokeStyle = ink.surface;
  context.fillStyle = ink.muted;
  const at = below ? y + 2 * unit : y - 2 * unit;
  context.strokeText(name, left + width - 2 * unit, at);
  context.fillText(name, left + width - 2 * unit, at);
  context.restore();
}

/** Half of a diamond's height, CSS pixels. */
const DIAMOND = 4.5;

/** A filled diamond: the shape says it where the colour does not. */
function violation({ context, unit }: Canvas, x: number, y: number, rule: number, ink: Ink): void {
  const size = DIAMOND * unit;
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
}

/** The number of a rule above its diamond, or below it where there is no room; what is behind it gives way. */
function ruleNumber({ context, unit, top, left }: Canvas, x: number, y: number, rule: number, ink: Ink): void {
  const size = DIAMOND * unit;
  const letterPx = wordsPx(ink, unit);
  context.font = fontOf(ink, letterPx);
  context.textAlign = 'center';
  const below = y - top < size + 1.1 * letterPx;
  context.textBaseline = below ? 'top' : 'bottom';
  const at = [Math.max(x, left + 0.5 * letterPx), below ? y + size + unit : y - size - unit] as const;
  context.lineWidth = 3 * unit;
  context.strokeStyle = ink.surface;
  context.strokeText(String(rule), ...at);
  context.fillStyle = inkOf(ink, rule === 1 ? 'alarm' : 'warn');
  context.fillText(String(rule), ...at);
}

function fontOf(ink: Ink, px: number): string {
  return ink.font.replace(/^[\d.]+px/, `${Math.round(px)}px`);
}
