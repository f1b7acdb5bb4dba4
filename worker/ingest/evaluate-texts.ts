import { type Cell, type Column, cellAt, isValid, setValid, type TextColumn } from '../panes/column.ts';
import { type Database, quoteName, quoteText } from '../store/database.ts';
import type { RowExpression } from '../windows/expressions.ts';
import { evaluateSql } from './evaluate-sql.ts';
import type { FrameBlock } from './frame-block.ts';

type SqlExpression = Extract<RowExpression, { kind: 'sql' }>;

/** Texts whose value is remembered, for each expression. */
const MAX_REMEMBERED = 65_536;
/** With more new texts than this share of the rows, rows are evaluated instead. */
const MAX_NEW_SHARE = 1 / 4;

const remembered = new WeakMap<SqlExpression, Map<string | null, Cell>>();

/**
 * Evaluates the expressions that depend on one text field and nothing else: once for each text, not for each row, and
 * what it was is remembered. A lookup in a constant map of a thousand entries costs a row no more than a plain field.
 * Returns the expressions that have to be evaluated over rows.
 */
export function evaluateTexts(
  database: Database,
  expressions: readonly SqlExpression[],
  blocks: readonly FrameBlock[],
): SqlExpression[] {
  return expressions.filter((expression) => {
    if (expression.textField === null) return true;
    const columns = blocks.map((block) => block.field(expression.textField ?? ''));
    if (!columns.every((column) => column.kind === 'text')) return true;
    const values = valuesOf(database, expression, columns, blocks);
    if (values === null) return true;
    for (const [index, block] of blocks.entries()) {
      const column = columns[index];
      if (column) block.computed.set(expression.sql, mapped(column, block.rows, values));
    }
    return false;
  });
}

/** The expression's value of every text in the columns; null: there are too many new ones. */
function valuesOf(
  database: Database,
  expression: SqlExpression,
  columns: readonly TextColumn[],
  blocks: readonly FrameBlock[],
): ReadonlyMap<string | null, Cell> | null {
  let values = remembered.get(expression);
  if (values === undefined || values.size > MAX_REMEMBERED) values = new Map();
  remembered.set(expression, values);
  const found = new Set<string | null>();
  for (const { texts, validity } of columns) {
    for (const text of texts) if (!values.has(text)) found.add(text);
    if (validity !== null && !values.has(null)) found.add(null);
  }
  if (found.size === 0) return values;
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  if (found.size > Math.max(16, rows * MAX_NEW_SHARE)) return null;
  const texts = [...found];
  const list = texts.map((text) => (text === null ? 'NULL' : quoteText(text))).join(', ');
  const computed = new Map<string, Column>();
  const source = `SELECT unnest([${list}]::VARCHAR[]) AS ${quoteName(expression.textField ?? '')}`;
  evaluateSql(database, source, [expression.sql], [{ rows: texts.length, computed }]);
  const column = computed.get(expression.sql);
  if (!column) throw new RangeError(`"${expression.sql}" was not evaluated`);
  for (const [index, text] of texts.entries()) values.set(text, cellAt(column, index));
  return values;
}

/** A column of the texts' values, row by row. */
function mapped(
  { codes, texts, validity }: TextColumn,
  rows: number,
  values: ReadonlyMap<string | null, Cell>,
): Column {
  const cells = [...texts, null].map((text) => values.get(text) ?? null);
  const used = validity === null ? cells.slice(0, -1) : cells;
  const places = validity === null ? codes : withNulls(codes, validity, rows, texts.length);
  const known = used.includes(null) ? validityOf(places, cells, rows) : null;
  if (used.some((cell) => typeof cell === 'string'))
    return { kind: 'text', codes: places, texts: cells.map((cell) => String(cell ?? '')), validity: known };
  if (used.some((cell) => typeof cell === 'bigint')) {
    const large = cells.map((cell) => BigInt(cell ?? 0));
    return {
      kind: 'bigint',
      values: BigInt64Array.from({ length: rows }, (_, row) => large[places[row] ?? 0] ?? 0n),
      validity: known,
    };
  }
  const numbers = Float64Array.from(cells, (cell) => Number(cell ?? 0));
  const found = new Float64Array(rows);
  for (let row = 0; row < rows; row++) found[row] = numbers[places[row] as number] as number;
  return { kind: 'number', values: found, validity: known };
}

/** Codes in which a row without a text has a code of its own. */
function withNulls(codes: ArrayLike<number>, validity: Uint8Array, rows: number, none: number): Int32Array {
  const places = new Int32Array(rows);
  for (let row = 0; row < rows; row++) places[row] = isValid(validity, row) ? (codes[row] as number) : none;
  return places;
}

function validityOf(places: ArrayLike<number>, cells: readonly Cell[], rows: number): Uint8Array {
  const validity = new Uint8Array(Math.ceil(rows / 8));
  for (let row = 0; row < rows; row++) if (cells[places[row] as number] !== null) setValid(validity, row);
  return validity;
}
