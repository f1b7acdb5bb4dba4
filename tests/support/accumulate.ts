import type { Accumulator, RowsToAdd } from '../../worker/panes/accumulator.ts';
import type { Cell, Column } from '../../worker/panes/column.ts';

export interface RowsToFeed {
  readonly argument: Column | null;
  readonly by?: Column | null;
  /** Slot of every row; left out: all in slot 0. */
  readonly slots?: readonly number[];
  readonly timeUs?: readonly number[];
  readonly partitions?: readonly number[];
  readonly offsets?: readonly number[];
}

/** Adds rows to an accumulator; returns it. */
export function feed<T extends Accumulator>(state: T, rows: number, given: RowsToFeed): T {
  const slots = Int32Array.from({ length: rows }, (_, row) => given.slots?.[row] ?? 0);
  state.resize(slots.reduce((most, slot) => Math.max(most, slot), 0) + 1);
  const added: RowsToAdd = {
    from: 0,
    rows,
    slots,
    argument: given.argument,
    by: given.by ?? null,
    partitionAt: (row) => given.partitions?.[row] ?? 0,
    timeUs: Float64Array.from({ length: rows }, (_, row) => given.timeUs?.[row] ?? 0),
    offsetAt: (row) => given.offsets?.[row] ?? row,
  };
  state.add(added);
  return state;
}

/** A column as frames give it: of numbers, of int64 when one is a bigint, of texts with a code each when one is a text. */
export function columnOf(cells: readonly Cell[]): Column {
  const validity = cells.includes(null) ? new Uint8Array((cells.length >> 3) + 1) : null;
  if (validity !== null)
    for (const [row, cell] of cells.entries())
      if (cell !== null) validity[row >> 3] = (validity[row >> 3] ?? 0) | (1 << (row & 7));
  if (cells.some((cell) => typeof cell === 'string')) {
    const codeOf = new Map([...new Set(cells)].map((cell, code) => [cell, code] as const));
    const codes = cells.map((cell) => codeOf.get(cell) ?? 0);
    return { kind: 'text', codes, texts: [...codeOf.keys()].map(String), validity };
  }
  if (cells.some((cell) => typeof cell === 'bigint'))
    return { kind: 'bigint', values: BigInt64Array.from(cells, (cell) => BigInt(cell ?? 0)), validity };
  return { kind: 'number', values: Float64Array.from(cells, (cell) => Number(cell ?? 0)), validity };
}

/** Feeds cells to slot 0. */
export function feedCells<T extends Accumulator>(state: T, cells: readonly Cell[], by?: readonly Cell[]): T {
  return feed(state, cells.length, { argument: columnOf(cells), by: by ? columnOf(by) : null });
}
