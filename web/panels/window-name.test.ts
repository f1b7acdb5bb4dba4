import { expect, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { windowNamer } from './window-name.ts';

const nameOf = (window: string, end: string) => {
  const namer = windowNamer(WindowSpecSchema.parse({ from: 's', window, select: { n: 'count()' } }));
  const found = namer?.(Date.parse(end));
  return found ? `${found.relation} ${found.name}` : null;
};

test('V3 a window of the calendar is named by its own unit and in its own zone, wherever it is looked at', () => {
  expect(nameOf('tumble(month)', '2026-03-01T00:00Z')).toBe('of 2026-02');
  expect(nameOf('tumble(month, Asia/Kolkata)', '2026-02-28T18:30Z')).toBe('of 2026-02');
  expect(nameOf('tumble(day, America/New_York)', '2026-02-04T05:00Z')).toBe('of 2026-02-03');
  // Days of 23 and of 25 hours.
  expect(nameOf('tumble(day, Europe/Berlin)', '2026-03-29T22:00Z')).toBe('of 2026-03-29');
  expect(nameOf('tumble(day, Europe/Berlin)', '2026-10-25T23:00Z')).toBe('of 2026-10-25');
  expect(nameOf('tumble(week, Europe/Berlin)', '2026-03-29T22:00Z')).toBe('of 2026-03-23');
  expect(nameOf('tumble(week, Europe/Berlin)', '2026-10-25T23:00Z')).toBe('of 2026-10-19');
  expect(nameOf('tumble(quarter)', '2026-04-01T00:00Z')).toBe('of 2026-Q1');
  expect(nameOf('tumble(year)', '2026-01-01T00:00Z')).toBe('of 2025');
  expect(nameOf('tumble(1d)', '2026-02-04T00:00Z')).toBe('of 2026-02-03');
  expect(nameOf('tumble(day, 6h)', '2026-02-04T06:00Z')).toBe('of 2026-02-03');
});

test('V3 windows that overlap, or begin elsewhere than their unit, are named by where they end', () => {
  expect(nameOf('hop(week, day, Europe/Berlin)', '2026-02-03T23:00Z')).toBe('up to 2026-02-03');
  expect(nameOf('hop(7d, 1d)', '2026-02-04T00:00Z')).toBe('up to 2026-02-03');
  expect(nameOf('tumble(month, 5d)', '2026-03-06T00:00Z')).toBe('up to 2026-03-05');
});

test('V3 shorter windows have times of day', () => {
  for (const window of ['tumble(1m)', 'cumulate(day, 1h, Europe/Berlin)', 'hop(7d, 1h)', 'session(30m)', 'global()'])
    expect(nameOf(window, '2026-02-04T00:00Z')).toBeNull();
});
