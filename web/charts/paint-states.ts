import type { Color } from '../../contract/spec/panels/parts.ts';
import { type Canvas, paintWatermark, watermarkAt, within } from './canvas.ts';
import { type Ink, inkOf, wordsPx } from './ink.ts';
import { hatch } from './paint-heat.ts';
import type { StateRows } from './state-rows.ts';

/** How a state looks. */
export interface StateLook {
  readonly text: string;
  readonly color: Color;
}

export interface StateLanes {
  readonly rows: StateRows;
  readonly look: (state: string | number) => StateLook;
  readonly watermarkS: number | null;
}

/** Share of its row that a stretch is high; up to more where its words need it; and the most it is, CSS pixels. */
const TALL = 0.74;
const TALLEST = 0.88;
const MOST_TALL = 30;
/** Of a stretch's height, at most, for its words. */
const WORDS = 0.78;
/** Smaller ones are left out, CSS pixels. */
const LEAST_WORDS = 8;
/** Around a text, CSS pixels. */
const PADDING = 5;

/** Rows of coloured stretches, their texts where there is room; what may still change is striped. */
export function paintStates(canvas: Canvas, { rows, look, watermarkS }: StateLanes, ink: Ink): void {
  const { context, left, top, width, height, unit } = canvas;
  const right = left + width;
  const lane = height / Math.max(1, rows.length);
  const wanted = wordsPx(ink, unit);
  const tall = Math.max(2, Math.min(Math.max(lane * TALL, Math.min(lane * TALLEST, wanted / WORDS)), MOST_TALL * unit));
  const fontPx = Math.min(wanted, tall * WORDS);
  const font = ink.font.replace(/^[\d.]+px/, `600 ${fontPx.toFixed(1)}px`);
  const middle = (row: number) => top + (row + 0.5) * lane;
  context.save();
  within(canvas, left, right, () => {
    for (const [row, { stretches }] of rows.entries())
      for (const { fromUs, untilUs, state } of stretches) {
        const from = canvas.x(fromUs / 1e6);
        const until = canvas.x(untilUs / 1e6);
        if (until < left || from > right) continue;
        context.fillStyle = inkOf(ink, look(state).color);
        const start = Math.max(left, from);
        // A hair's breadth apart, where there is more than that.
        const end = Math.min(right, until - start > 4 * unit ? until - unit : until);
        context.fillRect(start, middle(row) - tall / 2, Math.max(unit, end - start), tall);
      }
    hatch(canvas, watermarkAt(canvas, watermarkS), right, ink.surface);
    if (fontPx >= LEAST_WORDS * unit) paintTexts(canvas, rows, look, middle, font, ink);
  });
  paintWatermark(canvas, watermarkS, ink.muted);
  context.restore();
}

function paintTexts(
  { context, left, width, unit, x }: Canvas,
  rows: StateRows,
  look: StateLanes['look'],
  middle: (row: number) => number,
  font: string,
  ink: Ink,
): void {
  context.font = font;
  context.fillStyle = ink.surface;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const widths = new Map<string, number>();
  const least = 20 * unit;
  for (const [row, { stretches }] of rows.entries())
    for (const { fromUs, untilUs, state } of stretches) {
      const start = Math.max(left, x(fromUs / 1e6));
      const room = Math.min(left + width, x(untilUs / 1e6)) - start - 2 * PADDING * unit;
      if (room < least) continue;
      const { text } = look(state);
      let wide = widths.get(text);
      if (wide === undefined) {
        wide = context.measureText(text).width;
        widths.set(text, wide);
      }
      if (wide <= room) context.fillText(text, start + PADDING * unit, middle(row) + 0.5 * unit);
    }
}
