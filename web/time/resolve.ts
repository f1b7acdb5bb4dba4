import type { Temporal } from 'temporal-polyfill';
import type { TemporalApi } from './temporal.ts';
import type { Step, TimeText, Unit } from './time-text.ts';

/** What “now” is, and by whose clock. */
export interface Here {
  readonly nowUs: number;
  /** IANA name. */
  readonly zone: string;
  readonly temporal: TemporalApi;
}

/**
 * The moment a text names, in µs. `end`: of a range's end, where `/d` and a day alone name the end of the day.
 *
 * Where a text goes back to the start of a day or more, its hours are those of the clock on the wall: `now/d+8h` is eight
 * o'clock on the days, too, that clocks are changed. Elsewhere an hour is an hour, and a day is the calendar's.
 */
export function resolveTime(time: TimeText, { nowUs, zone, temporal }: Here, end: boolean): number {
  if (time.kind === 'moment') return time.us;
  if (time.kind === 'wall') {
    const wall = temporal.PlainDateTime.from(time.text);
    return momentOf(time.day && end ? wall.add({ days: 1 }) : wall, zone);
  }
  const now = temporal.Instant.fromEpochNanoseconds(BigInt(Math.round(nowUs)) * 1000n).toZonedDateTimeISO(zone);
  if (!time.steps.some(isWide)) return usOf(time.steps.reduce((at, step) => stepped(at, step, end), now));
  return momentOf(
    time.steps.reduce((at, step) => steppedByWall(at, step, end), now.toPlainDateTime()),
    zone,
  );
}

/** Goes back to what only a clock on the wall can tell: the start of a day or more, or of some hours of it. */
function isWide({ op, count, unit }: Step): boolean {
  return op === '/' && (count > 1 || !['s', 'm', 'h'].includes(unit));
}

function lengthOf(unit: Unit, count: number): Temporal.DurationLike {
  switch (unit) {
    case 'us':
      return { microseconds: count };
    case 'ms':
      return { microseconds: Math.round(count * 1e3) };
    case 's':
      return { microseconds: Math.round(count * 1e6) };
    case 'm':
      return { microseconds: Math.round(count * 60e6) };
    case 'h':
      return { microseconds: Math.round(count * 3600e6) };
    case 'd':
      return Number.isInteger(count) ? { days: count } : lengthOf('h', count * 24);
    case 'w':
      return Number.isInteger(count) ? { weeks: count } : lengthOf('h', count * 168);
    case 'M':
      return { months: count };
    case 'Q':
      return { months: count * 3 };
    case 'y':
      return { years: count };
  }
}

const ROUNDED = { s: 'second', m: 'minute', h: 'hour' } as const;

function stepped(at: Temporal.ZonedDateTime, { op, count, unit }: Step, end: boolean): Temporal.ZonedDateTime {
  if (op === '+') return at.add(lengthOf(unit, count));
  if (op === '-') return at.subtract(lengthOf(unit, count));
  const start = at.round({ smallestUnit: ROUNDED[unit as keyof typeof ROUNDED], roundingMode: 'floor' });
  return end ? start.add(lengthOf(unit, 1)) : start;
}

function steppedByWall(at: Temporal.PlainDateTime, { op, count, unit }: Step, end: boolean): Temporal.PlainDateTime {
  if (op === '+') return at.add(lengthOf(unit, count));
  if (op === '-') return at.subtract(lengthOf(unit, count));
  const start = startOf(at, unit, count);
  return end ? start.add(lengthOf(unit, count)) : start;
}

function startOf(at: Temporal.PlainDateTime, unit: Unit, count: number): Temporal.PlainDateTime {
  const day = { hour: 0, minute: 0, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 };
  const floor = (value: number) => value - (value % count);
  switch (unit) {
    case 'us':
    case 'ms':
      return at;
    case 's':
      return at.with({ ...day, hour: at.hour, minute: at.minute, second: floor(at.second) });
    case 'm':
      return at.with({ ...day, hour: at.hour, minute: floor(at.minute) });
    case 'h':
      return at.with({ ...day, hour: floor(at.hour) });
    case 'd':
      return at.with(day);
    case 'w':
      return at.with(day).subtract({ days: at.dayOfWeek - 1 });
    case 'M':
      return at.with({ ...day, day: 1 });
    case 'Q':
      return at.with({ ...day, day: 1, month: at.month - ((at.month - 1) % 3) });
    case 'y':
      return at.with({ ...day, day: 1, month: 1 });
  }
}

/** When the clock first reads it, or jumps past it: where windows by the calendar begin. (W15) */
function momentOf(wall: Temporal.PlainDateTime, zone: string): number {
  const moment = wall.toZonedDateTime(zone, { disambiguation: 'compatible' });
  if (moment.toPlainDateTime().equals(wall)) return usOf(moment);
  const before = wall.toZonedDateTime(zone, { disambiguation: 'earlier' });
  return usOf(before.getTimeZoneTransition('next') ?? moment);
}

function usOf(at: Temporal.ZonedDateTime): number {
  return Number(at.epochNanoseconds / 1000n);
}
