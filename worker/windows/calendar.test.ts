import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { MAX_TIME_US, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import type { CalendarUnit } from '../../contract/spec/window.ts';
import { Calendar } from './calendar.ts';

const HOUR_US = 3600e6;
const us = (text: string) => Date.parse(text) * 1000;
const iso = (timeUs: number) => new Date(timeUs / 1000).toISOString().replace(':00.000Z', 'Z');
const bounds = (calendar: Calendar, time: string) => {
  const startUs = calendar.startOf(us(time));
  return [iso(startUs), iso(calendar.next(startUs))];
};

test('W15 a day of a zone is 23 or 25 hours long where its clocks change', () => {
  const berlin = new Calendar('day', 'Europe/Berlin', 0);
  expect(bounds(berlin, '2026-03-29T12:00Z')).toEqual(['2026-03-28T23:00Z', '2026-03-29T22:00Z']);
  expect(bounds(berlin, '2026-10-25T12:00Z')).toEqual(['2026-10-24T22:00Z', '2026-10-25T23:00Z']);
  const angeles = new Calendar('day', 'America/Los_Angeles', 0);
  expect(bounds(angeles, '2014-10-20T00:00Z')).toEqual(['2014-10-19T07:00Z', '2014-10-20T07:00Z']);
  expect(bounds(angeles, '2014-11-02T23:00Z')).toEqual(['2014-11-02T07:00Z', '2014-11-03T08:00Z']);
});

test('W15 an offset is wall-clock time, of either sign', () => {
  const evening = new Calendar('day', 'America/Los_Angeles', 20.5 * HOUR_US);
  expect(bounds(evening, '2013-03-10T12:00Z')).toEqual(['2013-03-10T04:30Z', '2013-03-11T03:30Z']);
  expect(bounds(new Calendar('day', 'America/Los_Angeles', -3.5 * HOUR_US), '2013-03-10T12:00Z')).toEqual(
    bounds(evening, '2013-03-10T12:00Z'),
  );
  expect(bounds(new Calendar('month', 'Europe/Berlin', 6 * HOUR_US), '2026-04-01T03:59Z')).toEqual([
    '2026-03-01T05:00Z',
    '2026-04-01T04:00Z',
  ]);
});

test('W15 where clocks skip midnight a day begins at the skip; where they read it twice, the first time', () => {
  expect(bounds(new Calendar('day', 'America/Sao_Paulo', 0), '2018-11-04T12:00Z')).toEqual([
    '2018-11-04T03:00Z',
    '2018-11-05T02:00Z',
  ]);
  expect(bounds(new Calendar('day', 'Asia/Beirut', 0), '2022-03-27T12:00Z')).toEqual([
    '2022-03-26T22:00Z',
    '2022-03-27T21:00Z',
  ]);
  expect(bounds(new Calendar('day', 'America/Toronto', 0), '1919-03-31T12:00Z')[0]).toBe('1919-03-31T04:30Z');
  expect(bounds(new Calendar('day', 'America/Havana', 0), '2025-11-02T12:00Z')).toEqual([
    '2025-11-02T04:00Z',
    '2025-11-03T05:00Z',
  ]);
  // A day begun at 00:15, a time the clocks of that night do not have.
  expect(bounds(new Calendar('day', 'America/Sao_Paulo', 15 * 60e6), '2018-11-04T12:00Z')[0]).toBe('2018-11-04T03:00Z');
});

test('W15 a day a zone left out is no period', () => {
  const apia = new Calendar('day', 'Pacific/Apia', 0);
  const startUs = us('2011-12-30T10:00Z');
  expect(iso(apia.startOf(startUs))).toBe('2011-12-30T10:00Z');
  expect(iso(apia.previous(startUs))).toBe('2011-12-29T10:00Z');
  expect(iso(apia.next(startUs))).toBe('2011-12-31T10:00Z');
});

test('W15 weeks begin on Monday, quarters in January, April, July and October, before 1970 too', () => {
  const utc = (unit: CalendarUnit, time: string) => bounds(new Calendar(unit, 'UTC', 0), time);
  expect(utc('week', '2026-11-22T12:00Z')).toEqual(['2026-11-16T00:00Z', '2026-11-23T00:00Z']);
  expect(utc('month', '1968-02-29T12:00Z')).toEqual(['1968-02-01T00:00Z', '1968-03-01T00:00Z']);
  expect(utc('quarter', '1969-12-31T23:59Z')).toEqual(['1969-10-01T00:00Z', '1970-01-01T00:00Z']);
  expect(utc('year', '1970-01-01T00:00Z')).toEqual(['1970-01-01T00:00Z', '1971-01-01T00:00Z']);
  expect(utc('day', '1969-12-31T23:59Z')).toEqual(['1969-12-31T00:00Z', '1970-01-01T00:00Z']);
});

const units: readonly CalendarUnit[] = ['day', 'week', 'month', 'quarter', 'year'];
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/Los_Angeles',
  'America/Sao_Paulo',
  'America/Havana',
  'America/St_Johns',
  'America/Toronto',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kwajalein',
];

