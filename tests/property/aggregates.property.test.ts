import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Accumulator } from '../../worker/panes/accumulator.ts';
import type { Cell, ValueType } from '../../worker/panes/column.ts';
import { formatDecimal } from '../../worker/panes/decimal.ts';
import { decodeArrow } from '../../worker/store/arrow.ts';
import type { Database } from '../../worker/store/database.ts';
import { openNodeDatabase } from '../../worker/store/open-node.ts';
import { makeAccumulator } from '../../worker/windows/measures.ts';
import { columnOf, feed } from '../support/accumulate.ts';

/** Aggregates fed block by block into random slots, merged in random order, against DuckDB over all rows at once. */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env.RUNS ?? 100);
const SLOTS = 5;

let database: Database;
beforeAll(async () => {
  console.log(`seed ${SEED} (SEED=${SEED} runs it again)`);
  database = await openNodeDatabase(256 * 2 ** 20);
});
afterAll(() => database.close());

/** Columns by name: int64, float64 with NaN and infinities, finite float64, text, decimal(18, 2), boolean. */
const rowOf = fc.record({
  i: fc.option(
    fc.oneof(
      fc.integer({ min: -5, max: 5 }),
      fc.constantFrom(2n ** 60n, 2n ** 60n + 1n),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ),
  ),
  f: fc.option(
    fc.oneof(fc.constantFrom(0, -0, 1.5, Number.NaN, Infinity, -Infinity), fc.double({ min: -1e6, max: 1e6 })),
  ),
  g: fc.option(fc.oneof(fc.constantFrom(0, 0.1, -7), fc.double({ min: -1e3, max: 1e3, noNaN: true }))),
  t: fc.option(fc.constantFrom('', 'a', 'b', "o'hara", '𝛼', '\ufffd', 'é')),
  d: fc.option(
    fc.oneof(fc.integer({ min: -300, max: 300 }), fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n })),
  ),
  b: fc.option(fc.integer({ min: 0, max: 1 })),
  timeUs: fc.integer({ min: -3, max: 3 }),
  partition: fc.integer({ min: 0, max: 2 }),
  slot: fc.integer({ min: -1, max: SLOTS - 1 }),
});
const input = fc.record({
  rows: fc.array(rowOf, { minLength: 1, maxLength: 80 }),
  cuts: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 }),
  merges: fc.array(fc.record({ from: fc.nat(SLOTS - 1), to: fc.nat(SLOTS - 1), fold: fc.boolean() }), { maxLength: 8 }),
});
type Input = typeof input extends fc.Arbitrary<infer T> ? T : never;
type Row = Input['rows'][number];
type Name = 'i' | 'f' | 'g' | 't' | 'd' | 'b';

const TYPES: Readonly<Record<Name, ValueType>> = {
  i: 'integer',
  f: 'float',
  g: 'float',
  t: 'text',
  d: 'decimal:2',
  b: 'boolean',
};
const ORDER = 'ts, p, o';

interface Case {
  readonly fn: Parameters<typeof makeAccumulator>[0]['fn'];
  readonly x: Name | null;
  readonly y?: Name;
  /** Rank of a quantile, k of top_k. */
  readonly rank?: number;
  readonly sql: string;
  readonly close?: 'relative' | 'absolute';
}

const all: readonly Name[] = ['i', 'f', 't', 'd', 'b'];
const CASES: readonly Case[] = [
  { fn: 'count', x: null, sql: 'count(*)' },
  ...all.flatMap((x): Case[] => [
    { fn: 'count', x, sql: `count(${x})` },
    { fn: 'min', x, sql: `min(${x})` },
    { fn: 'max', x, sql: `max(${x})` },
    { fn: 'count_distinct', x, sql: `count(DISTINCT ${x})` },
    { fn: 'first', x, sql: `first(${x} ORDER BY ${ORDER}) FILTER (${x} IS NOT NULL)` },
    { fn: 'last', x, sql: `last(${x} ORDER BY ${ORDER}) FILTER (${x} IS NOT NULL)` },
    ...(['i', 'f', 't', 'd'] as const).flatMap((y): Case[] => [
      { fn: 'arg_min', x, y, sql: argSql(x, y, 'ASC') },
      { fn: 'arg_max', x, y, sql: argSql(x, y, 'DESC') },
    ]),
  ]),
  { fn: 'sum', x: 'i', sql: 'sum(i)' },
  { fn: 'sum', x: 'd', sql: 'sum(d)' },
  { fn: 'sum', x: 'b', sql: 'sum(b::INTEGER)' },
  { fn: 'sum', x: 'f', sql: 'sum(f)', close: 'absolute' },
  { fn: 'avg', x: 'f', sql: 'avg(f)', close: 'absolute' },
  { fn: 'avg', x: 'i', sql: 'avg(i)', close: 'relative' },
  { fn: 'avg', x: 'd', sql: 'avg(d)', close: 'relative' },
  ...(['i', 'g', 'd'] as const).flatMap((x): Case[] => [
    { fn: 'variance', x, sql: `var_samp(${x})`, close: 'absolute' },
    { fn: 'var_pop', x, sql: `var_pop(${x})`, close: 'absolute' },
    { fn: 'stddev', x, sql: `stddev_samp(${x})`, close: 'absolute' },
    { fn: 'stddev_pop', x, sql: `stddev_pop(${x})`, close: 'absolute' },
  ]),
  ...[1, 3, 100].map((rank): Case => ({ fn: 'top_k', x: 't', rank, sql: topSql('t', rank) })),
];

