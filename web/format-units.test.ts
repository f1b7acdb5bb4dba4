import { expect, test } from 'vitest';
import { axisFactor, formatTick, formatTicks, formatValue } from './format.ts';

const text = (value: number, unit: string, decimals?: number, locale = 'en-US') =>
  formatValue(value, { unit, decimals, locale }).text.replaceAll(/\s/g, ' ');

// What each should read, worked out by hand from what the unit means: 3,000 kbytes are 3,000 × 1,024 B = 2.93 MiB.
test.each([
  ['none', 12_345.5, '12,346'],
  ['sci', 12_345, '1.23E4'],
  ['hex', 255, 'FF'],
  ['percentunit', -0.123, '−12.3 %'],
  ['humidity', 45.2, '45.2 %'],
  ['dB', -3.5, '−3.5 dB'],
  ['bytes', 1024 ** 2 * 2.5, '2.5 MiB'],
  ['kbytes', 3000, '2.93 MiB'],
  ['decmbytes', 1500, '1.5 GB'],
  ['bits', 2048, '2 Kib'],
  ['decbits', 2000, '2 kb'],
  ['bps', 12_500_000, '12.5 Mb/s'],
  ['Bps', 999, '999 B/s'],
  ['MBs', 2500, '2.5 GB/s'],
  ['binBps', 1024, '1 KiB/s'],
  ['pps', 1200, '1.2 kp/s'],
  ['ns', 1500, '1.5 µs'],
  ['µs', 2500, '2.5 ms'],
  ['ms', 90_000, '1.5 min'],
  ['s', 0.0004, '400 µs'],
  ['m', 90, '1.5 h'],
  ['h', 36, '1.5 d'],
  ['d', 0.5, '12 h'],
  ['hertz', 50, '50 Hz'],
  ['dthms', 3723, '01:02:03'],
  ['dthms', 93_784, '26:03:04'],
  ['dtdhms', 93_784, '1 d 02:03:04'],
  ['clockms', 3_723_004, '01:02:03.004'],
  ['dtdurations', 100, '1 min 40 s'],
  ['dtdurationms', 250, '250 ms'],
  ['dtdurations', -93_600, '−1 d 2 h'],
  ['eps', 12_345, '12.3k/s'],
  ['reqps', 12.34, '12.3 req/s'],
  ['msg', 3, '3 msg'],
  ['opm', 60, '60/min'],
  ['mpm', 3, '3 msg/min'],
  ['watt', 0.25, '250 mW'],
  ['kwatt', 1.4, '1.4 kW'],
  ['kwatth', 2400, '2.4 MWh'],
  ['megwatt', 0.2, '200 kW'],
  ['mvolt', 1500, '1.5 V'],
  ['volt', 230, '230 V'],
  ['amp', 0.0012, '1.2 mA'],
  ['flowlpm', 12.25, '12.3 L/min'],
  ['flowcms', 3, '3 m³/s'],
  ['massg', 1500, '1.5 kg'],
  ['masst', 12_500, '12,500 t'],
  ['lengthmm', 1250.3, '1,250 mm'],
  ['pressurebar', 6.12, '6.12 bar'],
  ['rotrpm', 1480, '1,480 rpm'],
  ['celsius', -4.5, '−4.5 °C'],
  ['fahrenheit', 98.6, '98.6 °F'],
  ['kelvin', 273, '273 K'],
  ['ppm', 412, '412 ppm'],
  ['degree', 45, '45°'],
  ['prefix:≈ ', 5, '≈ 5'],
  ['suffix: pallets', 12, '12 pallets'],
  ['suffix:x', 2, '2x'],
  ['count:picks', 12_000, '12k picks'],
  ['currency:Rp', 1250.5, 'Rp1,251'],
  ['si:mF', 1500, '1.5 F'],
  ['si:Pa', 1500, '1.5 kPa'],
  ['bool_on_off', 1, 'on'],
  ['bool', 0, 'false'],
  ['furlongs per fortnight', 2, '2 furlongs per fortnight'],
])('%s: %d reads %s', (unit, value, expected) => {
  expect(text(value, unit)).toBe(expected);
});

test('money stands as the locale has it, with as many decimals as it has', () => {
  expect(text(48.9, 'currencyUSD')).toBe('$48.90');
  expect(text(-48.9, 'currencyUSD')).toBe('−$48.90');
  expect(text(1200, 'currencyJPY')).toBe('¥1,200');
  expect(text(0.5, 'currencyJPY')).toBe('¥1');
  expect(text(48.9, 'currencyEUR', undefined, 'de-DE')).toBe('48,90 €');
  expect(text(48_213.5, 'currencyEUR', undefined, 'de-DE')).toBe('48,2k €');
  expect(text(12, 'currencyCHF')).toBe('CHF 12');
});

test('digits and their groups are the locale’s', () => {
  expect(text(1234.5, 'none', 1, 'de-DE')).toBe('1.234,5');
  expect(text(1234, 'none', 0, 'en-IN')).toBe('1,234');
});

test('dates are shown in the zone, and how long ago they were', () => {
  const nowMs = Date.UTC(2026, 10, 22, 12, 3, 5);
  const options = { nowMs, zone: { timeZone: 'UTC' }, locale: 'en-US' };
  const read = (ms: number, unit: string) => formatValue(ms, { ...options, unit }).text;
  expect(read(nowMs - 90_000, 'dateTimeAsIso')).toBe('2026-11-22 12:01:35');
  expect(read(nowMs - 90_000, 'dateTimeAsLocalNoDateIfToday')).toBe('12:01:35');
  expect(read(nowMs - 86_400_000, 'dateTimeAsIsoNoDateIfToday')).toBe('2026-11-21 12:03:05');
  expect(read(nowMs - 90_000, 'dateTimeFromNow')).toBe('1 minute ago');
  expect(read(nowMs + 7_200_000, 'dateTimeFromNow')).toBe('in 2 hours');
});

test('all ticks of an axis are in one scale', () => {
  const read = (values: number[], unit?: string) => formatTicks(values, values[1] ?? 1, { unit, locale: 'en-US' });
  expect(read([0, 500, 1000, 1500])).toEqual(['0', '0.5k', '1k', '1.5k']);
  expect(read([0, 524_288, 1_048_576], 'bytes')).toEqual(['0', '0.5 MiB', '1 MiB']);
  expect([axisFactor(1_500_000, 'bytes'), axisFactor(0.3, 'percentunit'), axisFactor(90, 's')]).toEqual([
    1 / 1024 ** 2,
    100,
    1 / 60,
  ]);
  expect(read([0, 0.5, 1], 's')).toEqual(['0', '0.5 s', '1 s']);
  expect(read([0, 20_000, 40_000], 'currencyEUR')).toEqual(['0', '€20k', '€40k']);
  expect(formatTick(0.5, 0.5, { unit: 's', locale: 'en-US' })).toBe('500 ms');
  expect(read([-1000, 0, 1000])).toEqual(['−1k', '0', '1k']);
});
