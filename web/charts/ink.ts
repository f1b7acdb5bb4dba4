import type { Color, Tone } from '../../contract/spec/panels/parts.ts';

/** The colours and sizes a canvas needs, read from the page's custom properties; read again when the theme changes. */
export interface Ink {
  readonly surface: string;
  readonly grid: string;
  readonly text: string;
  readonly faint: string;
  readonly muted: string;
  readonly accent: string;
  readonly series: readonly string[];
  readonly tones: Readonly<Record<Tone, string>>;
  /** CSS font of axis labels. */
  readonly font: string;
  /** How much larger than on a desk everything is: 1, more on a kiosk. */
  readonly scale: number;
}

export function readInk(root: Element = document.documentElement): Ink {
  const style = getComputedStyle(root);
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const scale = Number.parseFloat(style.fontSize) / 16 || 1;
  return {
    surface: token('surface'),
    grid: token('grid'),
    text: token('text'),
    faint: token('faint'),
    muted: token('muted'),
    accent: token('accent'),
    series: Array.from({ length: 8 }, (_, index) => token(`series-${index + 1}`)),
    tones: { good: token('live'), warn: token('late'), alarm: token('down'), off: token('stale') },
    font: axisFont(scale, token('sans'), Number.parseFloat(token('size-axis')) || AXIS_REM),
    scale,
  };
}

/** A colour of the theme, for a canvas. */
export function inkOf(ink: Ink, color: Color): string {
  return (typeof color === 'number' ? ink.series[color - 1] : ink.tones[color]) ?? ink.text;
}

const AXIS_REM = 0.71875;

/** In whole pixels: uPlot multiplies the digits just before `px` for screens of more pixels, and of 11.5 those are 5. */
export function axisFont(scale: number, family: string, rem: number = AXIS_REM): string {
  return `${Math.round(16 * rem * scale)}px ${family}`;
}

/** Device pixels of all words on a canvas, as large as those of its axes. `unit`: as a canvas has it. */
export function wordsPx({ font, scale }: Ink, unit: number): number {
  return (Number.parseFloat(font) / scale) * unit;
}
