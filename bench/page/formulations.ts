import { ACTIONS } from './events.ts';
import type { Formulation } from './perspective.ts';
import type { Picture } from './truth.ts';

const SPLIT = { lead: 1, rowsPerWindow: 1, prepared: false, fresh: false };
const TWO_LEVELS = { lead: 1, rowsPerWindow: 1 + ACTIONS.length, prepared: false, fresh: false };
const LEAVES = { lead: 0, rowsPerWindow: ACTIONS.length, prepared: false, fresh: false };

/** `bucket` on a time, and the same second by arithmetic, which Perspective computes faster. */
const bucket = { expressions: { window: `bucket("_event_time", 's')` } };
const divided = { expressions: { window: 'integer(float("_event_time") / 1000)' } };
const count = { columns: ['price'], aggregates: { price: 'count' } };
const ones = { columns: ['one'], aggregates: { one: 'sum' } };
const flat = { group_rollup_mode: 'flat' } as const;

/** Events per 1 s window and action, in every way found to say it. */
export const WINDOW_FORMULATIONS: readonly Formulation[] = [
  {
    ...SPLIT,
    name: 'split_by action, bucket()',
    config: { ...bucket, ...count, group_by: ['window'], split_by: ['action'] },
  },
  {
    ...TWO_LEVELS,
    name: 'two group levels, bucket()',
    config: { ...bucket, ...count, group_by: ['window', 'action'] },
  },
  {
    ...LEAVES,
    name: 'two group levels without totals, bucket()',
    config: { ...bucket, ...count, ...flat, group_by: ['window', 'action'] },
  },
  {
    ...SPLIT,
    lead: 0,
    name: 'split_by action without totals, second by arithmetic',
    config: { ...divided, ...count, ...flat, group_by: ['window'], split_by: ['action'] },
  },
  {
    ...LEAVES,
    name: 'two group levels without totals, second by arithmetic',
    config: { ...divided, ...count, ...flat, group_by: ['window', 'action'] },
  },
  {
    ...SPLIT,
    prepared: true,
    name: 'split_by action, ready second, sum of ones',
    config: { ...ones, group_by: ['second'], split_by: ['action'] },
  },
  {
    ...LEAVES,
    prepared: true,
    name: 'two group levels without totals, ready second, count',
    config: { ...count, ...flat, group_by: ['second', 'action'] },
  },
  {
    ...LEAVES,
    prepared: true,
    name: 'two group levels without totals, ready second, sum of ones',
    config: { ...ones, ...flat, group_by: ['second', 'action'] },
  },
  {
    ...LEAVES,
    prepared: true,
    name: 'windows: running count by ready second and action, its maximum',
    config: {
      windows: {
        running: { column: 'one', aggregate: 'count', partition_by: ['second', 'action'], cumulative: true },
      },
      columns: ['running'],
      aggregates: { running: 'max' },
      ...flat,
      group_by: ['second', 'action'],
    },
  },
  {
    ...LEAVES,
    prepared: true,
    fresh: true,
    name: 'view built anew each tick, ready second, sum of ones',
    config: { ...ones, ...flat, group_by: ['second', 'action'] },
  },
];

const revenue = { columns: ['price'], aggregates: { price: 'sum' } };

/** Revenue per action over everything. Here `skip` is 0, so the rows per window do not matter. */
export const GROUP_FORMULATIONS: readonly Formulation[] = [
  { ...SPLIT, lead: 0, name: 'group by action', config: { ...revenue, group_by: ['action'] } },
  { ...LEAVES, name: 'group by action, no total', config: { ...revenue, ...flat, group_by: ['action'] } },
  {
    ...LEAVES,
    name: 'split by action, one total',
    config: { ...revenue, split_by: ['action'], group_rollup_mode: 'total' },
  },
  {
    ...LEAVES,
    fresh: true,
    name: 'group by action, no total, the view built anew each tick',
    config: { ...revenue, ...flat, group_by: ['action'] },
  },
];

/** Reads a time-window view, split or two-level, back into the form all sides are checked in. */
export function windowsOf(columns: Record<string, unknown[]>): Picture {
  const picture = new Map<number, number[]>();
  const row = (time: number): number[] => {
    const second = time > 1e11 ? time / 1000 : time;
    const found = picture.get(second) ?? ACTIONS.map(() => 0);
    picture.set(second, found);
    return found;
  };
  const paths = columns.__ROW_PATH__ as (number | string)[][];
  for (const [name, values] of Object.entries(columns)) {
    if (name === '__ROW_PATH__') continue;
    const split = ACTIONS.findIndex((action) => name.startsWith(`${action}|`));
    for (const [index, path] of paths.entries()) {
      const action = split >= 0 ? split : (ACTIONS as readonly unknown[]).indexOf(path[1]);
      if (path.length > 0 && action >= 0) row(Number(path[0]))[action] = Number(values[index] ?? 0);
    }
  }
  return picture;
}

/** Reads a view of revenue per action, rows or split. */
export function revenueOf(columns: Record<string, unknown[]>): number[] {
  const paths = (columns.__ROW_PATH__ ?? []) as string[][];
  return ACTIONS.map((action) => {
    const split = columns[`${action}|price`];
    const values = split ?? columns.price ?? [];
    return Number(values[split ? 0 : paths.findIndex((path) => path[0] === action)]);
  });
}