/** x of the earliest of the rows with the least or greatest y, both not null. */
function argSql(x: Name, y: Name, direction: string): string {
  return `first(${x} ORDER BY ${y} ${direction}, ${ORDER}) FILTER (${x} IS NOT NULL AND ${y} IS NOT NULL)`;
}

function topSql(x: Name, k: number): string {
  const counts = `SELECT ${x} AS v, count(*) AS n FROM rows WHERE counted AND ${x} IS NOT NULL GROUP BY ${x} ORDER BY n DESC, v LIMIT ${k}`;
  return `(SELECT string_agg(v || '=' || n, '|' ORDER BY n DESC, v) FROM (${counts}))`;
}

function literal(name: Name, cell: Cell): string {
  if (cell === null) return 'NULL';
  if (name === 't') return `'${String(cell).replaceAll("'", "''")}'`;
  if (name === 'd') return `${formatDecimal(cell as number | bigint, 2)}::DECIMAL(18,2)`;
  if (name === 'b') return cell === 1 ? 'true' : 'false';
  if (name === 'i') return `'${cell}'::BIGINT`;
  return `'${Object.is(cell, -0) ? '-0.0' : cell}'::DOUBLE`;
}

function load(rows: readonly Row[]): void {
  const values = rows.map((row, offset) => {
    const cells = (Object.keys(TYPES) as Name[]).map((name) => literal(name, row[name]));
    return `(${[...cells, row.timeUs, row.partition, offset, row.slot >= 0].join(', ')})`;
  });
  database.run(`CREATE OR REPLACE TABLE rows (i BIGINT, f DOUBLE, g DOUBLE, t VARCHAR, d DECIMAL(18,2), b BOOLEAN,
    ts BIGINT, p INTEGER, o BIGINT, counted BOOLEAN); INSERT INTO rows VALUES ${values.join(', ')}`);
}

/** What DuckDB says of all cases at once, as text; floats keep all digits so. */
function expected(): (string | null)[] {
  const columns = CASES.map(({ sql }, index) => `(${sql})::VARCHAR AS c${index}`);
  const [row = {}] = decodeArrow(database.run(`SELECT ${columns.join(', ')} FROM rows WHERE counted`)).toArray();
  return CASES.map((_, index) => (row as Record<string, string | null>)[`c${index}`] ?? null);
}

/** Feeds the rows block by block, merges slots at random, within the state or through a fold, then all into one. */
function accumulate({ fn, x, y }: Case, { rows, cuts, merges }: Input): Accumulator {
  const { make } = makeAccumulator({ fn }, x === null ? null : TYPES[x], y ? TYPES[y] : null);
  const state = make();
  state.resize(SLOTS + 1);
  let at = 0;
  for (let cut = 0; at < rows.length; cut++) {
    const block = rows.slice(at, at + (cuts[cut % cuts.length] ?? 1));
    feed(state, block.length, {
      argument: x === null ? null : columnOf(block.map((row) => row[x])),
      by: y ? columnOf(block.map((row) => row[y])) : null,
      slots: block.map(({ slot }) => slot),
      timeUs: block.map(({ timeUs }) => timeUs),
      partitions: block.map(({ partition }) => partition),
      offsets: block.map((_, index) => at + index),
    });
    at += block.length;
  }
  for (const { from, to, fold } of merges) {
    if (from === to) continue;
    if (fold) {
      const folded = state.fresh();
      folded.resize(1);
      folded.merge(state, from, 0);
      state.merge(folded, 0, to);
    } else state.merge(state, from, to);
    state.reset(from);
  }
  for (let slot = 0; slot < SLOTS; slot++) state.merge(state, slot, SLOTS);
  return state;
}

