import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIsoUs, readTimeUs } from './time-text.ts';

test('D5 ISO times are read as Date reads them, at every millisecond that is accepted', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1696-01-01'), max: new Date('2243-01-01'), noInvalidDate: true }), (date) => {
      expect(parseIsoUs(date.toISOString())).toBe(date.getTime() * 1000);
      expect(parseIsoUs(date.toISOString().replace('Z', '-03:30'))).toBe((date.getTime() + 12_600_000) * 1000);
    }),
  );
});

test.each([
  ['2025-04-04T10:00:00Z', 1743760800000000],
  ['2025-04-04 10:00:00', 1743760800000000],
  ['2025-04-04T12:00:00.123456789+02:00', 1743760800123456],
  ['2025-04-04T12:00+02', 1743760800000000],
  ['2025-04-04t05:30:00,5-0430', 1743760800500000],
  ['2025-04-04', 1743724800000000],
  ['2024-02-29T00:00:00Z', 1709164800000000],
])('D5 %s', (text, us) => {
  expect(parseIsoUs(text)).toBe(us);
});

test.each([
  'yesterday',
  '2025-02-29T00:00:00Z',
  '2025-13-01',
  '2025-04-04T24:00:00Z',
  '2025-04-04T10:00:00.Z',
  '2025-04-04T10:00:00Zulu',
  '2025-04-04T10:00:00+2',
  '2025-4-4',
  '20250404T100000Z',
])('D5 %s is no time', (text) => {
  expect(parseIsoUs(text)).toBeNull();
});

test('D5 auto tells seconds, ms, µs and ns apart by size', () => {
  expect(readTimeUs(1743760800, 'auto')).toBe(1743760800000000);
  expect(readTimeUs(1743760800.25, 'auto')).toBe(1743760800250000);
  expect(readTimeUs(1743760800123, 'auto')).toBe(1743760800123000);
  expect(readTimeUs(1743760800123456, 'auto')).toBe(1743760800123456);
  expect(readTimeUs(1743760800123456789n, 'auto')).toBe(1743760800123456);
  expect(readTimeUs('1743760800', 'seconds')).toBe(1743760800000000);
  expect(readTimeUs(1743760800, 'iso')).toBeNull();
  expect(readTimeUs(true, 'auto')).toBeNull();
});

test('W1 a time out of range is none', () => {
  expect(readTimeUs(9e9, 'seconds')).toBeNull();
  expect(readTimeUs('0001-01-01', 'auto')).toBeNull();
});
