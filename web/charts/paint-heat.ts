import { type Canvas, paintWatermark, watermarkAt, within } from './canvas.ts';
import { colorCells, type Heat } from './heat.ts';
import type { Ink } from './ink.ts';
import type { Palette } from './palette.ts';

/** Rows lower than this have no line between them, CSS pixels. */
const APART = 8;
const HATCH = 7;

export type PaintHeat = (canvas: Canvas, heat: Heat, watermarkS: number | null, palette: Palette, ink: Ink) => void;

/**
 * A painter of cells, with an image of its own: a pixel a cell, enlarged. The image is coloured when the cells have
 * changed, and painted in two halves: what is right of the watermark is lighter, and hatched.
 */
export function createHeatPainter(): PaintHeat {
  const image = document.createElement('canvas');
  const context = image.getContext('2d');
  let data: ImageData | null = null;
  let colored: { readonly heat: Heat; readonly palette: Palette } | null = null;
  const color = (heat: Heat, palette: Palette) => {
    if (context === null || (colored?.heat === heat && colored.palette === palette)) return;
    const { columns, rows } = heat;
    if (data === null || data.width !== columns || data.height !== rows.length) {
      image.width = columns;
      image.height = rows.length;
      data = context.createImageData(columns, rows.length);
    }
    colorCells(heat, palette.pixels, new Uint32Array(data.data.buffer));
    context.putImageData(data, 0, 0);
    colored = { heat, palette };
  };
  return (canvas, heat, watermarkS, palette, ink) => {
    color(heat, palette);
    const { left, width } = canvas;
    const from = canvas.x(heat.firstS);
    const to = canvas.x(heat.firstS + heat.columns * heat.columnS);
    const split = settledUntil(canvas, heat, watermarkS);
    canvas.context.save();
    canvas.context.imageSmoothingEnabled = false;
    for (const settled of [true, false])
      within(canvas, settled ? left : split, settled ? split : left + width, () => {
        canvas.context.globalAlpha = settled ? 1 : 0.55;
        canvas.context.drawImage(image, from, canvas.top, to - from, canvas.height);
        canvas.context.globalAlpha = 1;
        if (!settled) hatch(canvas, split, Math.min(to, left + width), ink.surface);
      });
    parting(canvas, heat.rows.length, ink.surface);
    paintWatermark(canvas, watermarkS, ink.muted);
    canvas.context.restore();
  };
}

/** Where the first column stands that is not final. */
function settledUntil(canvas: Canvas, { firstS, columnS }: Heat, watermarkS: number | null): number {
  if (watermarkS === null || !Number.isFinite(watermarkS)) return watermarkAt(canvas, null);
  return watermarkAt(canvas, firstS + Math.floor((watermarkS - firstS) / columnS + 1e-9) * columnS);
}

export function hatch({ context, top, height, unit }: Canvas, from: number, to: number, color: string): void {
  if (to <= from) return;
  context.save();
  context.beginPath();
  context.rect(from, top, to - from, height);
  context.clip();
  context.strokeStyle = color;
  context.globalAlpha = 0.75;
  context.lineWidth = 1.2 * unit;
  context.beginPath();
  const apart = HATCH * unit;
  for (let x = Math.floor((from - height) / apart) * apart; x < to; x += apart) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}

function parting({ context, left, top, width, height, unit }: Canvas, rows: number, color: string): void {
  const tall = height / Math.max(1, rows);
  if (tall < APART * unit) return;
  context.fillStyle = color;
  for (let row = 1; row < rows; row++)
    context.fillRect(left, Math.round(top + row * tall - unit / 2), width, Math.max(1, unit));
}
