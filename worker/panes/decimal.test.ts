import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimalScale, decimalType, formatDecimal, parseDecimal, unitOf } from './decimal.ts';

test('W28 scaled integers as text and back', () => {
  const cases: readonly (readonly [number | bigint, number, string])[] = [
    [1998, 2, '19.98'],
    [-5, 2, '-0.05'],
    [0, 3, '0.000'],
    [7, 0, '7'],
    [10n ** 17n + 1n, 17, '1.00000000000000001'],
    [-(10n ** 17n), 2, '-1000000000000000.00'],
  ];
  for (const [scaled, scale, text] of cases) {
    expect(formatDecimal(scaled, scale)).toBe(text);
    expect(parseDecimal(text, scale)).toBe(scaled);
  }
  expect(parseDecimal('2', 2)).toBe(200);
  expect(parseDecimal('.5', 2)).toBe(50);
  expect(parseDecimal('1.500', 2)).toBe(150);
  for (const bad of ['1.005', '', '.', '1e3', 'x', '1,5']) expect(parseDecimal(bad, 2)).toBeNull();
});

test('W28 any scaled integer of 18 digits survives', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat(18), (scaled, scale) => {
      expect(BigInt(parseDecimal(formatDecimal(scaled, scale), scale) ?? 1n)).toBe(scaled);
    }),
    { seed: 4 },
  );
});

test('W28 the scale is in the type', () => {
  expect([
    decimalType(2),
    decimalScale('decimal:2'),
    decimalScale('float'),
    unitOf('decimal:3'),
    unitOf('text'),
  ]).toEqual(['decimal:2', 2, null, 1000, 1]);
});
