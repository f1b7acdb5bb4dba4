import type { CalendarCase, Unit } from './window-case.ts';

/**
 * Calendar windows from what clocks read: each begins at the first instant at which the zone's clock reads at or past
 * midnight of its first day, plus the offset. Clocks are asked of Intl; nothing of the engine is used.
 */
export interface Bounds {
  readonly startUs: number;
  readonly endUs: number;
}

const DAY_US = 86_400e6;
const QUARTER_HOUR_US = 900e6;
const formats = new Map<string, Intl.DateTimeFormat>();
const firsts = new Map<string, number>();

/** What the zone's clock reads, as µs of a clock that is never set. */
function reading(timeUs: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const wholeUs = Math.floor(timeUs / 1e6) * 1e6;
  const part = Object.fromEntries(format.formatToParts(wholeUs / 1000).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) * 1000 + (timeUs - wholeUs);
}

/** The first instant at which the clock reads at or past `wallUs`. */
export function firstReading(wallUs: number, zone: string): number {
  const key = `${zone} ${wallUs}`;
  const known = firsts.get(key);
  if (known !== undefined) return known;
  const [low, high] = [wallUs - 15 * 3600e6, wallUs + 15 * 3600e6];
  const before = low - reading(low, zone);
  let found = wallUs + before;
  if (before !== high - reading(high, zone)) {
    // A clock is set in between, at a quarter of an hour.
    let at = Math.floor(low / QUARTER_HOUR_US) * QUARTER_HOUR_US;
    while (reading(at + QUARTER_HOUR_US - 1, zone) < wallUs) at += QUARTER_HOUR_US;
    found = Math.max(at, at + wallUs - reading(at, zone));
  }
  firsts.set(key, found);
  return found;
}

function unitStart(unit: Unit, date: Date): Date {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (unit) {
    case 'day':
      return date;
    case 'week':
      return new Date(date.getTime() - ((date.getUTCDay() + 6) % 7) * 86_400_000);
    case 'month':
      return new Date(Date.UTC(year, month));
    case 'quarter':
      return new Date(Date.UTC(year, month - (month % 3)));
    case 'year':
      return new Date(Date.UTC(year, 0));
  }
}

function following(unit: Unit, date: Date): Date {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  if (unit === 'day' || unit === 'week') return new Date(date.getTime() + (unit === 'day' ? 1 : 7) * 86_400_000);
  return new Date(Date.UTC(year, month + { month: 1, quarter: 3, year: 12 }[unit]));
}

const PER = { week: { day: 7 }, quarter: { month: 3 } } as const;

/** All windows of the shape that may hold a time in [fromUs, untilUs]. */
export function calendarWindows(
  { size, slide, stepUs, zone, offsetUs }: CalendarCase,
  fromUs: number,
  untilUs: number,
): Bounds[] {
  const unit = slide ?? size;
  const count = slide === null || slide === size ? 1 : size === 'week' ? PER.week.day : PER.quarter.month;
  const longest = { day: 1, week: 7, month: 31, quarter: 92, year: 366 }[unit] * DAY_US;
  const reach = (count + 2) * longest + Math.abs(offsetUs) + DAY_US;
  const starts: number[] = [];
  const midnight = new Date(Math.floor((fromUs - reach) / DAY_US) * 86_400_000);
  for (let date = unitStart(unit, midnight); date.getTime() * 1000 <= untilUs + reach; date = following(unit, date)) {
    const startUs = firstReading(date.getTime() * 1000 + offsetUs, zone);
    if (startUs !== starts.at(-1)) starts.push(startUs);
  }
  const windows = starts.flatMap((startUs, index): Bounds[] => {
    const endUs = starts[index + count];
    if (endUs === undefined) return [];
    if (stepUs === null) return [{ startUs, endUs }];
    const steps = Math.ceil((endUs - startUs) / stepUs);
    return Array.from({ length: steps }, (_, step) => ({
      startUs,
      endUs: Math.min(startUs + (step + 1) * stepUs, endUs),
    }));
  });
  return windows.filter(({ startUs, endUs }) => startUs <= untilUs && endUs > fromUs);
}
