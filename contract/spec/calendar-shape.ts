import { formatDurationUs } from './duration.ts';
import { floorMod } from './whole-numbers.ts';
import { type CalendarUnit, DAY_US, type Length, UNITS } from './window-length.ts';
import { MAX_PANES, nearestPart, type ShapeOrProblems } from './window-shape.ts';

/** Units a hop of another slides by: always the same number of them makes the other. */
const SLIDES: Readonly<Record<CalendarUnit, readonly CalendarUnit[]>> = {
  day: ['day'],
  week: ['day', 'week'],
  month: ['month'],
  quarter: ['month', 'quarter'],
  year: ['month', 'quarter', 'year'],
};
const ORDER = Object.keys(UNITS) as CalendarUnit[];

interface CalendarArguments {
  readonly kind: 'tumble' | 'hop' | 'cumulate';
  readonly size: Length;
  /** Slide or step. */
  readonly slide: Length | null;
  /** Left out: UTC. */
  readonly zone: string | null;
  readonly offsetUs: number;
}

/** Windows of calendar units in a zone, or why there are none such. (W15) */
export function calendarShape({ kind, size, slide, zone: given, offsetUs }: CalendarArguments): ShapeOrProblems {
  const zone = given ?? 'UTC';
  const refused = (found: string, expected: string): ShapeOrProblems => ({ problems: [{ found, expected }] });
  const { unit } = size;
  if (unit === null)
    return refused(
      size.text,
      given === null
        ? 'a size that is a calendar unit, as its slide is: hop(week, day)'
        : `a calendar unit (${ORDER.join(', ')}) with a time zone: windows of a fixed length are the same in all, an offset moves them`,
    );
  const { shortestUs, longestUs } = UNITS[unit];
  const cycle = kind === 'hop' ? (slide?.unit ?? unit) : unit;
  // Days and weeks have the same length on every wall clock.
  const sameUs = cycle === 'day' ? DAY_US : cycle === 'week' ? 7 * DAY_US : null;
  if (sameUs === null && Math.abs(offsetUs) >= UNITS[cycle].shortestUs)
    return refused(
      formatDurationUs(offsetUs),
      `an offset of less than the shortest ${cycle}, ${formatDurationUs(UNITS[cycle].shortestUs)}`,
    );
  const shape = {
    kind: 'calendar',
    size: unit,
    zone,
    offsetUs: sameUs === null ? offsetUs : floorMod(offsetUs, sameUs),
  } as const;
  if (kind === 'tumble' || slide === null) return { shape: { ...shape, slide: null, stepUs: null } };

  if (kind === 'hop') {
    if (slide.unit === null)
      return refused(
        slide.text,
        `a slide of calendar units: ${SLIDES[unit].join(' or ')}; hours of it begin elsewhere on days of 23 and 25 hours`,
      );
    if (ORDER.indexOf(slide.unit) > ORDER.indexOf(unit))
      return refused(slide.text, `a slide of at most the size, ${unit}: rows between windows would be in none`);
    if (!SLIDES[unit].includes(slide.unit))
      return refused(
        slide.text,
        `a slide of ${SLIDES[unit].join(' or ')}: a ${unit} is not always the same number of ${slide.unit}s`,
      );
    return { shape: { ...shape, slide: slide.unit, stepUs: null } };
  }

  if (slide.us === null || (slide.unit !== null && zone !== 'UTC'))
    return refused(
      slide.text,
      `a step of a fixed length, as cumulate(${unit}, 1h, ${zone}): it counts time passed since the ${unit} began`,
    );
  if (slide.us > shortestUs) return refused(slide.text, `a step of at most the size, ${unit}`);
  const wholeUs = unit === 'week' ? 7 * DAY_US : DAY_US;
  if (wholeUs % slide.us !== 0)
    return refused(
      slide.text,
      `a step that divides a ${unit === 'week' ? 'week' : 'day'}: the nearest is ${nearestPart(wholeUs, slide.us)}`,
    );
  const panes = Math.ceil(longestUs / slide.us);
  if (panes > MAX_PANES)
    return refused(
      slide.text,
      `at most ${MAX_PANES} panes per window, and a ${unit} has ${panes}: the nearest allowed is ${nearestStep(wholeUs, longestUs)}`,
    );
  return { shape: { ...shape, slide: null, stepUs: slide.us } };
}

/** The shortest part of a day (or week) of which the longest unit has few enough. */
function nearestStep(wholeUs: number, longestUs: number): string {
  for (let parts = Math.floor((wholeUs * MAX_PANES) / longestUs); parts > 1; parts--)
    if (wholeUs % parts === 0 && Math.ceil((longestUs * parts) / wholeUs) <= MAX_PANES)
      return formatDurationUs(wholeUs / parts);
  return formatDurationUs(wholeUs);
}
