import { floorMod, greatestDivisor } from '../../contract/spec/whole-numbers.ts';
import { type CalendarUnit, type WindowShape, windowStartUs } from '../../contract/spec/window.ts';
import {
  calendarSlices,
  fixedSlices,
  type Periods,
  type Slices,
  steppedSlices,
  WHOLE,
  type WindowBounds,
} from '../panes/slices.ts';
import { Calendar } from './calendar.ts';

/**
 * Windows whose bounds do not depend on the rows: every shape but sessions. Windows are runs of the panes of `slices`;
 * no two of one grid have the same end. (W6, RULES S1, F1–F3)
 */
export interface Grid {
  readonly key: string;
  /** The coarsest cut whose panes these windows are runs of. */
  readonly slices: Slices;
  /** When the cut is fixed: its grain and offset, which other fixed grids may share. */
  readonly fixed: { readonly grainUs: number; readonly offsetUs: number; readonly sizeUs: number } | null;
  /** Nominal length of a window; Infinity for the global one. */
  readonly sizeUs: number;
  /** Nominal distance between the ends of neighbouring windows. */
  readonly stepUs: number;
  /** Windows that hold the pane of this time and start after `startAfterUs`, by end ascending. */
  holding(timeUs: number, startAfterUs: number): readonly WindowBounds[];
}

const DAY_US = 86_400e6;
const UNIT_US: Readonly<Record<CalendarUnit, number>> = {
  day: DAY_US,
  week: 7 * DAY_US,
  month: 30 * DAY_US,
  quarter: 91 * DAY_US,
  year: 365 * DAY_US,
};

/** How many of one calendar unit another always is; absent: not always the same number. */
const UNITS_IN: Readonly<Partial<Record<CalendarUnit, Readonly<Partial<Record<CalendarUnit, number>>>>>> = {
  week: { day: 7 },
  quarter: { month: 3 },
  year: { month: 12, quarter: 4 },
};

type GridShape = Exclude<WindowShape, { kind: 'session' }>;

export function gridOf(shape: GridShape): Grid {
  switch (shape.kind) {
    case 'tumble':
      return tumbling(shape.sizeUs, shape.offsetUs);
    case 'hop':
      return shape.sizeUs === shape.slideUs
        ? tumbling(shape.sizeUs, shape.offsetUs)
        : hopping(shape.sizeUs, shape.slideUs, shape.offsetUs);
    case 'cumulate':
      return cumulating(shape.sizeUs, shape.stepUs, shape.offsetUs);
    case 'calendar':
      return calendarGrid(shape);
    case 'global':
      return GLOBAL;
  }
}

const EVER = [{ startUs: Number.NEGATIVE_INFINITY, endUs: Number.POSITIVE_INFINITY }] as const;
const GLOBAL: Grid = {
  key: 'global',
  slices: WHOLE,
  fixed: null,
  sizeUs: Number.POSITIVE_INFINITY,
  stepUs: Number.POSITIVE_INFINITY,
  holding: (_, startAfterUs) => (startAfterUs === Number.NEGATIVE_INFINITY ? EVER : []),
};

function tumbling(sizeUs: number, offsetUs: number): Grid {
  return {
    key: `tumble ${sizeUs} ${offsetUs}`,
    slices: fixedSlices(sizeUs, offsetUs),
    fixed: { grainUs: sizeUs, offsetUs, sizeUs },
    sizeUs,
    stepUs: sizeUs,
    holding(timeUs, startAfterUs) {
      const startUs = windowStartUs(timeUs, sizeUs, offsetUs);
      return startUs > startAfterUs ? [{ startUs, endUs: startUs + sizeUs }] : [];
    },
  };
}

