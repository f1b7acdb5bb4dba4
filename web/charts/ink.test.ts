import { expect, test } from 'vitest';
import { axisFont } from './ink.ts';

/** As uPlot makes a font as large as a screen of more pixels needs it. */
const onScreen = (font: string, pixels: number) =>
  font.replace(/(\d+)px/, (_, size) => `${Math.round(size * pixels)}px`);

test.each([1, 1.25, 1.6])('axis labels at scale %d are twice as large where pixels are half as large', (scale) => {
  const size = (pixels: number) => Number.parseFloat(onScreen(axisFont(scale, 'sans-serif'), pixels));
  expect(size(2)).toBe(2 * size(1));
  expect(size(1) / (11.5 * scale)).toBeCloseTo(1, 1);
});
