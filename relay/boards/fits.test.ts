import { expect, test } from 'vitest';
import { fits } from './fits.ts';

test('B3 a pattern finds files by any part of their names, and not what editors and systems hide', () => {
  const names = [
    'shop.yaml',
    'a.shop.yaml',
    'shop.yaml~',
    'shop.yml',
    '.yaml',
    '.#shop.yaml',
    '._shop.yaml',
    'shopXyaml',
  ];
  expect(names.filter((name) => fits('*.yaml', name))).toEqual(['shop.yaml', 'a.shop.yaml']);
  expect(names.filter((name) => fits('*', name))).toEqual(names.filter((name) => !name.startsWith('.')));
  expect(fits('.*.yaml', '._shop.yaml')).toBe(true);
  expect(fits('a*(1)+.yaml', 'ab(1)+.yaml')).toBe(true);
});
