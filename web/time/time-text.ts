/**
 * A moment as Grafana's addresses write it:
 *
 *     now-15m      now, and steps from it: + and − of us ms s m h d w M Q y
 *     now-1d/d     / goes to where that unit began; of a range's end, to where it ends
 *     now-6h/8h+6h /8h: eight hours, counted from midnight: a shift
 *     1763877600000   milliseconds since 1970, UTC
 *     2026-11-23T06:00, 2026-11-23 06:00:30, 2026-11-23   by the clock of the zone that is shown
 *     2026-11-23T06:00:00Z, …+01:00                       by its own
 */
export type TimeText =
  | { readonly kind: 'relative'; readonly steps: readonly Step[] }
  | { readonly kind: 'moment'; readonly us: number }
  /** What the clock on the wall reads, as ISO text; `day`: the whole day. */
  | { readonly kind: 'wall'; readonly text: string; readonly day: boolean };

export interface Step {
  readonly op: '+' | '-' | '/';
  readonly count: number;
  readonly unit: Unit;
}

export type Unit = keyof typeof UNITS;

/** µs of the units that are always as long; null: a calendar's. */
const UNITS = {
  us: 1,
  ms: 1e3,
  s: 1e6,
  m: 60e6,
  h: 3600e6,
  d: 86_400e6,
  w: 604_800e6,
  M: null,
  Q: null,
  y: null,
} as const;

/** How far a Date reaches. */
const MAX_MS = 8.64e15;
const STEP = /([+\-/])(\d+(?:\.\d+)?)?(us|ms|[smhdwMQy])/y;
const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Null: it is no time. */
export function parseTime(text: string): TimeText | null {
  const trimmed = text.trim();
  if (/^now/.test(trimmed)) return relative(trimmed.slice(3).replaceAll(' ', ''));
  if (/^-?\d+$/.test(trimmed)) {
    const ms = Number(trimmed);
    return Math.abs(ms) <= MAX_MS ? { kind: 'moment', us: ms * 1000 } : null;
  }
  return iso(trimmed);
}

function relative(text: string): TimeText | null {
  const steps: Step[] = [];
  STEP.lastIndex = 0;
  for (let at = 0; at < text.length; at = STEP.lastIndex) {
    STEP.lastIndex = at;
    const found = STEP.exec(text);
    if (!found) return null;
    const step = { op: found[1] as Step['op'], count: Number(found[2] ?? 1), unit: found[3] as Unit };
    if (!isStep(step)) return null;
    steps.push(step);
  }
  return { kind: 'relative', steps };
}

/** A part of a month is no time; what is gone back to is one unit, or hours or minutes that a day or an hour is made of. */
function isStep({ op, count, unit }: Step): boolean {
  const us = UNITS[unit];
  if (op !== '/') return count <= 1e6 && (us === null ? Number.isInteger(count) : Number.isInteger(count * us));
  if (unit === 'us' || unit === 'ms' || !Number.isInteger(count)) return false;
  const parts = { s: 60, m: 60, h: 24 } as const;
  return count === 1 || (unit in parts && count > 0 && parts[unit as keyof typeof parts] % count === 0);
}

function iso(text: string): TimeText | null {
  const found = ISO.exec(text);
  if (!found) return null;
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', offset] = found;
  const wall = `${year}-${month}-${day}T${hour}:${minute}:${second}`;
  const ms = Date.parse(`${wall}Z`);
  // What a Date takes and moves on, as the 31st of April, is no day.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== wall) return null;
  const us = Number(fraction.padEnd(6, '0'));
  if (offset === undefined)
    return { kind: 'wall', text: fraction === '' ? wall : `${wall}.${fraction}`, day: found[4] === undefined };
  const [, sign = '+', hours = '0', minutes = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(offset) ?? [];
  const offsetMs = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  return { kind: 'moment', us: (ms - offsetMs) * 1000 + us };
}

/** What can be said of it without a calendar: its distance from now in µs, back counted above 0; null: not without. */
export function exactlyBeforeUs(time: TimeText): number | null {
  if (time.kind !== 'relative') return null;
  let us = 0;
  for (const { op, count, unit } of time.steps) {
    const size = UNITS[unit];
    if (op === '/' || size === null) return null;
    us += (op === '-' ? 1 : -1) * Math.round(count * size);
  }
  return us;
}
