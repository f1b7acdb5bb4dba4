import { Temporal } from 'temporal-polyfill';
import { expect, test } from 'vitest';
import { doubled, movedByHalf, pastedRange, textOf } from './move.ts';
import { QUICK_RANGES } from './quick-ranges.ts';
import { betweenOf, isProblem, isSameView, parseRange, type RangeText, viewOf } from './range.ts';
import { resolveTime } from './resolve.ts';
import { parseTime } from './time-text.ts';
import { datedText, fromWallText, wallText } from './wall-text.ts';
import { betweenWords, ownRange, rangeWords } from './words.ts';

const us = (iso: string) => Date.parse(iso) * 1000;
const iso = (at: number) => new Date(at / 1000).toISOString().replace('.000Z', 'Z');

/** The moment a text names, as ISO text, UTC. */
function at(text: string, now: string, zone = 'UTC', end = false): string {
  const time = parseTime(text);
  if (!time) throw new Error(`${text} is no time`);
  return iso(resolveTime(time, { nowUs: us(now), zone, temporal: Temporal }, end));
}
function between(text: RangeText, now: string, zone = 'UTC') {
  const checked = parseRange(text);
  if ('problem' in checked) return checked.problem;
  const found = betweenOf(checked.range, us(now), { zone, temporal: Temporal });
  if (found === null || isProblem(found)) return found;
  return [iso(found.fromUs), iso(found.untilUs), found.follows] as const;
}

const NOW = '2026-11-23T11:47:05Z'; // a Monday

test('what Grafana’s addresses say of time', () => {
  expect(at('now', NOW)).toBe(NOW);
  expect(at('now-15m', NOW)).toBe('2026-11-23T11:32:05Z');
  expect(at('now - 1h + 5m', NOW)).toBe('2026-11-23T10:52:05Z');
  expect(at('now/d', NOW)).toBe('2026-11-23T00:00:00Z');
  expect(at('now/d', NOW, 'UTC', true)).toBe('2026-11-24T00:00:00Z');
  expect(at('now-1d/d', NOW)).toBe('2026-11-22T00:00:00Z');
  expect(at('now/d+8h', NOW)).toBe('2026-11-23T08:00:00Z');
  expect(at('now-1M/M', NOW)).toBe('2026-10-01T00:00:00Z');
  expect(at('now-1M/M', NOW, 'UTC', true)).toBe('2026-11-01T00:00:00Z');
  expect(at('now-1w/w', NOW)).toBe('2026-11-16T00:00:00Z');
  expect(at('now/Q', NOW)).toBe('2026-10-01T00:00:00Z');
  expect(at('now/y', NOW)).toBe('2026-01-01T00:00:00Z');
  expect(at('now/h', NOW)).toBe('2026-11-23T11:00:00Z');
  expect(at('now-5m/m', NOW)).toBe('2026-11-23T11:42:00Z');
  expect(at('now-d', NOW)).toBe('2026-11-22T11:47:05Z');
  expect(at('1763877600000', NOW)).toBe('2025-11-23T06:00:00Z');
  expect(at('2026-11-23', NOW)).toBe('2026-11-23T00:00:00Z');
  expect(at('2026-11-23', NOW, 'UTC', true)).toBe('2026-11-24T00:00:00Z');
  expect(at('2026-11-23T06:00:00.250Z', NOW)).toBe('2026-11-23T06:00:00.250Z');
  expect(at('2026-11-23T06:00+01:00', NOW, 'Asia/Tokyo')).toBe('2026-11-23T05:00:00Z');
});

test('days, shifts and clocks are those of the zone', () => {
  expect(at('now/d', '2026-11-23T23:30:00Z', 'Europe/Berlin')).toBe('2026-11-23T23:00:00Z');
  expect(at('2026-11-23 06:00', NOW, 'America/New_York')).toBe('2026-11-23T11:00:00Z');
  expect(at('now/h', '2026-11-23T11:47:05Z', 'Asia/Kolkata')).toBe('2026-11-23T11:30:00Z');
});

