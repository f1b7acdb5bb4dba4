import { MAX_TIME_US } from '../../contract/protocol/frame.ts';
import type { TimeFormat } from '../../contract/spec/stream.ts';
import { Rejected } from '../decode/rejected.ts';
import { describe, kindOf } from './describe.ts';

/**
 * Values → µs UTC. (D5, W1)
 *
 *     2025-04-04 | T or space | 10:00 [:00 [.123456]] [Z | ±02 | ±0200 | ±02:00]        no zone: UTC
 */

/** Reads a field's value as a time; null when it is none, or out of range. */
export function readTimeUs(value: unknown, format: TimeFormat): number | null {
  const us =
    typeof value === 'string'
      ? textUs(value, format)
      : typeof value === 'number' || typeof value === 'bigint'
        ? numberUs(value, format)
        : null;
  return us !== null && us >= -MAX_TIME_US && us <= MAX_TIME_US ? us : null;
}

function textUs(text: string, format: TimeFormat): number | null {
  if (format === 'auto' || format === 'iso') return parseIsoUs(text);
  if (!/^\s*-?\d+(\.\d+)?\s*$/.test(text)) return null;
  return numberUs(text.includes('.') ? Number(text) : BigInt(text.trim()), format);
}

const SCALE = { seconds: 1e6, millis: 1e3, micros: 1, nanos: 1e-3 } as const;

function numberUs(value: number | bigint, format: TimeFormat): number | null {
  if (format === 'iso') return null;
  const unit = format === 'auto' ? unitOf(Number(value)) : format;
  if (unit === 'nanos') return typeof value === 'bigint' ? Number(value / 1000n) : Math.floor(value / 1000);
  return Math.round(Number(value) * SCALE[unit]);
}

/** Seconds reach the year 5138 here, milliseconds too, and so on. */
function unitOf(value: number): 'seconds' | 'millis' | 'micros' | 'nanos' {
  const size = Math.abs(value);
  if (size < 1e11) return 'seconds';
  if (size < 1e14) return 'millis';
  return size < 1e17 ? 'micros' : 'nanos';
}

const ZERO = 48;
const [DASH, COLON, DOT, COMMA, SPACE, PLUS] = [45, 58, 46, 44, 32, 43];

/** ISO 8601 as above → µs UTC, digits beyond the sixth cut; null for anything else. */
export function parseIsoUs(text: string): number | null {
  const length = text.length;
  if (length < 10 || text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return null;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  if (!(year >= 0) || !(month >= 1 && month <= 12) || !(day >= 1 && day <= daysIn(year, month))) return null;
  const dayUs = daysFromEpoch(year, month, day) * 86_400e6;
  if (length === 10) return dayUs;

  const separator = text.charCodeAt(10);
  if (separator !== 84 && separator !== SPACE && separator !== 116) return null;
  const hour = two(text, 11);
  const minute = two(text, 14);
  if (!(hour <= 23) || text.charCodeAt(13) !== COLON || !(minute <= 59)) return null;
  let second = 0;
  let fractionUs = 0;
  let at = 16;
  if (text.charCodeAt(at) === COLON) {
    second = two(text, 17);
    if (!(second <= 60)) return null;
    at = 19;
    const point = text.charCodeAt(at);
    if (point === DOT || point === COMMA) {
      const start = ++at;
      for (let scale = 100_000; at < length; at++, scale /= 10) {
        const digit = text.charCodeAt(at) - ZERO;
        if (digit < 0 || digit > 9) break;
        if (scale >= 1) fractionUs += digit * scale;
      }
      if (at === start) return null;
    }
  }
  const zoneMinutes = at === length ? 0 : zone(text, at);
  if (zoneMinutes === null) return null;
  return dayUs + ((hour * 60 + minute - zoneMinutes) * 60 + second) * 1e6 + fractionUs;
}

/** Minutes east of UTC of the zone that fills the rest of the text. */
function zone(text: string, at: number): number | null {
  const sign = text.charCodeAt(at);
  if ((sign === 90 || sign === 122) && at + 1 === text.length) return 0;
  if (sign !== PLUS && sign !== DASH) return null;
  const hours = two(text, at + 1);
  const rest = text.length - at;
  const minutes =
    rest === 3
      ? 0
      : rest === 5
        ? two(text, at + 3)
        : rest === 6 && text.charCodeAt(at + 3) === COLON
          ? two(text, at + 4)
          : Number.NaN;
  if (!(hours <= 23) || !(minutes <= 59)) return null;
  return (sign === DASH ? -1 : 1) * (hours * 60 + minutes);
}

/** Two digits at `at`; NaN when they are not digits. */
function two(text: string, at: number): number {
  const high = text.charCodeAt(at) - ZERO;
  const low = text.charCodeAt(at + 1) - ZERO;
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : Number.NaN;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Proleptic Gregorian date → days since 1970-01-01, counting years from March so that the leap day comes last. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** Of a record whose time field holds no time. */
export function badTime(field: string, value: unknown, format: TimeFormat): Rejected {
  const expected =
    format === 'auto' ? 'an ISO 8601 time or a Unix time' : format === 'iso' ? 'an ISO 8601 time' : `Unix ${format}`;
  const start = `time field "${field}": expected ${expected}`;
  return new Rejected(`${start} between the years 1696 and 2243, found ${describe(value)}`, {
    field,
    kind: `${start}, found ${kindOf(value)}`,
  });
}
