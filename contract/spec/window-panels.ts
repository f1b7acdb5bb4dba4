import type { StreamSchema } from '../protocol/down.ts';
import type { Field } from './field.ts';
import type { BarlistPanel, StatPanel, TimeseriesPanel } from './panel.ts';
import type { Expression, Select } from './select.ts';
import { unquotedName } from './sql-text.ts';
import { parseWindow, type Window, type WindowSpec } from './window.ts';

/** A panel before it has its place on a board. */
export type Placed = Omit<TimeseriesPanel, 'w' | 'h'> | Omit<BarlistPanel, 'w' | 'h'> | Omit<StatPanel, 'w' | 'h'>;

/** Numbers of one window that get a picture each. */
const MAX_NUMBERS = 2;

/**
 * Pictures of a window nobody has made a board for: over time, of its first numbers, a line for each value of its first
 * by-column; of a global one bars by that column, or the number itself.
 */
export function windowPanels(name: string, spec: WindowSpec, { fields }: Pick<StreamSchema, 'fields'>): Placed[] {
  const parsed = parseWindow(spec);
  if (!('window' in parsed)) return [];
  const { window } = parsed;
  const numbers = window.select.filter(({ expression }) => isNumber(expression, window.select, fields));
  const shown = (numbers.length > 0 ? numbers : window.select).slice(0, MAX_NUMBERS);
  return shown.map((column) => panelOf(name, window, column, fields));
}

function panelOf(name: string, { shape, by }: Window, column: Select, fields: readonly Field[]): Placed {
  const [group] = by;
  const unit = unitOf(column.expression, fields);
  const common = {
    title: `${name}: ${column.name}${group === undefined ? '' : ` by ${group.name}`}`,
    window: name,
    ...(unit !== null && { unit }),
  };
  if (shape.kind !== 'global') {
    const stack = group !== undefined && shape.kind === 'tumble' && isSum(column.expression);
    const series = group === undefined ? {} : { series: group.name };
    return { kind: 'timeseries', ...common, y: [column.name], ...series, draw: stack ? 'area' : 'line', stack };
  }
  if (group === undefined) return { kind: 'stat', ...common, value: column.name, sparkline: false };
  return { kind: 'barlist', ...common, value: column.name, label: group.name, top: 20, sort: 'descending' };
}

/** Aggregates that are of the kind of their argument. */
const SAME_KIND = new Set(['min', 'max', 'first', 'last', 'arg_min', 'arg_max']);

function isNumber(expression: Expression, select: readonly Select[], fields: readonly Field[]): boolean {
  switch (expression.kind) {
    case 'name': {
      const named = select.find(({ name }) => name === expression.name);
      return named === undefined || isNumber(named.expression, select, fields);
    }
    case 'aggregate': {
      const { fn, argument } = expression.aggregate;
      if (fn === 'top_k') return false;
      const type = fieldOf(argument, fields)?.type;
      return !SAME_KIND.has(fn) || type === 'int64' || type === 'float64';
    }
    default:
      return true;
  }
}

/** Do its values of several groups add up to that of all? */
function isSum(expression: Expression): boolean {
  return expression.kind === 'aggregate' && ['count', 'count_if', 'sum'].includes(expression.aggregate.fn);
}

/** The unit of what is aggregated, where the aggregate has the same. */
function unitOf(expression: Expression, fields: readonly Field[]): string | null {
  if (expression.kind !== 'aggregate') return null;
  const { fn, argument } = expression.aggregate;
  const keeps = SAME_KIND.has(fn) || ['sum', 'avg', 'quantile', 'median', 'stddev', 'stddev_pop'].includes(fn);
  return keeps ? (fieldOf(argument, fields)?.unit ?? null) : null;
}

function fieldOf(sql: string | null, fields: readonly Field[]): Field | undefined {
  if (sql === null) return undefined;
  const name = (unquotedName(sql) ?? sql).toLowerCase();
  return fields.find((field) => field.name.toLowerCase() === name);
}
