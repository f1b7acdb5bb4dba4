import type { GroupsPicture, PanelRequest } from '../../contract/worker-api.ts';
import type { Cell, ValueType } from '../panes/column.ts';
import { decimalScale } from '../panes/decimal.ts';
import { OTHER_TEXT } from '../panes/group-keys.ts';
import { compileError, compileSelect, typeOfSelect } from './evaluate.ts';
import { firstOf } from './first-of.ts';
import { foldOver } from './folded.ts';
import { groupingFor, type KeptWindow, labelOf } from './kept-window.ts';
import { byGroup, byIndexes } from './places.ts';
import type { Stretch } from './stretch.ts';

type GroupsRequest = Extract<PanelRequest, { kind: 'groups' }>;
type Shown = string | number | null;

/** Several measures of each group, their states merged over event time. */
export function groupsPicture(kept: KeptWindow, request: GroupsRequest, stretch: Stretch | null): GroupsPicture {
  const { window, measures: plans, byTypes } = kept.plan;
  const sorted = sortOf(kept, request);
  // It may be sorted by what it does not show.
  const measures = [...new Set([...request.measures, ...(sorted.measure === null ? [] : [sorted.measure])])];
  const grouping = groupingFor(kept, request.by);
  const { rows } = grouping;
  const by = byIndexes(kept, request.by);
  const { places, count, values } = foldOver(kept, grouping, by, measures, request.over, stretch);
  const types = measures.map((name) => typeOfSelect(name, window.select, plans));
  const valueAt = measures.map((name) => compileSelect(name, window.select, values));
  const errors = measures.map((name) => compileError(name, window.select, values));
  const keyTypes = by.map((index) => byTypes[index] ?? 'text');

  const groupOrder = (left: number, right: number): number => {
    for (let at = 0; at < by.length; at++) {
      const order = byGroup(places.cells(left)[at] ?? null, places.cells(right)[at] ?? null);
      if (order !== 0) return order;
    }
    return left - right;
  };
  const place = sorted.measure === null ? -1 : measures.indexOf(sorted.measure);
  const sortValues =
    place < 0
      ? Array.from({ length: count }, (_, group) => places.cells(group)[sorted.column] ?? null)
      : Array.from({ length: count }, (_, group) => valueAt[place]?.(group) ?? null);
  const order = firstOf(
    count,
    request.top,
    (left, right) =>
      inOrder(sortValues[left] ?? null, sortValues[right] ?? null, sorted.sign) || groupOrder(left, right),
  );
  let relativeError = 0;
  const shown = order.map((group) => {
    for (let at = 0; at < request.measures.length; at++)
      relativeError = Math.max(relativeError, errors[at]?.(group) ?? 0);
    const cells = places.cells(group);
    return {
      cells: [
        ...keyTypes.map((type, at) => groupCell(cells[at] ?? null, type)),
        ...request.measures.map((_, at) => measureCell(valueAt[at]?.(group) ?? null, types[at] ?? 'float')),
      ],
    };
  });
  return {
    windowSizeUs: finite(rows.sizeUs),
    stepUs: finite(rows.stepUs),
    columns: [
      ...request.by.map((name, at) => ({ name, role: 'group' as const, isNumber: isNumber(keyTypes[at]) })),
      ...request.measures.map((name, at) => ({ name, role: 'measure' as const, isNumber: isNumber(types[at]) })),
    ],
    rows: shown,
    restGroups: count - shown.length,
    relativeError,
    keptFromUs: rows.keptFromUs,
  };
}

interface Sorted {
  /** Null: by a group's own value of the by-column at `column`. */
  readonly measure: string | null;
  readonly column: number;
  readonly sign: 1 | -1;
}

function sortOf({ plan }: KeptWindow, { sort, by, measures }: GroupsRequest): Sorted {
  const [first] = measures;
  if (sort === null) return first === undefined ? { measure: null, column: 0, sign: 1 } : ofMeasure(first, -1);
  const sign = sort.direction === 'ascending' ? 1 : -1;
  const column = by.indexOf(sort.by);
  if (column >= 0) return { measure: null, column, sign };
  if (plan.window.select.some(({ name }) => name === sort.by)) return ofMeasure(sort.by, sign);
  const known = [...by, ...plan.window.select.map(({ name }) => name)].join(', ');
  throw new RangeError(`"${sort.by}" is not a column to sort by: ${known}`);
}

function ofMeasure(measure: string, sign: 1 | -1): Sorted {
  return { measure, column: -1, sign };
}

/** Whichever way it is sorted, what has no value comes last, and `(other)` before it. */
function inOrder(left: Cell, right: Cell, sign: number): number {
  const lastOf = (cell: Cell) => (cell === null || Number.isNaN(cell) ? 2 : cell === OTHER_TEXT ? 1 : 0);
  const last = lastOf(left) - lastOf(right);
  if (last !== 0 || left === null || right === null || left === right) return last;
  if (lastOf(left) > 0) return 0;
  return (left < right ? -1 : 1) * sign;
}

/** Numbers as far as they are exact; all else as the text pictures show. */
function groupCell(cell: Cell, type: ValueType): Shown {
  return cell === OTHER_TEXT || typeof cell === 'bigint' ? labelOf(cell, type) : measureCell(cell, type);
}

/** A number, or the text pictures show. */
export function measureCell(cell: Cell, type: ValueType): Shown {
  if (cell === null) return null;
  return isNumber(type) ? Number(cell) / 10 ** (decimalScale(type) ?? 0) : labelOf(cell, type);
}

function isNumber(type: ValueType | undefined): boolean {
  return type !== undefined && type !== 'text' && type !== 'boolean' && type !== 'timestamp';
}

function finite(us: number): number {
  return Number.isFinite(us) ? us : 0;
}
