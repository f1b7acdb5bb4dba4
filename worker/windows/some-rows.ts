import { type Block, type Column, isValid, setValid } from '../panes/column.ts';

/** A block of these rows of a block alone, in this order, with these expressions; the other may go. */
export function someRows(block: Block, rows: readonly number[], expressions: readonly string[]): Block {
  const timeUs = Float64Array.from(rows, (row) => block.timeUs[row] as number);
  const partitions = Float64Array.from(rows, block.partitionAt);
  const offsets = Float64Array.from(rows, block.offsetAt);
  const columns = new Map(expressions.map((text) => [text, someOf(block.column(text), rows)] as const));
  return {
    rows: rows.length,
    from: 0,
    timeUs,
    partitionAt: (row) => partitions[row] as number,
    offsetAt: (row) => offsets[row] as number,
    column(expression) {
      const column = columns.get(expression);
      if (!column) throw new RangeError(`no column "${expression}"`);
      return column;
    },
  };
}

function someOf(column: Column, rows: readonly number[]): Column {
  const validity = column.validity === null ? null : new Uint8Array(Math.ceil(rows.length / 8));
  if (validity !== null)
    for (const [at, row] of rows.entries()) if (isValid(column.validity, row)) setValid(validity, at);
  switch (column.kind) {
    case 'number':
      return { kind: 'number', values: Float64Array.from(rows, (row) => column.values[row] as number), validity };
    case 'bigint':
      return { kind: 'bigint', values: BigInt64Array.from(rows, (row) => column.values[row] as bigint), validity };
    case 'text': {
      const { codes, texts } = column;
      if (rows.length >= texts.length)
        return { kind: 'text', codes: Int32Array.from(rows, (row) => codes[row] as number), texts, validity };
      const own = rows.map((row) => texts[codes[row] as number] ?? '');
      return { kind: 'text', codes: Int32Array.from(own.keys()), texts: own, validity };
    }
  }
}