test('W15 periods without an offset begin where Temporal has the starts of their first days', () => {
  const calendars = new Map(
    units.flatMap((unit) => zones.map((zone) => [`${unit} ${zone}`, new Calendar(unit, zone, 0)] as const)),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...units),
      fc.constantFrom(...zones),
      fc.integer({ min: us('1900-01-01T00:00Z'), max: us('2100-01-01T00:00Z') }),
      (unit, zone, timeUs) => {
        const calendar = calendars.get(`${unit} ${zone}`);
        expect(calendar?.startOf(timeUs)).toBe(reference(unit, zone, timeUs));
      },
    ),
    { numRuns: 500 },
  );
});

/** The latest first day of a unit, near this time, that has begun. */
function reference(unit: CalendarUnit, zone: string, timeUs: number): number {
  const today = Temporal.Instant.fromEpochMilliseconds(Math.floor(timeUs / 1000)).toZonedDateTimeISO(zone);
  let latestUs = Number.NEGATIVE_INFINITY;
  for (let days = -367; days <= 2; days++) {
    const date = today.toPlainDate().add({ days });
    const first =
      unit === 'day' ||
      (unit === 'week' && date.dayOfWeek === 1) ||
      (date.day === 1 && (unit === 'month' || (unit === 'quarter' && date.month % 3 === 1))) ||
      (unit === 'year' && date.dayOfYear === 1);
    // A day that was left out begins with the one after it.
    if (!first || (days < -8 && (unit === 'day' || unit === 'week'))) continue;
    const startUs = date.toZonedDateTime(zone).epochMilliseconds * 1000;
    if (startUs <= timeUs) latestUs = Math.max(latestUs, startUs);
  }
  return latestUs;
}

test('W15 with any offset periods follow each other without holes, and begin where the clock reads their boundary', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...units),
      fc.constantFrom(...zones),
      fc.integer({ min: -48 * 60, max: 48 * 60 }),
      fc.integer({ min: MIN_TIME_US, max: MAX_TIME_US }),
      (unit, zone, offsetMinutes, timeUs) => {
        const calendar = new Calendar(unit, zone, offsetMinutes * 60e6);
        const startUs = calendar.startOf(timeUs);
        const endUs = calendar.next(startUs);
        expect(startUs <= timeUs && timeUs < endUs).toBe(true);
        expect(calendar.startOf(startUs)).toBe(startUs);
        expect(calendar.startOf(endUs - 1)).toBe(startUs);
        expect(calendar.startOf(endUs)).toBe(endUs);
        expect(calendar.previous(endUs)).toBe(startUs);
        expect(calendar.next(calendar.previous(startUs))).toBe(startUs);

        const at = Temporal.Instant.fromEpochNanoseconds(BigInt(startUs) * 1000n).toZonedDateTimeISO(zone);
        const wall = at.toPlainDateTime().subtract({ minutes: offsetMinutes });
        const onBoundary = wall.equals(wall.with({ hour: 0, minute: 0, second: 0, millisecond: 0, microsecond: 0 }));
        const atChange = at.subtract({ nanoseconds: 1 }).offsetNanoseconds !== at.offsetNanoseconds;
        expect(onBoundary || atChange).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test('a zone that is none is refused', () => {
  expect(() => new Calendar('day', 'Europe/Berln', 0)).toThrow(RangeError);
});
