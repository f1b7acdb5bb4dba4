import { expect, test } from 'vitest';
import { parseHex, sequentialPalette, toLab } from './palette.ts';

/** The themes' own: surface, accent, text. */
const THEMES = {
  light: ['#ffffff', '#0b6bcb', '#10161f'],
  dark: ['#121821', '#58a6ff', '#e8edf4'],
  contrast: ['#000000', '#8ec5ff', '#ffffff'],
} as const;

test.each(['light', 'dark', 'contrast'] as const)(
  'V43 in %s lightness goes one way, in even steps, and both ends can be told',
  (name) => {
    const theme = THEMES[name];
    const { pixels } = sequentialPalette(theme[0], theme[1], theme[2]);
    const lights = [...pixels].map((pixel) => toLab([pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]).l);
    const whole = (lights.at(-1) ?? 0) - (lights[0] ?? 0);
    const ground = toLab(parseHex(theme[0])).l;
    expect(Math.abs(whole)).toBeGreaterThan(0.5);
    expect(Math.abs((lights[0] ?? 0) - ground)).toBeGreaterThan(0.05);
    expect(lights[0]).toBeGreaterThan(0.25);
    for (let step = 32; step < 256; step += 32) {
      const part = ((lights[step] ?? 0) - (lights[step - 32] ?? 0)) / whole;
      expect(part).toBeGreaterThan(0.1);
      expect(part).toBeLessThan(0.155);
    }
  },
);

test('a share is a colour, also beyond the ends', () => {
  const { css } = sequentialPalette(...THEMES.light);
  expect(css(-1)).toBe(css(0));
  expect(css(2)).toBe(css(1));
  expect(css(0)).toMatch(/^rgb\(\d+ \d+ \d+\)$/);
});
