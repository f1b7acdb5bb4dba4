import { formatClock, formatDay, type Zone } from '../format-time.ts';

/** A moment as `datetime-local` has it, by the zone’s clock: `2026-11-23T06:00:00`. */
export function wallText(ms: number, zone: Zone): string {
  return `${formatDay(ms, zone)}T${formatClock(ms, zone)}`;
}

/** What the calendar gave, as text of a range: `2026-11-23 06:00`; null: nothing. */
export function fromWallText(text: string): string | null {
  const [, day, minute, second] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?/.exec(text) ?? [];
  if (day === undefined) return null;
  return `${day} ${minute}${second === undefined || second === ':00' ? '' : second}`;
}

const CLOCK = /^([01]?\d|2[0-3])(:[0-5]\d(?::[0-5]\d)?)$/;

/** A time of day alone with the day that `nowMs` is in, also where that is still to come: `14:55` is `2026-11-23 14:55`. Else as it is. */
export function datedText(text: string, nowMs: number, zone: Zone): string {
  const [, hour, rest] = CLOCK.exec(text.trim()) ?? [];
  return hour === undefined ? text : `${formatDay(nowMs, zone)} ${hour.padStart(2, '0')}${rest}`;
}