test('V61 the days that clocks are changed have 23 and 25 hours, and a shift begins when the clock says so', () => {
  const spring = '2026-03-29T12:00:00Z'; // Berlin: 02:00 → 03:00
  const autumn = '2026-10-25T12:00:00Z'; // Berlin: 03:00 → 02:00
  const zone = 'Europe/Berlin';
  expect([at('now/d', spring, zone), at('now/d', spring, zone, true)]).toEqual([
    '2026-03-28T23:00:00Z',
    '2026-03-29T22:00:00Z',
  ]);
  expect([at('now/d', autumn, zone), at('now/d', autumn, zone, true)]).toEqual([
    '2026-10-24T22:00:00Z',
    '2026-10-25T23:00:00Z',
  ]);
  expect(at('now/d+8h', spring, zone)).toBe('2026-03-29T06:00:00Z');
  expect(at('now/d+8h', autumn, zone)).toBe('2026-10-25T07:00:00Z');
  // Half past two there is none: what begins then begins when the clock jumps past it.
  expect(at('2026-03-29 02:30', spring, zone)).toBe('2026-03-29T01:00:00Z');
  // Yesterday at the same time, though there were 23 hours.
  expect(at('now-1d', spring, zone)).toBe('2026-03-28T13:00:00Z');
  expect(at('now-24h', spring, zone)).toBe('2026-03-28T12:00:00Z');
  // The second time the clock reads 02:xx, its hour began at two, not an hour before.
  expect(at('now/h', '2026-10-25T01:30:00Z', zone)).toBe('2026-10-25T01:00:00Z');
});

test('a shift is eight hours from 06, 14 or 22 h, also over midnight and where clocks are changed', () => {
  const shift = { from: 'now-6h/8h+6h', to: 'now' };
  const start = (now: string, zone = 'UTC') => (between(shift, now, zone) as readonly string[])[0];
  expect(start('2026-11-23T11:47:05Z')).toBe('2026-11-23T06:00:00Z');
  expect(start('2026-11-23T06:00:01Z')).toBe('2026-11-23T06:00:00Z');
  expect(start('2026-11-23T05:59:59Z')).toBe('2026-11-22T22:00:00Z');
  expect(start('2026-11-23T22:10:00Z')).toBe('2026-11-23T22:00:00Z');
  expect(start('2026-03-29T04:30:00Z', 'Europe/Berlin')).toBe('2026-03-29T04:00:00Z');
  expect(start('2026-03-29T03:30:00Z', 'Europe/Berlin')).toBe('2026-03-28T21:00:00Z');
  expect(between({ from: 'now-14h/8h+6h', to: 'now-14h/8h+6h' }, NOW)).toEqual([
    '2026-11-22T22:00:00Z',
    '2026-11-23T06:00:00Z',
    false,
  ]);
});

test('every range that is offered is one, at any time of day, wherever clocks are changed', () => {
  const hours = Array.from({ length: 48 }, (_, hour) => iso(us('2026-03-28T12:00:00Z') + (hour * 3600 + 7) * 1e6));
  for (const quick of QUICK_RANGES.flat())
    for (const now of [...hours, ...hours.map((one) => one.replace('2026-03', '2026-10'))])
      for (const zone of ['Europe/Berlin', 'America/Santiago', 'UTC'])
        expect(isProblem(between(quick, now, zone) as never), `${quick.label} at ${now} in ${zone}`).toBe(false);
});

