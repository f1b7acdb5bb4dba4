import { expect, test } from 'vitest';
import { WindowSpecSchema } from '../../contract/spec/window.ts';
import { tooLateSql, tooLateTable } from './rows-too-late.ts';

const window = (text: string, allow = '0s', from = 'shop') =>
  WindowSpecSchema.parse({ from, window: text, select: { n: 'count()' }, late: { allow } });
const windows = {
  fast: window('tumble(10s)'),
  patient: window('tumble(10s)', '1m'),
  wide: window('hop(1m, 10s)'),
  other: window('tumble(1s)', '0s', 'line'),
  above: window('tumble(1m)', '0s', 'fast'),
};
const at = (second: number) => new Date(second * 1000);
const row = (eventS: number, watermarkS: number) => ({
  action: 'cart',
  _event_time: at(eventS),
  _partition: 0,
  _offset: 7,
  _watermark: at(watermarkS),
  _counted: true,
});

test('W8 a row says how late it was, and which of its stream’s windows had ended', () => {
  const table = tooLateTable([row(5, 12), row(5, 61), row(5, 70)], 'shop', windows);
  expect(table.columns.map(({ name }) => name)).toEqual([
    'event time',
    'late by, s',
    'had ended',
    'counted elsewhere',
    'action',
    'partition',
    'offset',
  ]);
  expect(table.rows.map((cells) => cells.slice(1, 3))).toEqual([
    [7, 'fast'],
    [56, 'fast, wide'],
    [65, 'fast, patient, wide'],
  ]);
  expect(tooLateTable([], 'shop', windows).rows).toEqual([]);
  expect(tooLateSql('a "b"')).toBe('SELECT * FROM too_late."a ""b""" ORDER BY _event_time DESC');
});
