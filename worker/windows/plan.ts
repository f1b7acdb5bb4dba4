import type { Aggregate } from '../../contract/spec/select.ts';
import { parseWindow, type Window, type WindowSpec } from '../../contract/spec/window.ts';
import type { WindowProblem } from '../engine.ts';
import type { Accumulator } from '../panes/accumulator.ts';
import type { ValueType } from '../panes/column.ts';
import { Count } from '../panes/count.ts';
import { DdSketch } from '../panes/ddsketch.ts';
import { Distinct } from '../panes/distinct.ts';
import { Extreme } from '../panes/extreme.ts';
import { FirstLast } from '../panes/first-last.ts';
import type { Measure, PaneShape } from '../panes/pane-table.ts';
import { Sum } from '../panes/sum.ts';
import { errorText } from '../store/error-text.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder } from './evaluate.ts';
import type { RowExpression } from './expressions.ts';

/** A window ready to be kept: the shape of its panes, its measures by key, and its by-columns' types. */
export interface WindowPlan {
  readonly name: string;
  readonly window: Window;
  readonly shape: PaneShape;
  readonly measures: ReadonlyMap<string, MeasurePlan>;
  readonly byTypes: readonly ValueType[];
}

export interface MeasurePlan {
  readonly argument: string | null;
  readonly filter: string | null;
  readonly make: () => Accumulator;
  readonly type: ValueType;
}

export function shapeKey(shape: PaneShape): string {
  return JSON.stringify([shape.stream, shape.sizeUs, shape.offsetUs, shape.allowUs, shape.by, shape.where]);
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
  const measures = new Map<string, MeasurePlan>();
  let at = 'by';
  try {
    const byTypes = window.by.map((text) => resolve(text).type);
    at = 'where';
    if (window.where !== null) condition(resolve(window.where));
    for (const select of window.select) {
      at = `select.${select.name}`;
      for (const aggregate of aggregatesUnder(select.name, window.select)) {
        if (aggregate.filter !== null) condition(resolve(aggregate.filter));
        const type = aggregate.argument === null ? 'integer' : resolve(aggregate.argument).type;
        measures.set(measureKey(aggregate), measurePlan(aggregate, type));
      }
    }
    const shape: PaneShape = {
      stream: window.from,
      sizeUs: window.sizeUs,
      offsetUs: window.offsetUs,
      allowUs: window.allowUs,
      by: window.by,
      where: window.where,
    };
    return { plan: { name, window, shape, measures, byTypes } };
  } catch (error) {
    const reason = errorText(error);
    return problem(
      name,
      `${at}: ${reason}`,
      `Correct ${at} of window ${name}; it is SQL over one row of ${window.from}.`,
    );
  }
}

export function makeMeasures(plans: ReadonlyMap<string, MeasurePlan>): Map<string, Measure> {
  return new Map(
    [...plans].map(([key, { argument, filter, make }]) => [key, { argument, filter, state: make() }] as const),
  );
}

function measurePlan({ fn, argument, filter }: Aggregate, type: ValueType): MeasurePlan {
  const plan = (make: () => Accumulator, result: ValueType): MeasurePlan => ({ argument, filter, make, type: result });
  switch (fn) {
    case 'sum':
      numeric(fn, type);
      return plan(() => new Sum(type !== 'float', false), type === 'float' ? 'float' : 'integer');
    case 'avg':
      numeric(fn, type);
      return plan(() => new Sum(type !== 'float', true), 'float');
    case 'min':
    case 'max':
      return plan(() => new Extreme(fn === 'max' ? 1 : -1), type);
    case 'first':
    case 'last':
      return plan(() => new FirstLast(fn === 'last' ? 1 : -1), type);
    case 'count_distinct':
      return plan(() => new Distinct(), 'integer');
    case 'quantile':
    case 'median':
      numeric(fn, type);
      return plan(() => new DdSketch(), 'float');
    case 'count':
    case 'count_if':
      return plan(() => new Count(), 'integer');
  }
}

function numeric(fn: string, type: ValueType): void {
  if (type === 'text' || type === 'timestamp') throw new Error(`${fn} needs a number, and its argument is a ${type}`);
}

function condition({ type }: RowExpression): void {
  if (type !== 'boolean') throw new Error(`a condition is true or false, and this is a ${type}`);
}

function problem(window: string, message: string, fix: string): { problem: WindowProblem } {
  return { problem: { window, message, fix } };
}
