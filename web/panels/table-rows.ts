import type { Sort } from './kind-props.ts';

/** Anything a cell may hold, for sorting. */
export type Sortable = unknown;

/** Rows by one of their cells: numbers as numbers, else as texts; those without a value stand last either way. */
export function sortRows<Row>(
  rows: readonly Row[],
  cell: (row: Row) => Sortable,
  direction: Sort['direction'],
): readonly Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return [...rows].sort((a, b) => compare(cell(a), cell(b), sign));
}

function compare(a: Sortable, b: Sortable, sign: number): number {
  const [noA, noB] = [isNothing(a), isNothing(b)];
  if (noA || noB) return Number(noA) - Number(noB);
  if (typeof a === 'number' && typeof b === 'number') return sign * (a - b);
  if (typeof a === 'bigint' && typeof b === 'bigint') return sign * (a < b ? -1 : a > b ? 1 : 0);
  return sign * collator.compare(String(a), String(b));
}

const collator = new Intl.Collator(undefined, { numeric: true });

function isNothing(value: Sortable): boolean {
  return value === null || value === undefined || Number.isNaN(value);
}

/** How many of these stand side by side in so much room: two at least. */
export function fitting(widths: readonly number[], room: number): number {
  let left = room;
  const past = widths.findIndex((width) => {
    left -= width;
    return left < 0;
  });
  return past < 0 ? widths.length : Math.max(2, past);
}

/** What a click on a column's head sorts by: first the way that is read first, then the other, then as before. */
export function nextSort(now: Sort | null, by: string, isNumber: boolean): Sort | null {
  const first = isNumber ? 'descending' : 'ascending';
  if (now?.by !== by) return { by, direction: first };
  return now.direction === first ? { by, direction: first === 'ascending' ? 'descending' : 'ascending' } : null;
}
