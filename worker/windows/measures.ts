import type { Aggregate } from '../../contract/spec/select.ts';
import type { Accumulator } from '../panes/accumulator.ts';
import { ArgExtreme } from '../panes/arg-extreme.ts';
import type { ValueType } from '../panes/column.ts';
import { Count } from '../panes/count.ts';
import { DdSketch } from '../panes/ddsketch.ts';
import { decimalScale, unitOf } from '../panes/decimal.ts';
import { Distinct } from '../panes/distinct.ts';
import { Extreme } from '../panes/extreme.ts';
import { FirstLast } from '../panes/first-last.ts';
import { Moments } from '../panes/moments.ts';
import { Sum } from '../panes/sum.ts';
import { TopK } from '../panes/top-k.ts';
import { typeWords } from './type-words.ts';

/** How an aggregate is kept, and the type of its value. */
export interface AccumulatorPlan {
  readonly make: () => Accumulator;
  readonly type: ValueType;
}

/**
 * How an aggregate over an argument of this type is kept; `byType` is the type of the second argument of arg_min and
 * arg_max, null for others. Throws an Error in words when the argument does not suit the aggregate.
 */
export function makeAccumulator(
  { fn }: Pick<Aggregate, 'fn'>,
  argumentType: ValueType | null,
  byType: ValueType | null,
): AccumulatorPlan {
  if (fn === 'count' || fn === 'count_if') return { make: () => new Count(), type: 'integer' };
  if (argumentType === null) throw new Error(`${fn} needs an argument`);
  const type = argumentType;
  const unit = unitOf(type);
  switch (fn) {
    case 'sum':
      return sum(numeric(fn, type));
    case 'avg': {
      const integer = numeric(fn, type) !== 'float';
      return { make: () => new Sum({ integer, mean: true, unit }), type: 'float' };
    }
    case 'variance':
    case 'stddev':
    case 'var_pop':
    case 'stddev_pop': {
      numeric(fn, type);
      const options = { population: fn.endsWith('_pop'), deviation: fn.startsWith('stddev'), unit };
      return { make: () => new Moments(options), type: 'float' };
    }
    case 'quantile':
    case 'median':
      numeric(fn, type);
      return { make: () => new DdSketch(unit), type: 'float' };
    case 'min':
    case 'max':
      return { make: () => new Extreme(fn === 'max' ? 1 : -1), type };
    case 'first':
    case 'last':
      return { make: () => new FirstLast(fn === 'last' ? 1 : -1), type };
    case 'arg_min':
    case 'arg_max':
      if (byType === null) throw new Error(`${fn} needs a second argument, what is least or greatest`);
      return { make: () => new ArgExtreme(fn === 'arg_max' ? 1 : -1), type };
    case 'count_distinct':
      return { make: () => new Distinct(), type: 'integer' };
    case 'top_k':
      return { make: () => new TopK(type), type: 'text' };
  }
}

function sum(type: ValueType): AccumulatorPlan {
  const integer = type !== 'float';
  const result = integer && decimalScale(type) === null ? 'integer' : type;
  return { make: () => new Sum({ integer, mean: false, unit: 1 }), type: result };
}

function numeric(fn: string, type: ValueType): ValueType {
  if (type === 'text' || type === 'timestamp')
    throw new Error(`${fn} needs a number, and its argument is ${typeWords(type)}`);
  return type;
}
