import { formatDurationUs, parseDurationUs } from './duration.ts';
import { nearest } from './nearest.ts';
import { knownZone, zoneExpectation } from './zone.ts';

export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

export const DAY_US = 86_400e6;

/** Of calendar units: what they are called and how long they are at least and at most, clocks set by an hour. */
export const UNITS: Readonly<Record<CalendarUnit, { readonly shortestUs: number; readonly longestUs: number }>> = {
  day: { shortestUs: DAY_US, longestUs: DAY_US + 3600e6 },
  week: { shortestUs: 7 * DAY_US, longestUs: 7 * DAY_US + 3600e6 },
  month: { shortestUs: 28 * DAY_US, longestUs: 31 * DAY_US + 3600e6 },
  quarter: { shortestUs: 90 * DAY_US, longestUs: 92 * DAY_US },
  year: { shortestUs: 365 * DAY_US, longestUs: 366 * DAY_US },
};
const UNIT_NAMES = Object.keys(UNITS) as CalendarUnit[];

/** Start and length of any window together stay exact integers in a double. */
export const MAX_LENGTH_US = 5200 * 7 * DAY_US;

/**
 * One argument of a window that is no zone: `10s`, `-15m`, `day`, `1 week`. A day or a week is written either way, and
 * has both: as `1d` it is 24 h unless a zone or another unit makes it a calendar's.
 */
export interface Length {
  readonly text: string;
  /** With its sign; of a calendar unit that has no fixed length, null. */
  readonly us: number | null;
  readonly unit: CalendarUnit | null;
  /** Written as a calendar unit. */
  readonly isWord: boolean;
}

export interface ArgumentProblem {
  readonly found: string;
  readonly expected: string;
}

const DURATIONS = 'a duration such as 10s, 1m, 1.5h or 1d';

/** `what` is the argument's name in messages. */
export function parseLength(text: string, what: string): Length | ArgumentProblem {
  const problem = (expected: string): ArgumentProblem => ({ found: text, expected: `${what} to be ${expected}` });
  const match = /^([+-]?)\s*(\d+(?:\.\d+)?)?\s*([A-Za-z]+)$/.exec(text);
  if (!match) return problem(`${DURATIONS}, or one of ${UNIT_NAMES.join(', ')}`);
  const [, sign, count, letters = ''] = match;
  const unit = UNIT_NAMES.find((name) => letters.toLowerCase() === name || letters.toLowerCase() === `${name}s`);
  if (unit !== undefined) {
    if (sign !== '' || Number(count ?? 1) !== 1)
      return problem(`one calendar unit, as ${unit}, or a fixed length, as ${unit === 'week' ? '2w' : '2d'}`);
    return { text, us: unit === 'day' ? DAY_US : unit === 'week' ? 7 * DAY_US : null, unit, isWord: true };
  }
  const us = parseDurationUs(`${count ?? ''}${letters}`);
  if (us === null) {
    const close = count === undefined ? nearest(letters, UNIT_NAMES) : null;
    return problem(
      /^(us|ms|s|m|h|d|w)$/.test(letters) && count !== undefined
        ? `a whole number of microseconds up to ${formatDurationUs(MAX_LENGTH_US)}`
        : `${DURATIONS}, or one of ${UNIT_NAMES.join(', ')}${close === null ? '' : `; did you mean ${close}?`}`,
    );
  }
  if (us > MAX_LENGTH_US) return problem(`at most ${formatDurationUs(MAX_LENGTH_US)} (100 years)`);
  const isDays = sign !== '-' && /^[dw]$/.test(letters);
  const same = !isDays ? null : us === DAY_US ? 'day' : us === 7 * DAY_US ? 'week' : null;
  return { text, us: sign === '-' ? 0 - us : us, unit: same, isWord: false };
}

/** Zones stand anywhere among a window's arguments, with or without quotes. */
export function splitZone(args: readonly string[]): {
  rest: string[];
  zone: string | null;
  problems: ArgumentProblem[];
} {
  const rest: string[] = [];
  const zones: string[] = [];
  const problems: ArgumentProblem[] = [];
  for (const arg of args) {
    const bare = /^(['"])(.*)\1$/.exec(arg)?.[2] ?? arg;
    const known = knownZone(bare);
    if (known !== null) zones.push(known);
    else if (bare !== arg || /^[A-Za-z]\w*[/_]/.test(arg))
      problems.push({ found: bare, expected: zoneExpectation(bare) });
    else rest.push(arg);
  }
  if (zones.length > 1) problems.push({ found: zones.join(', '), expected: 'one time zone' });
  return { rest, zone: zones[0] ?? null, problems };
}
