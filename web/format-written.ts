import { formatClock, formatDay, formatMoment, type Zone } from './format-time.ts';
import type { Written } from './format-units.ts';

/** Values that are not read as digits and a unit: clocks, dates, answers. */

interface WrittenOptions {
  readonly decimals?: number | undefined;
  readonly locale?: string | undefined;
  readonly nowMs?: number | undefined;
  readonly zone?: Zone | undefined;
}

const BROWSER: Zone = { timeZone: undefined };

/** `value`: of clocks and durations seconds, of dates milliseconds since the epoch. */
export function formatWritten(how: Written, value: number, options: WrittenOptions): string {
  const zone = options.zone ?? BROWSER;
  switch (how) {
    case 'scientific':
      return new Intl.NumberFormat(options.locale, {
        notation: 'scientific',
        maximumFractionDigits: options.decimals ?? 2,
      })
        .format(value)
        .replaceAll('-', '−');
    case 'hex':
      return `${value < 0 ? '−' : ''}${Math.abs(Math.round(value)).toString(16).toUpperCase()}`;
    case 'text':
      return String(value);
    case 'clock':
      return signed(value, (seconds) => clock(Math.round(seconds)));
    case 'clockWithDays':
      return signed(value, (seconds) => {
        const days = Math.floor(Math.round(seconds) / 86_400);
        return `${days === 0 ? '' : `${days} d `}${clock(Math.round(seconds) % 86_400)}`;
      });
    case 'clockWithMs':
      return signed(value, (seconds) => {
        const ms = Math.round(seconds * 1000);
        return `${clock(Math.floor(ms / 1000))}.${String(ms % 1000).padStart(3, '0')}`;
      });
    case 'duration':
      return signed(value, durationWords);
    case 'dateTime':
      return `${formatDay(value, zone)} ${formatClock(value, zone)}`;
    case 'time':
      return formatMoment(value, options.nowMs ?? 0, zone);
    case 'fromNow':
      return fromNow(value, options);
    case 'trueFalse':
      return value === 0 ? 'false' : 'true';
    case 'yesNo':
      return value === 0 ? 'no' : 'yes';
    case 'onOff':
      return value === 0 ? 'off' : 'on';
  }
}

function signed(value: number, format: (size: number) => string): string {
  return `${value < 0 ? '−' : ''}${format(Math.abs(value))}`;
}

function clock(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

const PARTS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const;

/** The two largest parts: `2 d 3 h`, `1 min 40 s`, `250 ms`. */
function durationWords(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  const whole = Math.round(seconds);
  const at = PARTS.findIndex(([size]) => whole >= size);
  let rest = whole;
  const words: string[] = [];
  for (const [size, unit] of PARTS.slice(at, at + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) words.push(`${count} ${unit}`);
  }
  return words.join(' ');
}

const RELATIVE = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

function fromNow(ms: number, { nowMs, zone, locale }: WrittenOptions): string {
  if (nowMs === undefined) return `${formatDay(ms, zone ?? BROWSER)} ${formatClock(ms, zone ?? BROWSER)}`;
  const seconds = Math.round((ms - nowMs) / 1000);
  const [size, unit] = RELATIVE.find(([part]) => Math.abs(seconds) >= part) ?? ([1, 'second'] as const);
  return new Intl.RelativeTimeFormat(locale, { numeric: 'always' }).format(Math.trunc(seconds / size), unit);
}

/** Where a currency's symbol stands, with the gap to the number, and how many decimals it has. */
export interface CurrencySide {
  readonly before: string;
  readonly after: string;
  readonly decimals: number;
}

const sides = new Map<string, CurrencySide>();

export function currencySide(currency: string, locale: string | undefined): CurrencySide {
  const key = `${currency}/${locale ?? ''}`;
  let side = sides.get(key);
  if (!side) {
    const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
    const parts = format.formatToParts(1).filter(({ type }) => type === 'currency' || type === 'literal');
    const text = parts.map(({ value }) => value).join('');
    const leads = format.formatToParts(1)[0] === undefined || !/^\d|^\p{Nd}/u.test(format.format(1));
    side = {
      before: leads ? text : '',
      after: leads ? '' : text,
      decimals: format.resolvedOptions().maximumFractionDigits ?? 2,
    };
    sides.set(key, side);
  }
  return side;
}
