import { formatDurationUs } from './duration.ts';
import type { ArgumentProblem, CalendarUnit } from './window-length.ts';

/** How a window takes its rows from event time. Offsets lie in [0, size), those of hops in [0, slide). */
export type WindowShape =
  | { readonly kind: 'tumble'; readonly sizeUs: number; readonly offsetUs: number }
  | { readonly kind: 'hop'; readonly sizeUs: number; readonly slideUs: number; readonly offsetUs: number }
  | { readonly kind: 'cumulate'; readonly sizeUs: number; readonly stepUs: number; readonly offsetUs: number }
  | {
      readonly kind: 'calendar';
      readonly size: CalendarUnit;
      /** Set: a hop by this unit. */
      readonly slide: CalendarUnit | null;
      /** Set: a cumulation in these steps. */
      readonly stepUs: number | null;
      /** IANA name. */
      readonly zone: string;
      /** Wall-clock time after the unit's midnight; may be negative for months, quarters and years. */
      readonly offsetUs: number;
    }
  /** Exactly one of the two is set; the expression is SQL over a row that yields an interval or its text. */
  | { readonly kind: 'session'; readonly gapUs: number | null; readonly gapExpression: string | null }
  | { readonly kind: 'global' };

/** Windows are runs of panes; a window of more costs too much to read. */
export const MAX_PANES = 10_000;

export type ShapeOrProblems = { shape: WindowShape } | { problems: ArgumentProblem[] };

/** Start of the window `timeUs` falls in; right before 1970 too. (W6) */
export function windowStartUs(timeUs: number, sizeUs: number, offsetUs: number): number {
  const rest = (timeUs - offsetUs) % sizeUs;
  return timeUs - (rest < 0 ? rest + sizeUs : rest);
}

/** The whole part of a size nearest to a length, as a duration. */
export function nearestPart(sizeUs: number, wantedUs: number): string {
  let best = sizeUs;
  for (let parts = 2; parts <= MAX_PANES; parts++)
    if (sizeUs % parts === 0 && Math.abs(sizeUs / parts - wantedUs) < Math.abs(best - wantedUs)) best = sizeUs / parts;
  return formatDurationUs(best);
}
