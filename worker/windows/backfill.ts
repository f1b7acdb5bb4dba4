import type { TooLateRow } from '../ingest/too-late-rows.ts';
import type { Block, Column } from '../panes/column.ts';
import { SessionTable } from '../panes/session-table.ts';
import { decodeArrow, toColumns } from '../store/arrow.ts';
import { type Database, quoteName } from '../store/database.ts';
import { quoteTable, type Segments } from '../store/segments.ts';
import type { RowExpression } from './expressions.ts';
import type { Table } from './feed.ts';
import { someRows } from './some-rows.ts';

const CHUNK_ROWS = 122_880;

/**
 * Computes new tables of panes or sessions from a stream's kept rows, once. Of those that are known to have come too late
 * for a window each is judged by the watermark it was behind, after the others; of the rest nothing is late, for what was
 * is not kept.
 */
export function backfill(
  database: Database,
  segments: Segments,
  expressions: ReadonlyMap<string, RowExpression>,
  tables: readonly Table[],
  tooLate: readonly TooLateRow[],
): void {
  if (tables.length === 0) return;
  const texts = [...new Set(tables.flatMap(expressionsOf))];
  const behind = new Behind(tooLate, texts);
  const judged: Judged[] = [];
  const sqlOf = (text: string): string => {
    const expression = expressions.get(text);
    if (!expression) throw new RangeError(`no expression "${text}"`);
    return expression.kind === 'field' ? quoteName(expression.field) : expression.sql;
  };
  const columns = texts.map((text, index) => {
    return `${sqlOf(text)} AS c${index}`;
  });
  const where = rowsOfAny(tables, sqlOf);
  const select = ['_event_time', '_partition', '_offset', ...columns].join(', ');
  for (const { table, schema, rows } of segments.all)
    for (let start = 0; start < rows; start += CHUNK_ROWS) {
      const source = `${segments.projection(quoteTable(table), schema)} WHERE rowid >= ${start} AND rowid < ${start + CHUNK_ROWS}`;
      for (const block of blocksOf(database.run(`SELECT ${select} FROM (${source})${where}`), texts)) {
        const { rest, apart } = behind.split(block);
        for (const target of tables) target.add(rest, null, null);
        judged.push(...apart);
      }
    }
  judged.sort((left, right) => left.watermarkUs - right.watermarkUs);
  for (const { block, watermarkUs } of judged) for (const target of tables) target.add(block, watermarkUs, null);
}

/** Rows to be judged by one watermark. */
interface Judged {
  readonly block: Block;
  readonly watermarkUs: number;
}

/** Rows that came too late, by the watermark each was behind. */
class Behind {
  readonly #byPartition = new Map<number, Map<number, number>>();
  readonly #texts: readonly string[];

  constructor(rows: readonly TooLateRow[], texts: readonly string[]) {
    this.#texts = texts;
    for (const { partition, offset, watermarkUs } of rows) {
      const known = this.#byPartition.get(partition) ?? new Map<number, number>();
      known.set(offset, watermarkUs);
      this.#byPartition.set(partition, known);
    }
  }

  /** Those of a block by their watermarks, and the rest of it. */
  split(block: Block): { readonly rest: Block; readonly apart: readonly Judged[] } {
    if (this.#byPartition.size === 0) return { rest: block, apart: [] };
    const found = new Map<number, number[]>();
    const rest: number[] = [];
    for (let row = 0; row < block.rows; row++) {
      const watermarkUs = this.#byPartition.get(block.partitionAt(row))?.get(block.offsetAt(row));
      if (watermarkUs === undefined) rest.push(row);
      else {
        const rows = found.get(watermarkUs);
        if (rows) rows.push(row);
        else found.set(watermarkUs, [row]);
      }
    }
    if (found.size === 0) return { rest: block, apart: [] };
    const some = (rows: readonly number[]) => someRows(block, rows, this.#texts);
    return { rest: some(rest), apart: [...found].map(([watermarkUs, rows]) => ({ block: some(rows), watermarkUs })) };
  }
}

/** Where every table has a condition, only rows that one of them holds for are read. */
function rowsOfAny(tables: readonly Table[], sqlOf: (text: string) => string): string {
  const conditions = tables.map(({ shape }) => shape.where);
  if (conditions.includes(null)) return '';
  return ` WHERE ${[...new Set(conditions)].map((text) => `(${sqlOf(text ?? 'true')})`).join(' OR ')}`;
}

/** All expressions a table reads. */
export function expressionsOf(table: Table): string[] {
  const { shape, measures } = table;
  const measured = [...measures.values()].flatMap(({ argument, by, filter }) => [argument, by, filter]);
  const gap = table instanceof SessionTable ? table.shape.gapExpression : null;
  return [...shape.by, shape.where, ...(shape.dedup?.by ?? []), gap, ...measured].filter((text) => text !== null);
}

function blocksOf(ipc: Uint8Array, texts: readonly string[]): Block[] {
  const table = decodeArrow(ipc);
  const columns = table.names.map((_, index) => toColumns(table.getChildAt(index)));
  const lengths = table.numCols > 0 ? table.getChildAt(0).data.map(({ length }) => length) : [];
  return lengths.map((rows, batch): Block => {
    const at = (index: number): Column => {
      const column = columns[index]?.[batch];
      if (!column) throw new RangeError(`no column ${index}`);
      return column;
    };
    const numbers = (index: number): ArrayLike<number> => {
      const column = at(index);
      if (column.kind !== 'number') throw new RangeError(`column ${index} is not of numbers`);
      return column.values;
    };
    const partitions = numbers(1);
    const offsets = numbers(2);
    return {
      rows,
      from: 0,
      timeUs: numbers(0) as Float64Array,
      partitionAt: (row) => partitions[row] ?? 0,
      offsetAt: (row) => offsets[row] ?? 0,
      column: (expression) => at(3 + texts.indexOf(expression)),
    };
  });
}
