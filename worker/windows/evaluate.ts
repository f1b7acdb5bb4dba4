import type { Expression, Select } from '../../contract/spec/select.ts';
import type { Accumulator } from '../panes/accumulator.ts';
import type { Cell, ValueType } from '../panes/column.ts';
import { decimalScale } from '../panes/decimal.ts';
import { aggregatesOf, measureKey, rankOf } from './aggregates.ts';
import type { MeasurePlan } from './plan.ts';

/** What select columns are computed from. */
export interface Values {
  /** The state of a measure. */
  readonly state: (key: string) => Accumulator;
  /** Seconds of event time a slot stands for. */
  readonly seconds: (slot: number) => number;
  readonly measures: ReadonlyMap<string, MeasurePlan>;
}

/** A select column as a function of a slot. x / 0 is null, and null makes null. (W11) */
export function compileSelect(name: string, selects: readonly Select[], values: Values): (slot: number) => Cell {
  const expression = expressionOf(name, selects);
  // Alone, a decimal stays the exact integer it is kept as; in arithmetic it is a number.
  if (expression.kind === 'aggregate') {
    const state = values.state(measureKey(expression.aggregate));
    const rank = rankOf(expression.aggregate);
    return (slot) => state.value(slot, rank);
  }
  const compile = (part: Expression): ((slot: number) => Cell) => {
    switch (part.kind) {
      case 'number':
        return () => part.value;
      case 'seconds':
        return values.seconds;
      case 'name':
        return asNumber(
          compileSelect(part.name, without(selects, name), values),
          typeOfSelect(part.name, without(selects, name), values.measures),
        );
      case 'aggregate': {
        const key = measureKey(part.aggregate);
        const state = values.state(key);
        const rank = rankOf(part.aggregate);
        return asNumber((slot) => state.value(slot, rank), values.measures.get(key)?.type ?? 'float');
      }
      case 'binary': {
        const left = compile(part.left);
        const right = compile(part.right);
        return (slot) => arithmetic(part.operator, left(slot), right(slot));
      }
    }
  };
  return compile(expression);
}

/** The largest error bound of the states under a select column, as a function of a slot: 0 is exact. */
export function compileError(name: string, selects: readonly Select[], values: Values): (slot: number) => number {
  const parts = aggregatesUnder(name, selects).map((aggregate) => {
    const state = values.state(measureKey(aggregate));
    const rank = rankOf(aggregate);
    return (slot: number) => state.relativeError(slot, rank);
  });
  return (slot) => parts.reduce((most, error) => Math.max(most, error(slot)), 0);
}

/** What a select column yields: an aggregate its own type, anything computed a float. */
export function typeOfSelect(
  name: string,
  selects: readonly Select[],
  measures: ReadonlyMap<string, MeasurePlan>,
): ValueType {
  const expression = expressionOf(name, selects);
  if (expression.kind !== 'aggregate') return 'float';
  return measures.get(measureKey(expression.aggregate))?.type ?? 'float';
}

/** The value of a select column over no rows, as pictures show it: counts and sums are 0. */
export function emptyValue(name: string, selects: readonly Select[], seconds: number): Cell {
  const evaluate = (expression: Expression): Cell => {
    switch (expression.kind) {
      case 'number':
        return expression.value;
      case 'seconds':
        return seconds;
      case 'name':
        return emptyValue(expression.name, without(selects, name), seconds);
      case 'aggregate':
        return ['count', 'count_if', 'count_distinct', 'sum'].includes(expression.aggregate.fn) ? 0 : null;
      case 'binary':
        return arithmetic(expression.operator, evaluate(expression.left), evaluate(expression.right));
    }
  };
  return evaluate(expressionOf(name, selects));
}

/** Whether values of disjoint rows add up: a plain count or sum. */
export function isAdditive(name: string, selects: readonly Select[]): boolean {
  const expression = expressionOf(name, selects);
  return expression.kind === 'aggregate' && (expression.aggregate.fn === 'count' || expression.aggregate.fn === 'sum');
}

/** The aggregates a select column needs, through the names it uses. */
export function aggregatesUnder(name: string, selects: readonly Select[]): ReturnType<typeof aggregatesOf> {
  const expression = expressionOf(name, selects);
  return [
    ...aggregatesOf(expression),
    ...namesOf(expression).flatMap((other) => aggregatesUnder(other, without(selects, name))),
  ];
}

export function arithmetic(operator: '+' | '-' | '*' | '/', left: Cell, right: Cell): Cell {
  if (left === null || right === null || typeof left === 'string' || typeof right === 'string') return null;
  if ((typeof left === 'bigint' || typeof right === 'bigint') && operator !== '/') {
    const exact = exactly(operator, left, right);
    if (exact !== null) return exact;
  }
  const a = Number(left);
  const b = Number(right);
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? null : a / b;
  }
}

/** Integers of any size; null when one of the two is none. */
function exactly(operator: '+' | '-' | '*', left: number | bigint, right: number | bigint): bigint | null {
  if (!Number.isInteger(Number(left)) || !Number.isInteger(Number(right))) return null;
  const a = BigInt(left);
  const b = BigInt(right);
  return operator === '+' ? a + b : operator === '-' ? a - b : a * b;
}

function asNumber(value: (slot: number) => Cell, type: ValueType): (slot: number) => Cell {
  const scale = decimalScale(type);
  if (scale === null) return value;
  const unit = 10 ** scale;
  return (slot) => {
    const cell = value(slot);
    return cell === null || typeof cell === 'string' ? null : Number(cell) / unit;
  };
}

function namesOf(expression: Expression): string[] {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind === 'binary') return [...namesOf(expression.left), ...namesOf(expression.right)];
  return [];
}

function expressionOf(name: string, selects: readonly Select[]): Expression {
  const found = selects.find((select) => select.name === name);
  if (!found) throw new RangeError(`"${name}" is not a column here, or is made of itself`);
  return found.expression;
}

/** A name cannot be made of itself: what it refers to is looked up among the others. */
function without(selects: readonly Select[], name: string): readonly Select[] {
  return selects.filter((select) => select.name !== name);
}
