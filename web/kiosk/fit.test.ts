import { expect, test } from 'vitest';
import { layOut } from '../board/layout.ts';
import { narrowed } from './fit.ts';

test('on a narrow wall small panels stand two abreast, all others across, without holes', () => {
  const sizes = [
    [4, 4],
    [8, 6],
    [4, 4],
    [12, 9],
    [6, 5],
    [24, 9],
    [8, 7],
    [8, 7],
  ].map(([w = 0, h = 0]) => ({ w, h }));
  const panels = narrowed(sizes);
  expect(panels.map(({ w, h }) => `${w}×${h}`)).toEqual([
    '12×6',
    '12×6',
    '24×4',
    '24×9',
    '24×5',
    '24×9',
    '12×7',
    '12×7',
  ]);
  const { placements, rows } = layOut(panels);
  expect(placements.reduce((area, { width, height }) => area + width * height, 0)).toBe(24 * rows);
});
