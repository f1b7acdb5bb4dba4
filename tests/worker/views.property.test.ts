import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Row } from '../../contract/worker-api.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { testFrame, testSchema } from '../support/frames.ts';
import { foldOf, groupsOf, pictureOf, seriesOf, viewOf } from '../support/requests.ts';

const SECOND = 1_000_000;
const SEED = Number(process.env.SEED ?? Math.floor(performance.timeOrigin) % 2 ** 31);
const schema = testSchema('s', {
  line: 'string',
  machine: 'string',
  state: 'string',
  user_id: 'int64',
  price: 'float64',
});
const select = {
  n: 'count()',
  users: 'count_distinct(user_id)',
  mean: 'avg(price)',
  p90: 'quantile(price, 0.9)',
  newest: 'last(state)',
  most: 'arg_max(user_id, price)',
};
/** What SQL says of the same rows. */
const SQL = {
  n: 'count(*)',
  users: 'count(distinct user_id)',
  mean: 'avg(price)',
  p90: 'quantile_cont(price, 0.9)',
  newest: 'last(state ORDER BY _event_time, _offset) FILTER (state IS NOT NULL)',
  most: 'first(user_id ORDER BY price DESC, _event_time, _offset) FILTER (user_id IS NOT NULL AND price IS NOT NULL)',
};

let engine: Engine;
let wallMs = 0;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => 0, wallMs: () => wallMs });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  const spec = { from: 's', by: ['line', 'machine'], select, late: { allow: '1h' } };
  expect(
    engine.windows({
      tens: { ...spec, window: 'tumble(10s)' },
      hops: { ...spec, window: 'hop(30s, 10s)' },
      growing: { ...spec, window: 'cumulate(1m, 10s)' },
    }),
  ).toEqual([]);
});
afterAll(() => engine.close());

const oneRow = fc.record({
  second: fc.nat(600),
  line: fc.constantFrom('a', 'b', null),
  machine: fc.constantFrom('m1', 'm2', 'm3'),
  state: fc.constantFrom('run', 'stop', null),
  user_id: fc.nat(9),
  price: fc.oneof(fc.nat(100), fc.constant(null)),
});

function feed(rows: readonly { readonly second: number }[]): void {
  engine.begin('s', 'reset', { epoch: 'e1', next: {} });
  const made = rows.map(({ second, ...fields }) => ({ timeUs: second * SECOND, ...fields }));
  engine.apply([testFrame(schema, made, { firstOffset: 0 })], 0);
}

const within = (fromS: number, untilS: number) =>
  `_event_time >= make_timestamp(${fromS * SECOND}) AND _event_time < make_timestamp(${untilS * SECOND})`;
const only = (row: Row | undefined) => Object.values(row ?? {})[0] ?? null;

