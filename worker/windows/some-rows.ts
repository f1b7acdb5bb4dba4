import { type Block, type Column, isValid } from '../panes/column.ts';

/** A block of these rows of a block alone, in this order. */
export function someRows(block: Block, rows: readonly number[]): Block {
  const columns = new Map<string, Column>();
  return {
    rows: rows.length,
    from: 0,
    timeUs: Float64Array.from(rows, (row) => block.timeUs[row] as number),
    partitionAt: (row) => block.partitionAt(rows[row] as number),
    offsetAt: (row) => block.offsetAt(rows[row] as number),
    column: (expression) => {
      const column = columns.get(expression) ?? someOf(block.column(expression), rows);
      columns.set(expression, column);
      return column;
    },
  };
}

function someOf(column: Column, rows: readonly number[]): Column {
  const validity = column.validity === null ? null : new Uint8Array(Math.ceil(rows.length / 8));
  if (validity !== null)
    for (const [at, row] of rows.entries())
      if (isValid(column.validity, row)) validity[at >> 3] = (validity[at >> 3] ?? 0) | (1 << (at & 7));
  switch (column.kind) {
    case 'number':
      return { kind: 'number', values: Float64Array.from(rows, (row) => column.values[row] as number), validity };
    case 'bigint':
      return { kind: 'bigint', values: BigInt64Array.from(rows, (row) => column.values[row] as bigint), validity };
    case 'text':
      return { ...column, codes: Int32Array.from(rows, (row) => column.codes[row] as number), validity };
  }
}
