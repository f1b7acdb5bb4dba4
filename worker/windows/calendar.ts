import { Temporal } from 'temporal-polyfill';
import type { CalendarUnit } from '../../contract/spec/window.ts';

export type { CalendarUnit };

/**
 * Days, weeks (from Monday), months, quarters and years of a time zone, each moved by an offset of wall-clock time.
 *
 *     wall clock    00:00 ──────────▶ 00:00 ──────────▶ 00:00      one boundary per unit, the offset added
 *     µs UTC      …───┤   23 h day   ├────┤  24 h day   ├───…      where the clock first reads it, or jumps past it
 *
 * A period is half-open and begins where the clock first reads at or past its boundary: where clocks skip midnight, at
 * the skip; where they read it twice, the first time. A day that a zone left out altogether is none. (W15)
 */
export class Calendar {
  readonly #unit: CalendarUnit;
  readonly #zone: string;
  readonly #offset: Temporal.Duration;
  /** Periods met so far, ascending: bounds are asked for per row, and Temporal takes microseconds. */
  #starts: number[] = [];
  #ends: number[] = [];
  #last = 0;

  /** `offsetUs` may be negative. Throws RangeError when the zone is none. */
  constructor(unit: CalendarUnit, zone: string, offsetUs: number) {
    this.#unit = unit;
    this.#zone = zone;
    this.#offset = Temporal.Duration.from({ microseconds: offsetUs });
    this.#boundary(Temporal.PlainDate.from('1970-01-01'));
  }

  /** Start of the period that holds `timeUs`. */
  startOf(timeUs: number): number {
    return this.#starts[this.#find(timeUs)] ?? 0;
  }

  /** Start of the period after the one that starts at `startUs` (or holds it): its end. */
  next(startUs: number): number {
    return this.#ends[this.#find(startUs)] ?? 0;
  }

  /** Start of the period before the one that starts at `startUs` (or holds it). */
  previous(startUs: number): number {
    return this.startOf(this.startOf(startUs) - 1);
  }

  #find(timeUs: number): number {
    if (this.#holds(this.#last, timeUs)) return this.#last;
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? 0) <= timeUs) low = middle + 1;
      else high = middle;
    }
    if (this.#holds(low - 1, timeUs)) this.#last = low - 1;
    else this.#last = this.#insert(low, timeUs);
    return this.#last;
  }

  #holds(index: number, timeUs: number): boolean {
    const start = this.#starts[index];
    return start !== undefined && start <= timeUs && timeUs < (this.#ends[index] ?? 0);
  }

  #insert(at: number, timeUs: number): number {
    if (this.#starts.length >= MAX_CACHED) {
      this.#starts = [];
      this.#ends = [];
      return this.#insert(0, timeUs);
    }
    const { startUs, endUs } = this.#compute(timeUs);
    this.#starts.splice(at, 0, startUs);
    this.#ends.splice(at, 0, endUs);
    return at;
  }

  #compute(timeUs: number): { startUs: number; endUs: number } {
    const wall = Temporal.Instant.fromEpochNanoseconds(BigInt(timeUs) * 1000n)
      .toZonedDateTimeISO(this.#zone)
      .toPlainDateTime()
      .subtract(this.#offset);
    let date = unitStart(this.#unit, wall.toPlainDate());
    let startUs = this.#boundary(date);
    // The clock may have been set back over the boundary, or ahead.
    while (startUs > timeUs) {
      date = date.add(STEP_BACK[this.#unit]);
      startUs = this.#boundary(date);
    }
    for (;;) {
      date = date.add(STEP[this.#unit]);
      const endUs = this.#boundary(date);
      if (endUs > timeUs) return { startUs, endUs };
      startUs = endUs;
    }
  }

  /** When the clock first reads midnight of this date plus the offset, or jumps past it. */
  #boundary(date: Temporal.PlainDate): number {
    const wall = date.toPlainDateTime().add(this.#offset);
    let moment = wall.toZonedDateTime(this.#zone, { disambiguation: 'compatible' });
    if (!moment.toPlainDateTime().equals(wall)) {
      const before = wall.toZonedDateTime(this.#zone, { disambiguation: 'earlier' });
      moment = before.getTimeZoneTransition('next') ?? moment;
    }
    return Number(moment.epochNanoseconds / 1000n);
  }
}

/** Hundreds of years of days. */
const MAX_CACHED = 100_000;

const STEP: Readonly<Record<CalendarUnit, Temporal.Duration>> = {
  day: Temporal.Duration.from({ days: 1 }),
  week: Temporal.Duration.from({ weeks: 1 }),
  month: Temporal.Duration.from({ months: 1 }),
  quarter: Temporal.Duration.from({ months: 3 }),
  year: Temporal.Duration.from({ years: 1 }),
};

const STEP_BACK: Readonly<Record<CalendarUnit, Temporal.Duration>> = {
  day: STEP.day.negated(),
  week: STEP.week.negated(),
  month: STEP.month.negated(),
  quarter: STEP.quarter.negated(),
  year: STEP.year.negated(),
};

function unitStart(unit: CalendarUnit, date: Temporal.PlainDate): Temporal.PlainDate {
  switch (unit) {
    case 'day':
      return date;
    case 'week':
      return date.subtract({ days: date.dayOfWeek - 1 });
    case 'month':
      return date.with({ day: 1 });
    case 'quarter':
      return date.with({ month: date.month - ((date.month - 1) % 3), day: 1 });
    case 'year':
      return date.with({ month: 1, day: 1 });
  }
}
