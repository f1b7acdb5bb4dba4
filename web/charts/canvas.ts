/** Where a picture is painted: a canvas whose axes are already there. All in device pixels. */
export interface Canvas {
  readonly context: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel, times the page's scale. */
  readonly unit: number;
  /** Event time at its left and right edge, seconds. */
  readonly fromS: number;
  readonly toS: number;
  readonly x: (seconds: number) => number;
  readonly y: (value: number) => number;
  /** By the axis on the right; the same as `y` where there is none. */
  readonly yRight: (value: number) => number;
}

/** Paints within [from, to) of the canvas and, so that lines at its edges are whole, a little above and below. */
export function within({ context, top, height, unit }: Canvas, from: number, to: number, paint: () => void): void {
  if (to - from < 0.5) return;
  context.save();
  context.beginPath();
  context.rect(from, top - 4 * unit, to - from, height + 5 * unit);
  context.clip();
  paint();
  context.restore();
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** Where the watermark stands, within the canvas; its right edge before there is one. */
export function watermarkAt({ left, width, x }: Canvas, watermarkS: number | null): number {
  return watermarkS === null ? left + width : clamp(x(watermarkS), left, left + width);
}

/** A dotted hairline with a small marker above it: everything right of it may still change. */
export function paintWatermark(canvas: Canvas, watermarkS: number | null, color: string): void {
  if (watermarkS === null || watermarkS <= canvas.fromS || watermarkS > canvas.toS) return;
  const { context, top, height, unit } = canvas;
  const x = watermarkAt(canvas, watermarkS);
  const at = Math.round(x) + (Math.round(unit) % 2) / 2;
  context.setLineDash([unit, 2 * unit]);
  context.lineWidth = Math.max(1, Math.round(unit));
  context.strokeStyle = color;
  context.beginPath();
  context.moveTo(at, top);
  context.lineTo(at, top + height);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = color;
  context.beginPath();
  context.moveTo(at - 4 * unit, top - 6 * unit);
  context.lineTo(at + 4 * unit, top - 6 * unit);
  context.lineTo(at, top - 1 * unit);
  context.fill();
}
