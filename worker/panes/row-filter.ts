import { type Block, type Column, cellAt } from './column.ts';
import type { Dedup, SeenKeys } from './seen-keys.ts';

/** Which rows of a stream a table is about; tables of equal shapes are fed alike. */
export interface TableShape {
  readonly stream: string;
  /** Expressions, as `Block.column` knows them. */
  readonly by: readonly string[];
  readonly where: string | null;
  readonly dedup: Dedup | null;
}

/** What became of rows, one byte each; a row may be both, of different windows. */
export const TAKEN = 1;
export const TOO_LATE = 2;

/** Refused by a window, and taken by none. */
export function isTooLate(mark: number): boolean {
  return mark === TOO_LATE;
}

/** −1: not a row of this table. 0: it is. 1: it is, and too late to be told from a duplicate. */
export type Verdict = -1 | 0 | 1;

/** The condition, then the deduplication, as a function of a row; null: all rows pass. */
export function rowFilter(
  block: Block,
  { where }: TableShape,
  seen: SeenKeys | null,
  watermarkUs: number | null,
): ((row: number) => Verdict) | null {
  const holds = where === null ? null : truth(block.column(where));
  if (seen === null) return holds === null ? null : (row) => (holds(row) ? 0 : -1);
  const judge = seen.judge(block, watermarkUs);
  return (row) => {
    if (holds !== null && !holds(row)) return -1;
    const verdict = judge(row);
    return verdict === 'new' ? 0 : verdict === 'duplicate' ? -1 : 1;
  };
}

/** Whether a condition holds for a row: null is not true. */
export function truth(column: Column): (row: number) => boolean {
  if (column.kind === 'number' && column.validity === null) return (row) => column.values[row] === 1;
  return (row) => cellAt(column, row) === 1;
}
