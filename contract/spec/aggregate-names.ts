/** The words of the select language: what each takes, and an example for messages. */
export const FUNCTIONS = {
  count: { least: 0, most: 1, example: 'count() or count(x)' },
  count_if: { least: 1, most: 1, example: "count_if(action = 'buy')" },
  sum: { least: 1, most: 1, example: 'sum(x)' },
  avg: { least: 1, most: 1, example: 'avg(x)' },
  min: { least: 1, most: 1, example: 'min(x)' },
  max: { least: 1, most: 1, example: 'max(x)' },
  variance: { least: 1, most: 1, example: 'variance(x)' },
  var_samp: { least: 1, most: 1, example: 'var_samp(x)' },
  var_pop: { least: 1, most: 1, example: 'var_pop(x)' },
  stddev: { least: 1, most: 1, example: 'stddev(x)' },
  stddev_samp: { least: 1, most: 1, example: 'stddev_samp(x)' },
  stddev_pop: { least: 1, most: 1, example: 'stddev_pop(x)' },
  first: { least: 1, most: 1, example: 'first(x)' },
  last: { least: 1, most: 1, example: 'last(x)' },
  arg_min: { least: 2, most: 2, example: 'arg_min(name, price)' },
  arg_max: { least: 2, most: 2, example: 'arg_max(name, price)' },
  count_distinct: { least: 1, most: 1, example: 'count_distinct(x)' },
  quantile: { least: 2, most: 2, example: 'quantile(x, 0.95)' },
  median: { least: 1, most: 1, example: 'median(x)' },
  top_k: { least: 2, most: 2, example: 'top_k(x, 10)' },
  ratio: { least: 1, most: 1, example: "ratio(action = 'buy')" },
  rate: { least: 0, most: 1, example: 'rate() or rate(x)' },
} as const;
export type FunctionName = keyof typeof FUNCTIONS;
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];

/** Aggregates that are left once a select is parsed: others are written with these. */
export type AggregateName = Exclude<FunctionName, 'var_samp' | 'stddev_samp' | 'ratio' | 'rate'>;
