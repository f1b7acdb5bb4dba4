import { type Column, isValid, setValid } from '../panes/column.ts';
import { decodeArrow, toColumns } from '../store/arrow.ts';
import type { Database } from '../store/database.ts';

/** Rows whose expressions are evaluated: the columns go into `computed`, by their SQL. */
export interface Computed {
  readonly rows: number;
  readonly computed: Map<string, Column>;
}

/** Evaluates SQL expressions over the rows of `source`, which are the blocks' rows in order, into the blocks. */
export function evaluateSql(
  database: Database,
  source: string,
  sql: readonly string[],
  blocks: readonly Computed[],
): void {
  const select = sql.map((expression, index) => `${expression} AS c${index}`).join(', ');
  const table = decodeArrow(database.run(`SELECT ${select} FROM (${source})`));
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  if (table.numRows !== rows) throw new RangeError(`SQL over ${rows} rows gave ${table.numRows}`);
  for (const [index, expression] of sql.entries()) {
    const parts = toColumns(table.getChildAt(index));
    const lengths = table.getChildAt(index).data.map(({ length }) => length);
    let start = 0;
    for (const block of blocks) {
      block.computed.set(expression, slice(parts, lengths, start, block.rows));
      start += block.rows;
    }
  }
}

/** Rows [start, start + rows) of a column that comes in parts. */
function slice(parts: readonly Column[], lengths: readonly number[], start: number, rows: number): Column {
  const validity = new Uint8Array(Math.ceil(rows / 8));
  const numbers = new Float64Array(rows);
  const kinds = new Set(parts.map(({ kind }) => kind));
  const bigints = kinds.has('bigint') ? new BigInt64Array(rows) : null;
  const texts: string[] = [];
  let nulls = 0;
  let base = 0;
  for (const [index, part] of parts.entries()) {
    const length = lengths[index] ?? 0;
    const first = Math.max(start, base);
    const end = Math.min(start + rows, base + length);
    const code = texts.length;
    if (first < end && part.kind === 'text') texts.push(...part.texts);
    for (let at = first; at < end; at++) {
      const from = at - base;
      const to = at - start;
      if (!isValid(part.validity, from)) {
        nulls++;
        continue;
      }
      setValid(validity, to);
      if (part.kind === 'text') numbers[to] = code + (part.codes[from] ?? 0);
      else if (bigints) bigints[to] = BigInt(part.values[from] ?? 0);
      else numbers[to] = part.values[from] as number;
    }
    base += length;
  }
  const known = nulls > 0 ? validity : null;
  if (kinds.has('text')) return { kind: 'text', codes: numbers, texts, validity: known };
  return bigints
    ? { kind: 'bigint', values: bigints, validity: known }
    : { kind: 'number', values: numbers, validity: known };
}
