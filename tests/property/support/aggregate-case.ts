import fc from 'fast-check';
import { CONDITIONS, tried } from './conditions.ts';

/** How a column's values are compared. */
export type ColumnKind = 'text' | 'int' | 'float' | 'bool' | 'time' | 'decimal' | 'deviation' | 'sketch' | 'top';

/** A select column, as a user writes it and as SQL says it. */
export interface SelectCase {
  readonly name: string;
  readonly text: string;
  readonly sql: string;
  readonly kind: ColumnKind;
  /** SQL of the size of what was added up, for floats: their order shows in the last digits of that. */
  readonly scale: string | null;
  /** How many, of top_k. */
  readonly k: number | null;
}

interface Argument {
  readonly sql: string;
  readonly kind: 'text' | 'int' | 'float' | 'bool' | 'time' | 'decimal';
  /** Finite, or an integer. */
  readonly isTame: boolean;
}

const ARGUMENTS: readonly Argument[] = [
  { sql: 't', kind: 'text', isTame: false },
  { sql: 'i', kind: 'int', isTame: true },
  { sql: 'f', kind: 'float', isTame: false },
  { sql: 'g', kind: 'float', isTame: true },
  { sql: 'b', kind: 'bool', isTame: false },
  { sql: 'seen', kind: 'time', isTame: false },
  { sql: 'id', kind: 'int', isTame: true },
  { sql: 'g * 2 + 1', kind: 'float', isTame: true },
  { sql: 'CAST(g AS DECIMAL(18, 2))', kind: 'decimal', isTame: true },
  { sql: 'CAST(t AS INTEGER)', kind: 'int', isTame: true },
  { sql: 'lower(t)', kind: 'text', isTame: false },
];
const NUMBERS = ARGUMENTS.filter(({ kind }) => ['int', 'float', 'decimal'].includes(kind));
const TAME = ARGUMENTS.filter(({ isTame }) => isTame);

/** Rows of one time are told apart by partition and offset. */
const ORDER = 'ts, _partition, _offset';
const one = (all: readonly Argument[]) => fc.constantFrom(...all);
const condition = fc.constantFrom(...CONDITIONS);
const filterOf = fc.option(condition, { freq: 3 });

type Made = Omit<SelectCase, 'name' | 'k'> & { readonly k?: number };

function make(
  call: string,
  filter: string | null,
  kind: ColumnKind,
  sql: (where: string) => string,
  scale = '1',
): Made {
  return {
    text: filter === null ? call : `${call} filter (${filter})`,
    sql: sql(filter === null ? 'true' : `coalesce(${tried(filter)}, false)`),
    kind,
    scale: kind === 'float' || kind === 'deviation' ? scale : null,
  };
}

const largest = (x: string, power = 1) =>
  `greatest(1, coalesce(max(abs(${tried(x)}::DOUBLE)) FILTER (isfinite(${tried(x)}::DOUBLE)), 1)) ** ${power}`;
const plain = (call: string, filter: string | null, kind: ColumnKind, sql: string, scale = '1') =>
  make(call, filter, kind, (where) => `${sql} FILTER (WHERE ${where})`, scale);

const counts = fc.oneof(
  filterOf.map((filter) => plain('count()', filter, 'int', 'count(*)')),
  fc
    .tuple(one(ARGUMENTS), filterOf)
    .map(([{ sql }, filter]) => plain(`count(${sql})`, filter, 'int', `count(${tried(sql)})`)),
  fc
    .tuple(condition, filterOf)
    .map(([holds, filter]) =>
      make(`count_if(${holds})`, filter, 'int', (where) => `count(*) FILTER (WHERE (${tried(holds)}) AND ${where})`),
    ),
  fc
    .tuple(one(ARGUMENTS), filterOf)
    .map(([{ sql }, filter]) => plain(`count_distinct(${sql})`, filter, 'int', `count(DISTINCT ${tried(sql)})`)),
);

const sums = fc
  .tuple(one(NUMBERS), filterOf)
  .chain(([{ sql, kind }, filter]) =>
    fc.constantFrom(
      plain(`sum(${sql})`, filter, kind, `sum(${tried(sql)})`, largest(sql)),
      plain(`avg(${sql})`, filter, 'float', `avg(${tried(sql)}::DOUBLE)`, largest(sql)),
    ),
  );

const spreads = fc
  .tuple(one(TAME), filterOf, fc.constantFrom('variance', 'var_samp', 'var_pop', 'stddev', 'stddev_samp', 'stddev_pop'))
  .map(([{ sql }, filter, fn]) => {
    const kind = fn.startsWith('std') ? 'deviation' : 'float';
    return plain(`${fn}(${sql})`, filter, kind, `${fn}(${tried(sql)}::DOUBLE)`, largest(sql, 2));
  });

