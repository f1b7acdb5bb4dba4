import { expect, test } from 'vitest';
import { formatBytes, formatSpan, formatTick, formatValue } from './format.ts';

const text = (value: number | null, unit?: string, decimals?: number) =>
  formatValue(value, { unit, decimals, locale: 'en-US' }).text;

test.each([
  [0, undefined, '0'],
  [7, undefined, '7'],
  [3.456, undefined, '3.46'],
  [1284, undefined, '1,284'],
  [82_412, undefined, '82.4k'],
  [4_100_000, undefined, '4.1M'],
  [-1500, 'none', '−1,500'],
  [0.0382, 'percentunit', '3.82 %'],
  [0.65, 'percentunit', '65.0 %'],
  [1, 'percentunit', '100 %'],
  [2.31, 'percent', '2.31 %'],
  [48.9, 'currencyUSD', '$48.90'],
  [48_213.5, 'currencyUSD', '$48.2k'],
  [9342.5, 'currencyEUR', '€9,343'],
  [12, 'currencyGBP', '£12'],
  [182.4, 'ms', '182 ms'],
  [0, 'ms', '0 ms'],
  [1500, 'ms', '1.5 s'],
  [90, 's', '1.5 min'],
  [0.25, 's', '250 ms'],
  [912.4, 'eps', '912/s'],
  [112, 'opm', '112/min'],
  [1536, 'bytes', '1.5 KiB'],
  [186e6, 'decbytes', '186 MB'],
  [21.37, 'celsius', '21.4 °C'],
  [2.4, 'furlongs', '2.4 furlongs'],
])('%d in %s reads %s', (value, unit, expected) => {
  expect(text(value, unit)).toBe(expected);
});

test('nothing is not zero', () => {
  expect([text(null), text(Number.NaN, 'ms'), text(Number.POSITIVE_INFINITY)]).toEqual(['—', '—', '—']);
});

test('declared decimals are kept', () => {
  expect([text(3, 'none', 2), text(0.0382, 'percentunit', 0)]).toEqual(['3.00', '4 %']);
});

test('value and suffix come apart, for two sizes of type', () => {
  expect(formatValue(48_213.5, { unit: 'currencyUSD', locale: 'en-US' })).toEqual({
    value: '$48.2',
    suffix: 'k',
    text: '$48.2k',
  });
});

test('ticks are as short as their step allows', () => {
  const ticks = (values: number[], step: number, unit?: string) =>
    values.map((value) => formatTick(value, step, { unit, locale: 'en-US' }));
  expect(ticks([0, 500, 1000, 1500], 500)).toEqual(['0', '500', '1k', '1.5k']);
  expect(ticks([0, 0.02, 0.04], 0.02, 'percentunit')).toEqual(['0 %', '2 %', '4 %']);
  expect(ticks([0, 100, 200], 100, 'ms')).toEqual(['0', '100 ms', '200 ms']);
  expect(ticks([0, 1000, 2000], 1000, 'eps')).toEqual(['0', '1k/s', '2k/s']);
  expect(ticks([-10, 0, 10], 10, 'celsius')).toEqual(['−10 °C', '0', '10 °C']);
  expect(ticks([0, 0.25, 0.5], 0.25)).toEqual(['0', '0.25', '0.5']);
});

test('spans and sizes in words', () => {
  expect([0, 42_000, 100_000, 720_000, 11_100_000, 200_000_000].map(formatSpan)).toEqual([
    '0 s',
    '42 s',
    '1 min 40 s',
    '12 min',
    '3 h 5 min',
    '2 d',
  ]);
  expect([186 * 2 ** 20, 2 ** 30, 1.3e9].map(formatBytes)).toEqual(['186 MiB', '1 GiB', '1.2 GiB']);
});
