import { expect, test } from 'vitest';
import { reloadAtMs } from './reload-time.ts';

const berlin = { timeZone: 'Europe/Berlin' };
const at = (text: string, opened: string, zone = berlin) => {
  const ms = reloadAtMs(text, Date.parse(opened), zone);
  return ms === null ? null : new Date(ms).toISOString();
};

test('a time of day is the next one of the zone', () => {
  expect(at('04:00', '2026-01-10T00:00:00Z')).toBe('2026-01-10T03:00:00.000Z');
  expect(at('04:00', '2026-01-10T03:00:00Z')).toBe('2026-01-11T03:00:00.000Z');
  expect(at('4:00', '2026-07-10T23:30:00Z')).toBe('2026-07-11T02:00:00.000Z');
  expect(at('00:00', '2026-01-10T22:59:59Z')).toBe('2026-01-10T23:00:00.000Z');
  expect(at('23:59', '2026-01-10T12:00:00Z', { timeZone: 'Pacific/Kiritimati' })).toBe('2026-01-11T09:59:00.000Z');
});

test('clocks that are put forward or back move it by no more than that', () => {
  expect(at('04:00', '2026-03-28T20:00:00Z')).toBe('2026-03-29T02:00:00.000Z');
  expect(at('04:00', '2026-10-24T20:00:00Z')).toBe('2026-10-25T03:00:00.000Z');
  expect(['2026-03-29T00:30:00.000Z', '2026-03-29T01:30:00.000Z']).toContain(at('02:30', '2026-03-28T20:00:00Z'));
});

test('a length of time counts from the opening; what is neither is refused', () => {
  expect(at('24h', '2026-01-10T00:00:00Z')).toBe('2026-01-11T00:00:00.000Z');
  expect(at('1s', '2026-01-10T00:00:00Z')).toBe('2026-01-10T00:00:10.000Z');
  expect(['24:00', '12:60', 'night', '', '-1h'].map((text) => at(text, '2026-01-10T00:00:00Z'))).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});
