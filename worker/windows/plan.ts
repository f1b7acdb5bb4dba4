import { parseWindow, type Window, type WindowSpec } from '../../contract/spec/window.ts';
import type { WindowProblem } from '../engine.ts';
import type { Accumulator } from '../panes/accumulator.ts';
import type { ValueType } from '../panes/column.ts';
import type { TableShape } from '../panes/row-filter.ts';
import type { SessionShape } from '../panes/session-table.ts';
import type { Measure } from '../panes/slots.ts';
import { errorText } from '../store/error-text.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder } from './evaluate.ts';
import type { RowExpression } from './expressions.ts';
import { type Grid, gridOf } from './grid.ts';
import { makeAccumulator } from './measures.ts';
import { typeWords } from './type-words.ts';

/** A window ready to be kept: its grid (null: sessions), the tables it reads, its measures by key, its by-columns' types. */
export interface WindowPlan {
  readonly name: string;
  readonly window: Window;
  readonly grid: Grid | null;
  /** One for each grouping set. */
  readonly groupings: readonly GroupingPlan[];
  readonly measures: ReadonlyMap<string, MeasurePlan>;
  readonly byTypes: readonly ValueType[];
}

export interface GroupingPlan {
  readonly columns: readonly number[];
  readonly shape: TableShape;
  /** Set for sessions. */
  readonly session: SessionShape | null;
}

export interface MeasurePlan {
  readonly argument: string | null;
  readonly argumentType: ValueType;
  readonly by: string | null;
  readonly filter: string | null;
  readonly make: () => Accumulator;
  readonly type: ValueType;
}

/** Plans a window; `resolve` gives an expression's type and throws when it is not one. */
export function planWindow(
  name: string,
  spec: WindowSpec,
  resolve: (text: string) => RowExpression,
): { plan: WindowPlan } | { problem: WindowProblem } {
  const parsed = parseWindow(spec);
  if ('problems' in parsed) {
    const [first] = parsed.problems;
    return problem(name, `${first?.path.join('.')}: found "${first?.found}"`, `expected ${first?.expected}`);
  }
  const { window } = parsed;
  let at = 'by';
  try {
    const byTypes = window.by.map(({ expression }) => resolve(expression).type);
    at = 'where';
    if (window.where !== null) condition(resolve(window.where));
    at = 'dedup';
    for (const expression of window.dedup?.by ?? []) resolve(expression);
    at = 'window';
    const gap = window.shape.kind === 'session' ? gapOf(window.shape.gapExpression, resolve) : null;
    const grid = window.shape.kind === 'session' ? null : gridOf(window.shape);
    const measures = new Map<string, MeasurePlan>();
    for (const select of window.select) {
      at = `select.${select.name}`;
      for (const aggregate of aggregatesUnder(select.name, window.select)) {
        const { argument, by, filter } = aggregate;
        if (filter !== null) condition(resolve(filter));
        const argumentType = argument === null ? 'integer' : resolve(argument).type;
        const made = makeAccumulator(aggregate, argumentType, by === null ? null : resolve(by).type);
        measures.set(measureKey(aggregate), { argument, argumentType, by, filter, ...made });
      }
    }
    const groupings = window.groupings.map((columns): GroupingPlan => {
      const by = columns.map((index) => window.by[index]?.expression ?? '');
      const shape = { stream: window.from, by, where: window.where, dedup: window.dedup };
      if (window.shape.kind !== 'session') return { columns, shape, session: null };
      const session = {
        ...shape,
        gapUs: window.shape.gapUs,
        gapExpression: gap,
        allowUs: window.allowUs,
        judgedAlone: window.judgedAlone,
      };
      return { columns, shape, session };
    });
    return { plan: { name, window, grid, groupings, measures, byTypes } };
  } catch (error) {
    return problem(
      name,
      `${at}: ${errorText(error)}`,
      `Correct ${at} of window ${name}; it is SQL over one row of ${window.from}.`,
    );
  }
}

/** Tables of equal keys are fed alike. */
export function tableKey({ shape, session }: GroupingPlan): string {
  const { stream, by, where, dedup } = shape;
  const own = session && [session.gapUs, session.gapExpression, session.allowUs, session.judgedAlone];
  return JSON.stringify([stream, by, where, dedup?.by ?? null, dedup?.withinUs ?? null, own]);
}

export function makeMeasures(plans: ReadonlyMap<string, MeasurePlan>): Map<string, Measure> {
  return new Map(
    [...plans].map(([key, { argument, by, filter, make }]) => [key, { argument, by, filter, state: make() }] as const),
  );
}

/** The gap as SQL that yields µs; null: it is fixed. */
function gapOf(expression: string | null, resolve: (text: string) => RowExpression): string | null {
  if (expression === null) return null;
  const { type } = resolve(expression);
  if (type !== 'text') throw new Error(`a gap is an interval or a text such as '10s', and this is ${typeWords(type)}`);
  const text = `epoch_us(CAST((${expression}) AS INTERVAL))`;
  resolve(text);
  return text;
}

function condition({ type }: RowExpression): void {
  if (type !== 'boolean') throw new Error(`a condition is true or false, and this is ${typeWords(type)}`);
}

function problem(window: string, message: string, fix: string): { problem: WindowProblem } {
  return { problem: { window, message, fix } };
}
