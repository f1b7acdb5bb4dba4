import { parseHex, toLab } from '../../web/charts/palette.ts';

export type Vision = 'usual' | 'protanopia' | 'deuteranopia' | 'tritanopia';

/** Linear RGB → linear RGB as it is seen, row by row. */
type Matrix = readonly (readonly [number, number, number])[];

/**
 * Full dichromacy (severity 1.0) after G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A Physiologically-based Model
 * for Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (6), 2009.
 */
export const VISIONS: Readonly<Record<Vision, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** How far apart two colours look: 100 × the distance in Oklab; black and white are 100 apart. */
export function distance(vision: Vision, one: string, other: string): number {
  const [a, b] = [toLab(seen(vision, one)), toLab(seen(vision, other))];
  return 100 * Math.hypot(a.l - b.l, a.a - b.a, a.b - b.b);
}

/** WCAG 2.2, "contrast ratio": 1 to 21. */
export function contrastRatio(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** `part` of one colour over another, as `color-mix(in srgb, …)` mixes them. */
export function mixed(part: number, over: string, ground: string): string {
  const below = parseHex(ground);
  const bytes = parseHex(over).map((byte, index) => Math.round(byte * part + (below[index] ?? 0) * (1 - part)));
  return `#${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function seen(vision: Vision, color: string): [number, number, number] {
  const rgb = parseHex(color).map(linear);
  return VISIONS[vision].map((row) => gamma(row.reduce((sum, part, index) => sum + part * (rgb[index] ?? 0), 0))) as [
    number,
    number,
    number,
  ];
}

function luminance(color: string): number {
  const [r, g, b] = parseHex(color);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function linear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function gamma(value: number): number {
  const within = Math.min(1, Math.max(0, value));
  return 255 * (within <= 0.0031308 ? within * 12.92 : 1.055 * within ** (1 / 2.4) - 0.055);
}
