import type { Filter } from '../../contract/worker-api.ts';
import type { Cell, ValueType } from '../panes/column.ts';
import { labelOf } from '../windows/kept-window.ts';

/** Whether a value is asked for, by the text pictures show. */
export function filterTest({ values, not }: Filter, type: ValueType | undefined): (cell: Cell) => boolean {
  const wanted = new Set(values);
  return (cell) => wanted.has(cell === null ? null : labelOf(cell, type)) !== not;
}
