import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFrame, testSchema } from '../tests/support/frames.ts';
import { foldOf, rowsOf, seriesOf } from '../tests/support/requests.ts';
import type { Engine } from './engine.ts';
import { openHeadless } from './headless.ts';

let engine: Engine;
const schema = testSchema('orders', { action: 'string', user_id: 'int64', price: 'float64' });
const position = { epoch: 'e1', next: { 0: 0 } };
const options = { rawBudgetBytes: 64 * 2 ** 20, nowMs: () => performance.now() };

beforeAll(async () => {
  engine = await openHeadless(options);
  engine.schema(schema);
  engine.begin('orders', 'fresh', position);
});
afterAll(() => engine.close());

test('P6 rows, position, windows and queries move together', async () => {
  expect(
    engine.windows({
      by_action: {
        from: 'orders',
        window: 'tumble(1s)',
        by: ['action'],
        select: { n: 'count()', revenue: 'sum(price)', mean: 'revenue / n', users: 'count_distinct(user_id)' },
        late: { allow: '0s' },
      },
    }),
  ).toEqual([]);
  const rows = Array.from({ length: 10 }, (_, index) => ({
    timeUs: index * 500_000,
    action: index % 2 ? 'buy' : 'see',
    user_id: index % 3,
    price: index / 2,
  }));
  const result = engine.apply(
    [testFrame(schema, rows.slice(0, 6)), testFrame(schema, rows.slice(6), { firstOffset: 6 })],
    5,
  );
  expect(result).toMatchObject({ rows: 10, hole: null });
  expect(engine.position('orders')).toEqual({ epoch: 'e1', next: { 0: 10 } });
  expect(
    await engine.query('SELECT count(*) AS n, sum(price) AS p, max(_offset) AS o, min(timestamp) AS t FROM orders'),
  ).toEqual([{ n: 10, p: 22.5, o: 9, t: new Date(0) }]);
  expect(await engine.query("SELECT * FROM by_action WHERE action = 'buy' ORDER BY window_start LIMIT 1")).toEqual([
    {
      window_start: new Date(0),
      window_end: new Date(1000),
      action: 'buy',
      n: 1,
      revenue: 0.5,
      mean: 0.5,
      users: 1,
      state: 'provisional',
      revision: 0,
    },
  ]);
  const picture = engine.picture(seriesOf('by_action', ['n'], { seriesBy: 'action', widthPx: 100 }));
  expect(picture).toMatchObject({ kind: 'series', hiddenSeries: 0, maxEventTimeUs: 4_500_000 });
  if (picture.kind === 'series') {
    expect([...picture.xSeconds]).toEqual([0, 1, 2, 3, 4]);
    expect(picture.series.map(({ name, values }) => [name, [...values]])).toEqual([
      ['buy', [1, 1, 1, 1, 1]],
      ['see', [1, 1, 1, 1, 1]],
    ]);
  }
  expect(engine.picture(foldOf('by_action', 'users'))).toMatchObject({ kind: 'fold', rows: [{ key: '', value: 3 }] });
  expect(engine.picture(rowsOf('orders', { columns: ['action', 'timestamp'], limit: 2 }))).toMatchObject({
    rows: [{ eventTimeUs: 4_500_000, cells: ['buy', 4_500_000] }, { eventTimeUs: 4_000_000 }],
  });
});

test('F4 frames of two schema versions in one tick are all kept, whichever schema came first', async () => {
  const older = testSchema('versions', { a: 'int64' }, 1);
  const newer = testSchema('versions', { a: 'float64', b: 'string' }, 2);
  engine.schema(newer);
  engine.schema(older);
  engine.begin('versions', 'fresh', position);
  engine.apply(
    [
      testFrame(older, [{ timeUs: 1, a: 1 }]),
      testFrame(newer, [{ timeUs: 2, a: 1.5, b: 'x' }], { firstOffset: 1 }),
      testFrame(older, [{ timeUs: 3, a: 2 }], { firstOffset: 2 }),
    ],
    0,
  );
  expect(await engine.query('SELECT a, b, _offset FROM versions ORDER BY _offset')).toEqual([
    { a: 1, b: null, _offset: 0 },
    { a: 1.5, b: 'x', _offset: 1 },
    { a: 2, b: null, _offset: 2 },
  ]);
});

test('F4 a relay that starts anew counts versions from 1: no field is lost, whatever it has seen so far', async () => {
  const schemas = (...fields: string[]) =>
    fields.map((_, n) =>
      testSchema('anew', Object.fromEntries(fields.slice(0, n + 1).map((name) => [name, 'int64'])), n + 1),
    );
  const [first, second, third] = schemas('a', 'b', 'c');
  if (!first || !second || !third) throw new Error('three versions');
  const spec = { from: 'anew', window: 'tumble(1s)', by: [], select: { total: 'sum(c)' }, late: { allow: '0s' } };
  engine.windows({ c_by_second: spec });
  for (const schema of [first, { ...third, version: 2 }]) engine.schema(schema);
  engine.begin('anew', 'fresh', position);
  engine.apply([testFrame({ ...third, version: 2 }, [{ timeUs: 1, a: 1, b: 2, c: 3 }])], 0);
  for (const schema of [
    { ...second, version: 1 },
    { ...third, version: 2 },
  ])
    engine.schema(schema);
  engine.begin('anew', 'gap', { epoch: 'e2', next: { 0: 0 } });
  engine.apply([testFrame({ ...second, version: 1 }, [{ timeUs: 2, a: 4, b: 5 }], { epoch: 'e2' })], 0);
  engine.apply(
    [testFrame({ ...third, version: 2 }, [{ timeUs: 3, a: 6, b: 7, c: 8 }], { epoch: 'e2', firstOffset: 1 })],
    0,
  );
  expect(await engine.query('SELECT a, b, c FROM anew ORDER BY a')).toEqual([
    { a: 1, b: 2, c: 3 },
    { a: 4, b: 5, c: null },
    { a: 6, b: 7, c: 8 },
  ]);
  expect(await engine.query('SELECT total FROM c_by_second')).toEqual([{ total: 11 }]);
});