test('V14 any stretch of event time, at any end or so much earlier, is what SQL says of those rows', async () => {
  console.log(`views property: SEED=${SEED}`);
  const stretch = fc.record({
    endTens: fc.integer({ min: 1, max: 60 }),
    spanTens: fc.integer({ min: 1, max: 30 }),
    earlierTens: fc.nat(5),
    until: fc.constantFrom('time', 'now'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(oneRow, { minLength: 1, maxLength: 60 }), stretch, async (rows, asked) => {
      feed(rows);
      const untilS = asked.endTens * 10;
      wallMs = untilS * 1000;
      const until = asked.until === 'now' ? 'now' : untilS * SECOND;
      const view = viewOf(asked.spanTens * 10 * SECOND, until, asked.earlierTens * 10 * SECOND);
      const endS = untilS - asked.earlierTens * 10;
      const fromS = endS - asked.spanTens * 10;
      // How many there were after the newest event is not known.
      const isKnown = fromS <= Math.max(...rows.map(({ second }) => second));
      for (const window of ['tens', 'growing']) {
        for (const measure of ['n', 'users', 'mean', 'p90'] as const) {
          const fold = pictureOf(engine, foldOf(window, measure, { view, over: view.span }));
          expect([fold.fromUs, fold.untilUs]).toEqual([fromS * SECOND, endS * SECOND]);
          const [found] = await engine.query(`SELECT ${SQL[measure]} AS v FROM s WHERE ${within(fromS, endS)}`);
          close(fold.rows[0]?.value ?? null, isKnown ? only(found) : null);
        }
        const names = ['n', 'mean', 'p90', 'newest', 'most'] as const;
        for (const by of [['line'], ['machine', 'line'], []]) {
          const groups = pictureOf(
            engine,
            groupsOf(window, names, { view, by, over: view.span, sort: { by: 'n', direction: 'ascending' } }),
          );
          const columns = [...by, ...names.map((name) => `${SQL[name]} AS ${name}`)].join(', ');
          const grouped = by.length > 0 ? `GROUP BY ${by.join(', ')}` : '';
          const order = ['n', ...by.map((name) => `${name} NULLS LAST`)].join(', ');
          const counted = await engine.query(
            `SELECT ${columns} FROM s WHERE ${within(fromS, endS)} ${grouped} ORDER BY ${order}`,
          );
          const expected = isKnown ? counted : [];
          expect(groups.rows).toHaveLength(expected.length);
          for (const [index, { cells }] of groups.rows.entries())
            for (const [at, value] of Object.values(expected[index] ?? {}).entries()) close(cells[at] ?? null, value);
        }
      }
      const series = pictureOf(engine, seriesOf('tens', ['n'], { view }));
      const counted = await engine.query(
        `SELECT epoch_us(time_bucket(INTERVAL 10 SECONDS, _event_time, TIMESTAMP '1970-01-01')) / 1e6 AS x, count(*) AS n FROM s WHERE ${within(fromS, endS)} GROUP BY 1 ORDER BY 1`,
      );
      const shown = [...series.xSeconds].flatMap((x, at) =>
        series.series[0]?.values[at] ? [[x, series.series[0].values[at]]] : [],
      );
      expect(shown).toEqual(counted.map(({ x, n }) => [x, n]));
    }),
    { numRuns: 60, seed: SEED },
  );
}, 120_000);

test('V14 a view at an end is not made again while only later panes change; one until now is, by the clock', () => {
  feed([{ second: 5 }, { second: 95 }]);
  const fixed = seriesOf('tens', ['n'], { view: viewOf(60 * SECOND, 60 * SECOND) });
  const early = seriesOf('tens', ['n'], { view: viewOf(60 * SECOND, 'newest', 30 * SECOND) });
  const at = [engine.revision(fixed), engine.revision(early)];
  const more = (second: number, offset: number) =>
    engine.apply([testFrame(schema, [{ timeUs: second * SECOND }], { firstOffset: offset })], 0);
  more(96, 2);
  expect(engine.revision(fixed)).toBe(at[0]);
  expect(engine.revision(early)).not.toBe(at[1]);
  more(59, 3);
  expect(engine.revision(fixed)).not.toBe(at[0]);
  expect(pictureOf(engine, fixed).series[0]?.values.at(-1)).toBe(1);
  const passed = engine.revision(fixed);
  engine.progress('s', {}, 70 * SECOND);
  const final = engine.revision(fixed);
  expect(final).not.toBe(passed);
  engine.progress('s', {}, 90 * SECOND);
  expect(engine.revision(fixed)).toBe(final);
});

test('V14 zoomed in, every window is there; all of them where no width is asked for, the newest of too many', () => {
  feed(Array.from({ length: 6000 }, (_, at) => ({ second: at * 10 })));
  const of = (spanS: number | 'all', widthPx: number | null) =>
    pictureOf(
      engine,
      seriesOf('tens', ['n'], { view: viewOf(spanS === 'all' ? 'all' : spanS * SECOND, 30_000 * SECOND), widthPx }),
    );
  expect(of('all', 100).xSeconds.length).toBeLessThan(500);
  expect(of('all', null).xSeconds.length).toBe(3000);
  expect([...of(1000, 100).xSeconds]).toEqual(Array.from({ length: 100 }, (_, at) => 29_000 + at * 10));
  feed([{ second: 0 }, { second: 200_000 }]);
  const bounded = pictureOf(engine, seriesOf('tens', ['n'], { widthPx: null }));
  expect([bounded.xSeconds.length, bounded.fromUs]).toEqual([10_000, (bounded.xSeconds[0] as number) * SECOND]);
});

function close(found: unknown, expected: unknown): void {
  if (typeof found === 'number' && typeof expected === 'number')
    expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));
  else expect(found).toEqual(expected);
}
