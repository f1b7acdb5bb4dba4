import {
  bool,
  columnFromArray,
  type DataType,
  float64,
  int64,
  tableFromColumns,
  tableToIPC,
  utf8,
} from '@uwdata/flechette';
import type { Cell, ValueType } from '../panes/column.ts';
import { decimalScale, formatDecimal } from '../panes/decimal.ts';
import { quoteName } from '../store/database.ts';

export interface CellColumn {
  readonly name: string;
  readonly type: ValueType;
  readonly cells: readonly Cell[];
}

/**
 * Cells as Arrow, and the SELECT list that makes of it what the cells mean: times are encoded as int64 µs, for the encoder
 * takes them as milliseconds; decimals, and integers beyond int64, as texts.
 */
export function arrowTable(columns: readonly CellColumn[]): { ipc: Uint8Array; projection: string } {
  const encoded = columns.map((column) => ({ name: column.name, ...encode(column) }));
  const table = tableFromColumns(
    encoded.map(({ name, values, type }): [string, ReturnType<typeof columnFromArray>] => [
      name,
      columnFromArray([...values], type, { useBigInt: true }),
    ]),
  );
  return {
    ipc: tableToIPC(table, { format: 'stream' }) as Uint8Array,
    projection: encoded.map(({ name, sql }) => `${sql(quoteName(name))} AS ${quoteName(name)}`).join(', '),
  };
}

interface Encoded {
  readonly values: readonly unknown[];
  readonly type: DataType;
  readonly sql: (column: string) => string;
}

const asIs = (column: string) => column;
const MAX_INT64 = 2n ** 63n - 1n;

function encode({ type, cells }: CellColumn): Encoded {
  const scale = decimalScale(type);
  if (scale !== null) {
    const values = cells.map((cell) => (cell === null || typeof cell === 'string' ? cell : formatDecimal(cell, scale)));
    return { values, type: utf8(), sql: (column) => `CAST(${column} AS DECIMAL(38, ${scale}))` };
  }
  switch (type) {
    case 'integer':
      if (cells.some((cell) => typeof cell === 'bigint' && (cell > MAX_INT64 || cell < -MAX_INT64)))
        return {
          values: cells.map((cell) => (cell === null ? null : String(cell))),
          type: utf8(),
          sql: (column) => `CAST(${column} AS HUGEINT)`,
        };
      return { values: cells.map(toBigint), type: int64(), sql: asIs };
    case 'timestamp':
      return { values: cells.map(toBigint), type: int64(), sql: (column) => `make_timestamp(${column})` };
    case 'boolean':
      return { values: cells.map((cell) => (cell === null ? null : cell === 1)), type: bool(), sql: asIs };
    case 'text':
      return { values: cells.map((cell) => (cell === null ? null : String(cell))), type: utf8(), sql: asIs };
    default:
      return { values: cells.map((cell) => (cell === null ? null : Number(cell))), type: float64(), sql: asIs };
  }
}

function toBigint(cell: Cell): bigint | null {
  return typeof cell === 'number' ? BigInt(cell) : typeof cell === 'bigint' ? cell : null;
}
