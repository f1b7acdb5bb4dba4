import { type Accessor, createMemo } from 'solid-js';
import type { Filter } from '../../contract/worker-api.ts';
import { useBoard } from './board-context.ts';

/** How pictures show events without a value, and events whose value is an empty text. */
export const NO_VALUE = '∅';

/** A key as people read it. */
export function keyText(key: string): string {
  if (key === NO_VALUE) return '(none)';
  return key === '' ? '(empty)' : key;
}

/** A value of a column, as a filter names it. */
export function keyValue(key: string): string | null {
  return key === NO_VALUE ? null : key;
}

/** What is chosen of a column on the whole board. */
export interface Choice {
  /** Something of the column is chosen. */
  readonly any: boolean;
  readonly has: (key: string) => boolean;
}

export function chosenOf(filters: readonly Filter[], column: string | undefined): Choice {
  const own = filters.filter((filter) => filter.column === column);
  const holds = (key: string) => own.every(({ values, not }) => values.includes(keyValue(key)) !== not);
  return { any: own.length > 0, has: (key) => own.length > 0 && holds(key) };
}

/** What is chosen of a panel's column, and how to choose: a value chosen once is shown by every panel that has the column. */
export function useChoice(column: Accessor<string | undefined>) {
  const board = useBoard();
  const chosen = createMemo(() => chosenOf(board.filters(), column()));
  return {
    chosen: (key: string) => chosen().has(key),
    muted: (key: string) => chosen().any && !chosen().has(key),
    choose: (key: string) => {
      const name = column();
      if (name !== undefined) board.choose(name, keyValue(key));
    },
  };
}
