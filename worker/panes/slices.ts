import { windowStartUs } from '../../contract/spec/window.ts';

/**
 * How event time is cut into panes: half-open, without holes.
 *
 *     fixed      … │ grain │ grain │ grain │ …           from the epoch + offset, before 1970 too
 *     calendar   … │ 23 h day │ 24 h day │ …             days, weeks, months of a zone
 *     stepped    … │ 1 h │ 1 h │ … │ 1 h ┃ 1 h │ …       steps that begin anew with each calendar period
 *     whole      all of time is one pane
 */
export interface Slices {
  /** Equal for equal cuts. */
  readonly key: string;
  /** Null: its panes are not all of one length. */
  readonly fixed: FixedCut | null;
  /** Start of the pane that holds `timeUs`. */
  startOf(timeUs: number): number;
  /** End of the pane that starts at `startUs`. */
  endOf(startUs: number): number;
}

export interface FixedCut {
  readonly grainUs: number;
  readonly offsetUs: number;
}

/** [startUs, endUs); both infinite for the global window. */
export interface WindowBounds {
  readonly startUs: number;
  readonly endUs: number;
}

/** Calendar periods, as `worker/windows/calendar.ts` has them. */
export interface Periods {
  startOf(timeUs: number): number;
  next(startUs: number): number;
}

export function fixedSlices(grainUs: number, offsetUs: number): Slices {
  return {
    key: `fixed ${grainUs} ${offsetUs}`,
    fixed: { grainUs, offsetUs },
    startOf: (timeUs) => windowStartUs(timeUs, grainUs, offsetUs),
    endOf: (startUs) => startUs + grainUs,
  };
}

export function calendarSlices(key: string, periods: Periods): Slices {
  return {
    key: `calendar ${key}`,
    fixed: null,
    startOf: (timeUs) => periods.startOf(timeUs),
    endOf: (startUs) => periods.next(startUs),
  };
}

export function steppedSlices(key: string, periods: Periods, stepUs: number): Slices {
  return {
    key: `stepped ${key} ${stepUs}`,
    fixed: null,
    startOf: (timeUs) => {
      const base = periods.startOf(timeUs);
      return base + Math.floor((timeUs - base) / stepUs) * stepUs;
    },
    endOf: (startUs) => Math.min(startUs + stepUs, periods.next(periods.startOf(startUs))),
  };
}

export const WHOLE: Slices = {
  key: 'whole',
  fixed: null,
  startOf: () => Number.NEGATIVE_INFINITY,
  endOf: () => Number.POSITIVE_INFINITY,
};
