/**
 * Colours for numbers: from the theme's surface over its accent to its text. Lightness runs evenly from one end to the
 * other, and never back, so that the order is seen without seeing hues, and in light and dark alike more is further from
 * the ground.
 *
 *     light   pale ▏░░▒▒▓▓██▏ nearly black        dark   nearly black ▏██▓▓▒▒░░▏ pale
 */
export interface Palette {
  /** 256 colours, 0xAABBGGRR each, opaque: as an ImageData of little-endian machines holds them. */
  readonly pixels: Uint32Array;
  /** As CSS, of a share from 0 to 1. */
  readonly css: (share: number) => string;
}

export const PALETTE_STEPS = 256;
/** Nothing is nearer to the ground than this, or the least could not be told from none. */
const FIRST = 0.1;
/** Oklab lightness of the least on a dark ground: what is darker is black on any screen. */
const DARKEST = 0.28;
/** Nothing is nearer to the text than this, or the most would have no colour. */
const LAST = 0.86;

export function sequentialPalette(surface: string, accent: string, text: string): Palette {
  const [ground, middle, end] = [surface, accent, text].map((color) => toLab(parseHex(color))) as [Lab, Lab, Lab];
  const first = Math.max(FIRST, end.l > ground.l ? (DARKEST - ground.l) / (end.l - ground.l) : 0);
  const rgbs = Array.from({ length: PALETTE_STEPS }, (_, index) => {
    const share = first + (LAST - first) * (index / (PALETTE_STEPS - 1));
    const lightness = ground.l + (end.l - ground.l) * share;
    // Where the accent has its own lightness it is itself; to both sides it fades into what lies there.
    const turn = (middle.l - ground.l) / (end.l - ground.l || 1);
    const part = share < turn ? share / turn : 1 - ((share - turn) / (1 - turn)) * 0.8;
    const from = share < turn ? ground : end;
    const mix = (a: number, b: number) => a + (b - a) * Math.sqrt(Math.max(0, part));
    return toRgb({ l: lightness, a: mix(from.a, middle.a), b: mix(from.b, middle.b) });
  });
  const pixels = Uint32Array.from(rgbs, ([r, g, b]) => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0);
  return {
    pixels,
    css(share) {
      const [r, g, b] = rgbs[paletteStep(share)] ?? [0, 0, 0];
      return `rgb(${r} ${g} ${b})`;
    },
  };
}

export function paletteStep(share: number): number {
  return Math.max(0, Math.min(PALETTE_STEPS - 1, Math.round(share * (PALETTE_STEPS - 1))));
}

/** Oklab, after Björn Ottosson, 2020. */
export interface Lab {
  readonly l: number;
  readonly a: number;
  readonly b: number;
}

type Rgb = readonly [number, number, number];

export function toLab([red, green, blue]: Rgb): Lab {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {
    l: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  };
}

function toRgb({ l: lightness, a, b }: Lab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    gamma(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    gamma(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    gamma(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function linear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function gamma(value: number): number {
  const shown = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
  return Math.round(255 * Math.min(1, Math.max(0, shown)));
}

/** `#rrggbb` or `#rgb`; anything else is grey. */
export function parseHex(color: string): Rgb {
  const hex = color.replace('#', '');
  const full = hex.length === 3 ? [...hex].map((one) => one + one).join('') : hex;
  if (!/^[0-9a-f]{6}$/i.test(full)) return [128, 128, 128];
  const value = Number.parseInt(full, 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
