import { meantDuration } from '../../contract/spec/duration.ts';
import type { Zone } from '../format-time.ts';
import { quickRangeOf } from './quick-ranges.ts';
import type { Between, Range, RangeText } from './range.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function partsOf(ms: number, { timeZone, locale = 'en-GB' }: Zone): Record<string, string> {
  const id = `${timeZone ?? ''}/${locale}`;
  let made = formats.get(id);
  if (!made) {
    made = new Intl.DateTimeFormat(locale, {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
      ...(timeZone === undefined ? {} : { timeZone }),
    });
    formats.set(id, made);
  }
  return Object.fromEntries(made.formatToParts(ms).map(({ type, value }) => [type, value]));
}

/** `Mon 23 Nov 06:00`; seconds where they are not 0, the year where it is not `nowMs`’s. */
export function momentWords(us: number, nowMs: number, zone: Zone): string {
  const at = partsOf(us / 1000, zone);
  return [dayWords(at, partsOf(nowMs, zone)), clockWords(at)].join(' ');
}

function dayWords(at: Record<string, string>, now: Record<string, string>): string {
  const year = at.year === now.year ? '' : ` ${at.year}`;
  return `${at.weekday} ${at.day} ${at.month}${year}`;
}

function clockWords({ hour, minute, second }: Record<string, string>): string {
  return `${hour}:${minute}${second === '00' ? '' : `:${second}`}`;
}

/** `Mon 23 Nov 06:00 – now`, `Sun 22 Nov 06:00 – 14:00`. */
export function betweenWords({ fromUs, untilUs, follows }: Between, nowMs: number, zone: Zone): string {
  const from = momentWords(fromUs, nowMs, zone);
  if (follows) return `${from} – now`;
  const [start, end, now] = [partsOf(fromUs / 1000, zone), partsOf(untilUs / 1000, zone), partsOf(nowMs, zone)];
  const sameDay = dayWords(start, now) === dayWords(end, now) && start.year === end.year;
  return `${from} – ${sameDay ? clockWords(end) : momentWords(untilUs, nowMs, zone)}`;
}

const UNIT_WORDS: Readonly<Record<string, string>> = { m: 'min', d: 'days', w: 'weeks', M: 'months', y: 'years' };

/** What the range is called: a quick range’s name, `Last 90 s`, or its moments. */
export function rangeWords(text: RangeText, range: Range, between: Between | null, nowMs: number, zone: Zone): string {
  const quick = quickRangeOf(text);
  if (quick) return quick.label;
  const length = range.kind === 'last' ? /^now-(\d+(?:\.\d+)?)(us|ms|[smhdw])$/.exec(text.from) : null;
  if (length) {
    const [, number = '', unit = ''] = length;
    const one = number === '1' ? UNIT_WORDS[unit]?.replace(/s$/, '') : UNIT_WORDS[unit];
    return `Last ${number} ${one ?? unit}`;
  }
  return between === null ? 'All kept' : betweenWords(between, nowMs, zone);
}

/** What a board's own range is as text of an address. */
export function ownRange(range: string): RangeText {
  if (range === 'all') return { from: 'all', to: 'now' };
  return { from: `now-${meantDuration(range) ?? range.replaceAll(' ', '')}`, to: 'now' };
}