const extremes = fc
  .tuple(one(ARGUMENTS), filterOf, fc.constantFrom('min', 'max'))
  .map(([{ sql, kind }, filter, fn]) => plain(`${fn}(${sql})`, filter, kind, `${fn}(${tried(sql)})`));

const ends = fc
  .tuple(one(ARGUMENTS), filterOf, fc.constantFrom('first', 'last'))
  .map(([{ sql, kind }, filter, fn]) =>
    make(
      `${fn}(${sql})`,
      filter,
      kind,
      (where) => `${fn}(${tried(sql)} ORDER BY ${ORDER}) FILTER (WHERE ${tried(sql)} IS NOT NULL AND ${where})`,
    ),
  );

const arguesOf = fc.tuple(one(ARGUMENTS), one(ARGUMENTS), filterOf, fc.boolean()).map(([x, y, filter, greatest]) =>
  make(`${greatest ? 'arg_max' : 'arg_min'}(${x.sql}, ${y.sql})`, filter, x.kind, (where) => {
    const known = `${tried(x.sql)} IS NOT NULL AND ${tried(y.sql)} IS NOT NULL`;
    const order = `${tried(y.sql)} ${greatest ? 'DESC' : 'ASC'}, ${ORDER}`;
    return `first(${tried(x.sql)} ORDER BY ${order}) FILTER (WHERE ${known} AND ${where})`;
  }),
);

const quantiles = fc.tuple(one(TAME), filterOf, fc.constantFrom(0, 0.25, 0.5, 0.95, 1)).map(([{ sql }, filter, rank]) =>
  make(rank === 0.5 ? `median(${sql})` : `quantile(${sql}, ${rank})`, filter, 'sketch', (where) => {
    const known = `FILTER (WHERE ${tried(sql)} IS NOT NULL AND ${where})`;
    const at = `1 + floor(${rank}::DOUBLE * (count(*) ${known} - 1))::BIGINT`;
    const listed = `list_extract(list(${tried(sql)}::DOUBLE ORDER BY ${tried(sql)}::DOUBLE) ${known}, ${at})`;
    const between = `quantile_cont(${tried(sql)}::DOUBLE, ${rank}) ${known}`;
    // Up to so many values it is exact, and lies between two of them as in SQL.
    return `CASE WHEN count(*) ${known} <= 256 THEN ${between} ELSE ${listed} END`;
  }),
);

const tops = fc
  .tuple(fc.constantFrom('t', 'lower(t)', 'id'), filterOf, fc.integer({ min: 1, max: 4 }))
  .map(([x, filter, k]) => ({
    ...make(`top_k(${x}, ${k})`, filter, 'top', (where) => `list(${x}) FILTER (WHERE ${x} IS NOT NULL AND ${where})`),
    k,
  }));

const shares = fc.oneof(
  fc
    .tuple(condition, filterOf)
    .map(([holds, filter]) =>
      make(
        `ratio(${holds})`,
        filter,
        'float',
        (where) =>
          `count(*) FILTER (WHERE (${tried(holds)}) AND ${where}) / nullif(count(*) FILTER (WHERE ${where}), 0)`,
      ),
    ),
  filterOf.map((filter) => plain('rate()', filter, 'float', '1e6 / any_value(we - ws) * count(*)')),
  filterOf.map((filter) => plain('rate(g)', filter, 'float', '1e6 / any_value(we - ws) * sum(g)', largest('g'))),
);

/** Arithmetic over aggregates; x / 0 is null. */
const ARITHMETIC: readonly Made[] = [
  {
    text: '(max(g) - min(g)) * 2',
    sql: '(max(g) - min(g)) * 2',
    kind: 'float',
    scale: largest('g'),
  },
  { text: 'sum(g) / count_if(b)', sql: 'sum(g) / nullif(count_if(b), 0)', kind: 'float', scale: largest('g') },
  {
    text: '100 * n / (n + count(t)) - 1',
    sql: '100 * count(*) / (count(*) + count(t)) - 1',
    kind: 'float',
    scale: '100',
  },
  { text: '-count(i) + n', sql: '(count(*) - count(i))::DOUBLE', kind: 'float', scale: '1' },
];

const any: fc.Arbitrary<Made> = fc.oneof(
  counts,
  sums,
  spreads,
  extremes,
  ends,
  arguesOf,
  quantiles,
  tops,
  shares,
  fc.constantFrom(...ARITHMETIC),
);

/** The column every window has: rows kept and rows refused must add up. */
export const COUNT: SelectCase = { name: 'n', text: 'count()', sql: 'count(*)', kind: 'int', scale: null, k: null };

export const selectsOf: fc.Arbitrary<readonly SelectCase[]> = fc
  .array(any, { minLength: 1, maxLength: 5 })
  .map((made) => [COUNT, ...named(made)]);

function named(made: readonly Made[]): SelectCase[] {
  return made.map((column, index) => ({ k: null, ...column, name: `c${index}` }));
}
