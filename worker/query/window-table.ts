import type { Cell, ValueType } from '../panes/column.ts';
import { typeOfSelect } from '../windows/evaluate.ts';
import type { KeptWindow } from '../windows/kept-window.ts';
import { allRows, type WindowRow } from '../windows/read-rows.ts';
import { arrowTable, type CellColumn } from './arrow-table.ts';

/**
 * A window as Arrow, one row per window and group that has rows: `window_start`, `window_end`, the by-columns,
 * `grouping_id` with grouping sets, the select columns, `state`, `revision`. With the SELECT list to read it by. (Q2)
 */
export function windowTable(kept: KeptWindow): { ipc: Uint8Array; projection: string } {
  const { window, measures, byTypes } = kept.plan;
  const rows = allRows(kept);
  const column = (name: string, type: ValueType, cellOf: (row: WindowRow) => Cell): CellColumn => ({
    name,
    type,
    cells: rows.map(cellOf),
  });
  return arrowTable([
    column('window_start', 'timestamp', ({ startUs }) => finite(startUs)),
    column('window_end', 'timestamp', ({ endUs }) => finite(endUs)),
    ...window.by.map(({ name }, index) => {
      const type = byTypes[index] ?? 'text';
      return column(name, type, (row) => groupCell(row, index, type));
    }),
    ...(window.hasGroupingSets ? [column('grouping_id', 'integer', ({ groupingId }) => groupingId)] : []),
    ...window.select.map(({ name }, index) =>
      column(name, typeOfSelect(name, window.select, measures), ({ values }) => values[index] ?? null),
    ),
    column('state', 'text', ({ state }) => state),
    column('revision', 'integer', ({ revision }) => revision),
  ]);
}

/** The global window has no bounds. */
function finite(us: number): number | null {
  return Number.isFinite(us) ? us : null;
}

/** Groups beyond the bound have no one value; a text column says so. */
function groupCell({ by, other }: WindowRow, index: number, type: ValueType): Cell {
  return other && type !== 'text' ? null : (by[index] ?? null);
}
