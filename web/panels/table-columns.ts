import type { RowsPicture } from '../../contract/worker-api.ts';
import { formatValue } from '../format.ts';
import { formatClockMs, formatDay, type Zone } from '../format-time.ts';

/** A column of a table as it is shown. */
export interface TableColumn {
  readonly name: string;
  /** Its place in a row's cells. */
  readonly at: number;
  readonly type: string;
  readonly unit: string | null;
  /** Right-aligned: something to compare, not a name made of digits. */
  readonly amount: boolean;
  /** Of plain fractions: as many as the values need, up to three, the same for all. */
  readonly decimals: number;
}

/** The columns to show: on a phone, ids give way to what they did. */
export function tableColumns(
  picture: RowsPicture,
  ids: ReadonlySet<string>,
  room: { readonly narrow: boolean; readonly most: number },
): TableColumn[] {
  const all = picture.columns.map(({ name, type, unit }, at) => {
    const id = ids.has(name) || /(^|_)id$/.test(name);
    const amount = (type === 'int64' || type === 'float64') && !id;
    return {
      id,
      name,
      at,
      type,
      unit,
      amount,
      decimals: type === 'float64' && !unit ? decimalsOf(picture.rows, at) : 0,
    };
  });
  const wanted = room.narrow ? all.filter(({ id }) => !id) : all;
  return (wanted.length > 0 ? wanted : all).slice(0, Math.max(1, room.most));
}

function decimalsOf(rows: RowsPicture['rows'], at: number): number {
  return rows.reduce((most, { cells }) => {
    const cell = cells[at];
    return typeof cell === 'number' ? Math.max(most, Math.min(3, (String(cell).split('.')[1] ?? '').length)) : most;
  }, 0);
}

/** A cell in words; nothing for null. */
export function cellText(cell: unknown, column: TableColumn, zone: Zone): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') {
    if (column.type === 'timestamp') return `${formatDay(cell / 1000, zone)} ${formatClockMs(cell / 1000, zone)}`;
    if (column.unit) return formatValue(cell, { unit: column.unit }).text;
    return column.type === 'int64' ? String(cell) : formatValue(cell, { unit: 'none', decimals: column.decimals }).text;
  }
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}