function hopping(sizeUs: number, slideUs: number, offsetUs: number): Grid {
  const grainUs = greatestDivisor(sizeUs, slideUs);
  const grainOffsetUs = offsetUs % grainUs;
  return {
    key: `hop ${sizeUs} ${slideUs} ${offsetUs}`,
    slices: fixedSlices(grainUs, grainOffsetUs),
    fixed: { grainUs, offsetUs: grainOffsetUs, sizeUs },
    sizeUs,
    stepUs: slideUs,
    holding(timeUs, startAfterUs) {
      const bounds: WindowBounds[] = [];
      const afterUs = Math.max(startAfterUs, timeUs - sizeUs);
      for (let startUs = windowStartUs(timeUs, slideUs, offsetUs); startUs > afterUs; startUs -= slideUs)
        bounds.push({ startUs, endUs: startUs + sizeUs });
      return bounds.reverse();
    },
  };
}

function cumulating(sizeUs: number, stepUs: number, offsetUs: number): Grid {
  const grainOffsetUs = offsetUs % stepUs;
  return {
    key: `cumulate ${sizeUs} ${stepUs} ${offsetUs}`,
    slices: fixedSlices(stepUs, grainOffsetUs),
    fixed: { grainUs: stepUs, offsetUs: grainOffsetUs, sizeUs },
    sizeUs,
    stepUs,
    holding(timeUs, startAfterUs) {
      const startUs = windowStartUs(timeUs, sizeUs, offsetUs);
      return startUs > startAfterUs ? cumulative(startUs, startUs + sizeUs, stepUs, timeUs) : [];
    },
  };
}

function cumulative(startUs: number, lastUs: number, stepUs: number, timeUs: number): WindowBounds[] {
  const bounds: WindowBounds[] = [];
  let endUs = startUs + (Math.floor((timeUs - startUs) / stepUs) + 1) * stepUs;
  for (; endUs < lastUs; endUs += stepUs) bounds.push({ startUs, endUs });
  bounds.push({ startUs, endUs: lastUs });
  return bounds;
}

function calendarGrid({ size, slide, stepUs, zone, offsetUs }: Extract<GridShape, { kind: 'calendar' }>): Grid {
  // A day or week of UTC is a fixed length, and may share panes with others that are.
  if (zone === 'UTC' && stepUs === null && slide === null && (size === 'day' || size === 'week')) {
    const sizeUs = UNIT_US[size];
    return tumbling(sizeUs, floorMod(offsetUs + (size === 'week' ? 4 * DAY_US : 0), sizeUs));
  }
  const key = `${slide ?? size} ${zone} ${offsetUs}`;
  const periods = new Calendar(slide ?? size, zone, offsetUs);
  if (stepUs !== null) return steppedGrid(key, size, periods, stepUs);
  const count = slide === null || slide === size ? 1 : UNITS_IN[size]?.[slide];
  if (count === undefined)
    throw new RangeError(
      `a ${size} is not always the same number of ${slide}s: a hop of week by day, quarter by month, year by month or quarter`,
    );
  return {
    key: `calendar ${key} ${count}`,
    slices: calendarSlices(key, periods),
    fixed: null,
    sizeUs: UNIT_US[size],
    stepUs: UNIT_US[slide ?? size],
    holding(timeUs, startAfterUs) {
      let startUs = periods.startOf(timeUs);
      let endUs = periods.next(startUs);
      for (let more = 1; more < count; more++) startUs = periods.startOf(startUs - 1);
      const bounds = [{ startUs, endUs }];
      while (bounds.length < count) {
        startUs = periods.next(startUs);
        endUs = periods.next(endUs);
        bounds.push({ startUs, endUs });
      }
      return bounds.filter((window) => window.startUs > startAfterUs);
    },
  };
}

function steppedGrid(key: string, size: CalendarUnit, periods: Periods, stepUs: number): Grid {
  return {
    key: `stepped ${key} ${stepUs}`,
    slices: steppedSlices(key, periods, stepUs),
    fixed: null,
    sizeUs: UNIT_US[size],
    stepUs,
    holding(timeUs, startAfterUs) {
      const startUs = periods.startOf(timeUs);
      if (startUs <= startAfterUs) return [];
      return cumulative(startUs, periods.next(startUs), stepUs, timeUs);
    },
  };
}
