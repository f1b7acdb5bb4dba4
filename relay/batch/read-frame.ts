import { type Table, tableFromIPC, type Vector } from 'apache-arrow';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { FieldType } from '../../contract/spec/field.ts';
import type { Cell, Row } from '../shape/row.ts';

/** A row of a frame, with the place it has in its partition. */
export interface PlacedRow extends Row {
  readonly offset: number;
}

/** The rows of a payload, as they were before it was encoded: what `OpenBatch` made. */
export function readRows(payload: Uint8Array, firstOffset: number, schema: StreamSchema): PlacedRow[] {
  const table = tableFromIPC(payload);
  const times = columnOf(table, 0).toArray() as BigInt64Array;
  const deltas = table.getChild('_delta')?.toArray() as Uint32Array | undefined;
  const fields = schema.fields.filter(({ name }) => name !== schema.timeField);
  const columns = fields.map(({ type }, index) => reader(type, columnOf(table, index + 1)));
  return Array.from(times, (time, row) => ({
    offset: firstOffset + (deltas?.[row] ?? row),
    eventTimeUs: Number(time),
    cells: columns.map((read) => read(row)),
  }));
}

function columnOf(table: Table, index: number): Vector {
  const column = table.getChildAt(index);
  if (column === null) throw new Error(`frame: expected a column ${index}, found ${table.numCols} columns`);
  return column;
}

function reader(type: FieldType, column: Vector): (row: number) => Cell {
  if (type !== 'timestamp') return (row) => column.get(row) as Cell;
  // Read as such, a timestamp would lose its microseconds.
  const words = column.toArray() as BigInt64Array;
  return (row) => (column.isValid(row) ? Number(words[row]) : null);
}
