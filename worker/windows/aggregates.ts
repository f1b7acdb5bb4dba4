import type { Aggregate, Expression } from '../../contract/spec/select.ts';

/** Identity of an aggregate's state: quantiles of one argument share a sketch. */
export function measureKey({ fn, argument, filter }: Aggregate): string {
  return JSON.stringify([fn, argument, filter]);
}

/** The aggregates written in an expression. */
export function aggregatesOf(expression: Expression): Aggregate[] {
  if (expression.kind === 'aggregate') return [expression.aggregate];
  if (expression.kind === 'binary') return [...aggregatesOf(expression.left), ...aggregatesOf(expression.right)];
  return [];
}