test('what is no time is told where it stands, with what would be one', () => {
  for (const text of [
    '',
    'yesterday',
    'now+',
    'now-5x',
    'now/2d',
    'now/7h',
    'now-1.5M',
    '2026-02-30',
    '99999999999999999',
  ])
    expect(parseTime(text), text).toBeNull();
  expect(parseRange({ from: '15m', to: 'now' })).toEqual({
    problem: {
      field: 'from',
      message: '“15m” is no time: write now-15m, now/d or 2026-11-23 06:00; did you mean now-15m?',
    },
  });
  expect(parseRange({ from: 'now-1h', to: 'tomorrow' })).toMatchObject({ problem: { field: 'to' } });
  expect(parseRange({ from: 'all', to: 'now-1h' })).toMatchObject({ problem: { field: 'to' } });
  expect(parseRange({ from: 'now+1h', to: 'now' })).toMatchObject({ problem: { field: 'from' } });
  expect(between({ from: 'now/d', to: 'now-1d/d' }, NOW)).toMatchObject({ field: 'to' });
  expect(between({ from: 'now/d+20h', to: 'now' }, NOW)).toMatchObject({ field: 'from' });
  expect(between({ from: 'now-900000y', to: 'now-1d' }, NOW)).toMatchObject({ field: 'from' });
});

test('what goes on with now is asked for so; what is over is a fixed stretch', () => {
  const view = (text: RangeText, until: 'newest' | 'now' = 'newest') => {
    const checked = parseRange(text);
    if ('problem' in checked) throw new Error(checked.problem.message);
    const found = betweenOf(checked.range, us(NOW), { zone: 'UTC', temporal: Temporal });
    if (isProblem(found)) throw new Error(found.message);
    return viewOf(checked.range, found, until);
  };
  expect(view({ from: 'now-15m', to: 'now' })).toEqual({ span: 900e6, until: 'newest', earlierUs: 0 });
  expect(view({ from: 'now-15m', to: 'now' }, 'now')).toEqual({ span: 900e6, until: 'now', earlierUs: 0 });
  expect(view({ from: 'all', to: 'now' })).toEqual({ span: 'all', until: 'newest', earlierUs: 0 });
  const dayUs = us(NOW) - us('2026-11-23T00:00:00Z');
  const today = { span: dayUs, until: 'newest', earlierUs: 0, fromUs: us('2026-11-23T00:00:00Z') } as const;
  expect(view({ from: 'now/d', to: 'now' })).toEqual(today);
  // Grafana's “today” reaches to its end: what has not come yet is not shown.
  expect(view({ from: 'now/d', to: 'now/d' })).toEqual(today);
  expect(view({ from: '2026-11-23T06:00Z', to: '1795435200000' })).toEqual({
    span: 5.4e9 * 4,
    until: us('2026-11-23T12:00:00Z'),
    earlierUs: 0,
  });
  expect(isSameView(today, { ...today, span: dayUs + 1e6 })).toBe(true);
  expect(isSameView(today, { ...today, span: dayUs * 1.1 })).toBe(false);
  expect(isSameView(today, { ...today, fromUs: today.fromUs + 86_400e6 })).toBe(false);
});

test('half a range back, and forward until it follows again; twice as long', () => {
  const hour = { fromUs: us('2026-11-23T10:00:00Z'), untilUs: us('2026-11-23T11:00:00Z'), follows: false };
  const ms = (text: string) => String(Date.parse(text));
  expect(movedByHalf(hour, -1, us(NOW))).toEqual({ from: ms('2026-11-23T09:30:00Z'), to: ms('2026-11-23T10:30:00Z') });
  expect(movedByHalf(hour, 1, us(NOW))).toEqual({ from: ms('2026-11-23T10:30:00Z'), to: ms('2026-11-23T11:30:00Z') });
  expect(movedByHalf(hour, 1, us('2026-11-23T11:20:00Z'))).toEqual({ from: 'now-1h', to: 'now' });
  expect(doubled(hour, us(NOW))).toEqual({ from: ms('2026-11-23T09:30:00Z'), to: ms('2026-11-23T11:30:00Z') });
  expect(doubled({ ...hour, follows: true }, us(NOW))).toEqual({ from: 'now-2h', to: 'now' });
  expect(textOf({ fromUs: 1_500_999, untilUs: 1_500_999 })).toEqual({ from: '1500', to: '1501' });
});

