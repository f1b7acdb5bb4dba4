import type { Expression, Select } from '../../contract/spec/select.ts';
import type { Accumulator } from '../panes/accumulator.ts';
import type { Cell } from '../panes/column.ts';
import { RELATIVE_ERROR } from '../panes/ddsketch.ts';
import { aggregatesOf, measureKey } from './aggregates.ts';

/** A select column as a function of a slot, over the states given. x / 0 is null, and null makes null. (W11) */
export function compileSelect(
  name: string,
  selects: readonly Select[],
  states: (key: string) => Accumulator,
): (slot: number) => Cell {
  const compile = (expression: Expression): ((slot: number) => Cell) => {
    switch (expression.kind) {
      case 'number':
        return () => expression.value;
      case 'name':
        return compileSelect(expression.name, without(selects, name), states);
      case 'aggregate': {
        const state = states(measureKey(expression.aggregate));
        const rank = expression.aggregate.rank ?? 0;
        return (slot) => state.value(slot, rank);
      }
      case 'binary': {
        const left = compile(expression.left);
        const right = compile(expression.right);
        return (slot) => arithmetic(expression.operator, left(slot), right(slot));
      }
    }
  };
  return compile(expressionOf(name, selects));
}

/** The value of a select column over no rows, as pictures show it: counts and sums are 0. */
export function emptyValue(name: string, selects: readonly Select[]): Cell {
  const evaluate = (expression: Expression): Cell => {
    switch (expression.kind) {
      case 'number':
        return expression.value;
      case 'name':
        return emptyValue(expression.name, without(selects, name));
      case 'aggregate':
        return ['count', 'count_if', 'count_distinct', 'sum'].includes(expression.aggregate.fn) ? 0 : null;
      case 'binary':
        return arithmetic(expression.operator, evaluate(expression.left), evaluate(expression.right));
    }
  };
  return evaluate(expressionOf(name, selects));
}

export function relativeErrorOf(name: string, selects: readonly Select[]): number {
  return aggregatesUnder(name, selects).some(({ fn }) => fn === 'quantile' || fn === 'median') ? RELATIVE_ERROR : 0;
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
