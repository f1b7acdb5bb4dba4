import { expect, test } from 'vitest';
import { formatClockMs, formatDay, formatWindow, zoneOffsetMs } from './format-time.ts';

const noon = Date.UTC(2026, 2, 29, 0, 59, 59, 7);

test('event time is shown in the zone asked for', () => {
  expect(formatClockMs(noon, { timeZone: 'UTC' })).toBe('00:59:59.007');
  expect(formatClockMs(noon, { timeZone: 'Asia/Kolkata' })).toBe('06:29:59.007');
  expect(formatDay(noon, { timeZone: 'America/New_York' })).toBe('2026-03-28');
});

test('midnight is 00, not 24', () => {
  expect(formatClockMs(Date.UTC(2026, 0, 1), { timeZone: 'UTC' })).toBe('00:00:00.000');
});

test('offsets follow daylight saving', () => {
  const zone = { timeZone: 'Europe/Berlin' };
  expect([noon, noon + 1000].map((ms) => zoneOffsetMs(ms, zone) / 3_600_000)).toEqual([1, 2]);
  expect(zoneOffsetMs(-1, { timeZone: 'UTC' })).toBe(0);
});

test('a window reads from start to end, seconds only where it has them', () => {
  const zone = { timeZone: 'UTC' };
  const start = Date.UTC(2026, 10, 22, 12, 3);
  expect([5000, 60_000, 86_400_000].map((size) => formatWindow(start, size, zone))).toEqual([
    '12:03:00 – 12:03:05',
    '12:03 – 12:04',
    '2026-11-22 – 2026-11-23',
  ]);
});
