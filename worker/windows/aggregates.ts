import type { Aggregate, Expression } from '../../contract/spec/select.ts';

/** Identity of an aggregate's state: quantiles of one argument share a sketch, whatever their ranks. */
export function measureKey({ fn, argument, by, filter, k }: Aggregate): string {
  return JSON.stringify([fn, argument, by, filter, k]);
}

/** What an aggregate's state is asked with: a rank, or how many. */
export function rankOf({ rank, k }: Aggregate): number {
  return rank ?? k ?? 0;
}

/** The aggregates written in an expression. */
export function aggregatesOf(expression: Expression): Aggregate[] {
  if (expression.kind === 'aggregate') return [expression.aggregate];
  if (expression.kind === 'binary') return [...aggregatesOf(expression.left), ...aggregatesOf(expression.right)];
  return [];
}