test('a range is copied as Grafana copies it', () => {
  expect(pastedRange('{"from":"now-6h","to":"now"}')).toEqual({ from: 'now-6h', to: 'now' });
  expect(pastedRange('{"from":1763877600000,"to":"now"}')).toEqual({ from: '1763877600000', to: 'now' });
  for (const text of ['', 'now-6h', '[]', 'null', '{"from":{},"to":"now"}']) expect(pastedRange(text), text).toBeNull();
});

test('a range in words', () => {
  const words = (text: RangeText, zone = 'UTC') => {
    const checked = parseRange(text);
    if ('problem' in checked) throw new Error(checked.problem.message);
    const found = betweenOf(checked.range, us(NOW), { zone, temporal: Temporal });
    if (isProblem(found)) throw new Error(found.message);
    return rangeWords(text, checked.range, found, us(NOW) / 1000, { timeZone: zone });
  };
  expect(words(ownRange('15m'))).toBe('Last 15 min');
  expect(words(ownRange('all'))).toBe('All kept');
  expect(words({ from: 'now-90s', to: 'now' })).toBe('Last 90 s');
  expect(words({ from: 'now-1d', to: 'now' })).toBe('Last 1 day');
  expect(words({ from: 'now/d', to: 'now' })).toBe('Today');
  expect(words({ from: 'now/d+6h', to: 'now' })).toBe('Mon 23 Nov 06:00 – now');
  expect(words({ from: '2026-11-22 06:00', to: '2026-11-22 14:00:30' })).toBe('Sun 22 Nov 06:00 – 14:00:30');
  expect(words({ from: '2025-11-22 06:00', to: '2026-11-22 06:00' })).toBe('Sat 22 Nov 2025 06:00 – Sun 22 Nov 06:00');
  expect(betweenWords({ fromUs: 0, untilUs: 3600e6, follows: false }, 0, { timeZone: 'Europe/Berlin' })).toBe(
    'Thu 1 Jan 01:00 – 02:00',
  );
});

test('the calendar’s fields are by the zone’s clock, there and back', () => {
  const zone = { timeZone: 'Europe/Berlin' };
  expect(wallText(Date.parse('2026-11-23T05:00:00Z'), zone)).toBe('2026-11-23T06:00:00');
  expect(fromWallText('2026-11-23T06:00')).toBe('2026-11-23 06:00');
  expect(fromWallText('2026-11-23T06:00:30')).toBe('2026-11-23 06:00:30');
  expect(fromWallText('')).toBeNull();
  expect(at(fromWallText('2026-11-23T06:00:30') ?? '', NOW, 'Europe/Berlin')).toBe('2026-11-23T05:00:30Z');
});

test('V61 a time of day alone is one of today by the zone’s clock, also where it is still to come', () => {
  const dated = (text: string, zone = 'UTC') => datedText(text, Date.parse(NOW), { timeZone: zone });
  expect(['14:55', ' 9:05 ', '14:55:30', '00:00'].map((text) => dated(text))).toEqual([
    '2026-11-23 14:55',
    '2026-11-23 09:05',
    '2026-11-23 14:55:30',
    '2026-11-23 00:00',
  ]);
  expect(dated('06:00', 'Pacific/Auckland')).toBe('2026-11-24 06:00');
  for (const other of ['24:00', '14:60', '14:5', '14', '2026-11-22 14:55', 'now-1h', ''])
    expect(dated(other)).toBe(other);
  const shown = (from: string, to: string) => between({ from: dated(from), to: dated(to) }, NOW);
  expect(shown('10:00', 'now')).toEqual(['2026-11-23T10:00:00Z', NOW, true]);
  expect(shown('10:00', '14:55:30')).toEqual(['2026-11-23T10:00:00Z', '2026-11-23T14:55:30Z', false]);
  expect(shown('14:55', 'now')).toEqual({ field: 'from', message: 'has not come yet' });
});
