import type { StreamState } from '../ingest/stream-state.ts';
import type { Cell, ValueType } from '../panes/column.ts';
import { FIELD_TYPES } from '../windows/expressions.ts';
import { arrowTable, type CellColumn } from './arrow-table.ts';

/** Where the rows that came too late are tables, one for each stream, under its name. */
export const TOO_LATE_SCHEMA = 'too_late';

/**
 * The newest rows of a stream that a window refused: its fields, `_event_time`, `_partition`, `_offset`, the `_watermark`
 * they were behind, and whether another window took them, `_counted`. (W8, Q2)
 */
export function tooLateTable({ schema, tooLateRows }: StreamState): { ipc: Uint8Array; projection: string } {
  const rows = tooLateRows.all;
  const column = (name: string, type: ValueType, cellOf: (row: (typeof rows)[number]) => Cell): CellColumn => ({
    name,
    type,
    cells: rows.map(cellOf),
  });
  return arrowTable([
    ...(schema?.fields ?? []).map(({ name, type }) =>
      column(name, FIELD_TYPES[type], ({ timeUs, cells }) =>
        name === schema?.timeField ? timeUs : (cells.get(name) ?? null),
      ),
    ),
    column('_event_time', 'timestamp', ({ timeUs }) => timeUs),
    column('_partition', 'integer', ({ partition }) => partition),
    column('_offset', 'integer', ({ offset }) => offset),
    column('_watermark', 'timestamp', ({ watermarkUs }) => watermarkUs),
    column('_counted', 'boolean', ({ counted }) => (counted ? 1 : 0)),
  ]);
}