function textOf({ fn, x }: Case, cell: Cell): string | null {
  if (cell === null) return null;
  if (fn === 'top_k')
    return (JSON.parse(String(cell)) as { value: string; count: number }[])
      .map(({ value, count }) => `${value}=${count}`)
      .join('|');
  if (fn === 'count' || fn === 'count_distinct') return `${cell}`;
  if (x === 'b' && fn !== 'sum') return cell === 1 ? 'true' : 'false';
  if (x === 'd') return formatDecimal(cell as number | bigint, 2);
  return `${cell}`;
}

function numberOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY;
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

function expectSame(one: Case, found: Cell, wanted: string | null, magnitude: number): void {
  const title = `${one.fn}(${[one.x, one.y].filter(Boolean).join(', ')})`;
  if (found === null || wanted === null) {
    expect(found, title).toBe(wanted);
    return;
  }
  const { x } = one;
  const isFloat = one.close !== undefined || (x === 'f' && !['count', 'count_distinct'].includes(one.fn));
  if (!isFloat) {
    expect(textOf(one, found), title).toBe(wanted);
    return;
  }
  const right = numberOf(wanted);
  const value = Number(found);
  if (!Number.isFinite(right) || !Number.isFinite(value) || one.close === undefined) {
    expect(value + 0, title).toBe(right + 0);
    return;
  }
  const scale = one.close === 'relative' ? Math.abs(right) : Math.max(Math.abs(right), magnitude);
  expect(Math.abs(value - right), `${title}: ${value} is not ${right}`).toBeLessThanOrEqual(scale * 1e-9);
}

/** The size of rounding: the largest number of the column, squared for variances. */
function magnitudeOf({ fn, x }: Case, rows: readonly Row[]): number {
  const numbers = rows.map((row) => Math.abs(Number((x === null ? null : row[x]) ?? 0))).filter(Number.isFinite);
  const largest = Math.max(1, ...numbers) / (x === 'd' ? 100 : 1);
  return fn.startsWith('var') ? largest ** 2 : largest;
}

test('W9 W23 W26 W27 W28 any cut and merge of rows gives what DuckDB gives over all of them', () => {
  fc.assert(
    fc.property(input, (given) => {
      load(given.rows);
      const wanted = expected();
      for (const [index, one] of CASES.entries()) {
        const state = accumulate(one, given);
        expect(state.relativeError(SLOTS, one.rank ?? 0)).toBe(0);
        expectSame(one, state.value(SLOTS, one.rank ?? 0), wanted[index] ?? null, magnitudeOf(one, given.rows));
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

test('W25 a quantile is within its bound of the value at its rank in DuckDB', () => {
  const ranks = [0, 0.05, 0.5, 0.75, 0.99, 1];
  fc.assert(
    fc.property(input, (given) => {
      load(given.rows);
      // Up to 256 values are exact, and a quantile lies between two of them, as in SQL.
      const columns = ranks.map((rank, index) => {
        const place = `${rank}::DOUBLE * (count(g) - 1)`;
        const at = (where: string) => `list_extract(list(g ORDER BY g), ${where}(${place})::BIGINT + 1)`;
        const between = `${at('floor')} + (${at('ceil')} - ${at('floor')}) * (${place} - floor(${place}))`;
        return `(CASE WHEN count(g) > 256 OR ${at('floor')} = ${at('ceil')} THEN ${at('floor')} ELSE ${between} END)::VARCHAR AS c${index}`;
      });
      const sql = `SELECT ${columns.join(', ')} FROM rows WHERE counted AND g IS NOT NULL`;
      const [row = {}] = decodeArrow(database.run(sql)).toArray();
      const state = accumulate({ fn: 'quantile', x: 'g', sql: '' }, given);
      for (const [index, rank] of ranks.entries()) {
        const wanted = (row as Record<string, string | null>)[`c${index}`] ?? null;
        const found = state.value(SLOTS, rank);
        if (wanted === null || found === null) expect(found).toBe(wanted);
        else {
          const error = state.relativeError(SLOTS, rank);
          // Joined buckets have no bound; magnitudes below the least normal float64 count as zero.
          const bound = Number.isFinite(error) ? (error + 1e-9) * Math.abs(Number(wanted)) + 2.3e-308 : 1;
          if (Number.isFinite(Number(wanted)))
            expect(Math.abs(Number(found) - Number(wanted))).toBeLessThanOrEqual(bound);
          else expect(String(found)).toBe(String(Number(wanted)));
        }
      }
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
