import { formatValue } from '../../format.ts';
import { formatClockMs, formatDay, type Zone } from '../../format-time.ts';
import type { Cell, PictureTable, TableColumn } from './picture-table.ts';

export interface TableSort {
  readonly column: number;
  readonly descending: boolean;
}

/** Rows by a column, those without a value last; null: as they are. Rows that are the same there keep their order. */
export function sortedRows(
  rows: PictureTable['rows'],
  sort: TableSort | null,
  columns: PictureTable['columns'],
): PictureTable['rows'] {
  if (sort === null || columns[sort.column] === undefined) return rows;
  const sign = sort.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [a[sort.column] ?? null, b[sort.column] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === 'number' && typeof right === 'number') return sign * (left - right);
    return sign * String(left).localeCompare(String(right), undefined, { numeric: true });
  });
}

/** A cell as it is read: times in the viewer's zone, numbers in their unit and to the last digit that counts. */
export function cellText(cell: Cell | undefined, column: TableColumn, zone: Zone): string {
  if (cell === null || cell === undefined) return '—';
  if (column.type === 'time' && typeof cell === 'number') {
    if (!Number.isFinite(cell)) return '—';
    return `${formatDay(cell / 1000, zone)} ${formatClockMs(cell / 1000, zone).replace(/\.000$/, '')}`;
  }
  if (typeof cell !== 'number') return cell === '' ? '(empty)' : cell;
  return column.unit === undefined
    ? new Intl.NumberFormat(undefined, { maximumSignificantDigits: 15 }).format(cell)
    : formatValue(cell, { unit: column.unit }).text;
}

/** RFC 4180: times as ISO 8601 in UTC, numbers whole, nothing for what has no value. */
export function csvOf({ columns }: Pick<PictureTable, 'columns'>, rows: PictureTable['rows']): string {
  const lines = [
    columns.map(({ name }) => quoted(name)),
    ...rows.map((row) => columns.map((column, at) => field(row[at] ?? null, column))),
  ];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

function field(cell: Cell, column: TableColumn): string {
  if (cell === null) return '';
  if (typeof cell === 'number') {
    if (column.type !== 'time') return String(cell);
    return Number.isFinite(cell) ? new Date(cell / 1000).toISOString() : '';
  }
  return quoted(cell);
}

/** A text that a spreadsheet would run as a formula is given as one it shows. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
