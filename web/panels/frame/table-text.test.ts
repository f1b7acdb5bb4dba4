import { expect, test } from 'vitest';
import type { PictureTable } from './picture-table.ts';
import { cellText, csvOf, sortedRows } from './table-text.ts';

const table: PictureTable = {
  columns: [
    { name: 'window start', type: 'time' },
    { name: 'action, all', type: 'text' },
    { name: 'rate', type: 'number', unit: 'eps' },
  ],
  rows: [
    [1_700_000_000_000_000, 'cart', 2],
    [1_700_000_005_000_000, '=1+1', null],
    [1_700_000_010_000_000, 'say "x"', 10.5],
  ],
  notes: [],
};
const utc = { timeZone: 'UTC' };

test('rows sort by a column, either way, those without a value last', () => {
  const rates = (descending: boolean) =>
    sortedRows(table.rows, { column: 2, descending }, table.columns).map((row) => row[2]);
  expect(rates(true)).toEqual([10.5, 2, null]);
  expect(rates(false)).toEqual([2, 10.5, null]);
  expect(sortedRows(table.rows, null, table.columns)).toBe(table.rows);
});

test('a cell is read in its zone and unit', () => {
  expect(table.columns.map((column, at) => cellText(table.rows[0]?.[at], column, utc))).toEqual([
    '2023-11-14 22:13:20',
    'cart',
    '2/s',
  ]);
  expect(cellText(null, { name: 'rate', type: 'number' }, utc)).toBe('—');
  expect(cellText(0.1234567, { name: 'rate', type: 'number' }, utc)).toBe('0.1234567');
});

test('as CSV it is quoted where it must be, times are UTC, and no spreadsheet runs a cell', () => {
  expect(csvOf(table, table.rows).split('\r\n')).toEqual([
    'window start,"action, all",rate',
    '2023-11-14T22:13:20.000Z,cart,2',
    "2023-11-14T22:13:25.000Z,'=1+1,",
    '2023-11-14T22:13:30.000Z,"say ""x""",10.5',
    '',
  ]);
});
