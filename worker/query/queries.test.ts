import { afterAll, beforeAll, expect, test } from 'vitest';
import { testFrame, testSchema } from '../../tests/support/frames.ts';
import type { Engine } from '../engine.ts';
import { openHeadless } from '../headless.ts';

let engine: Engine;
const schema = testSchema('orders', { action: 'string', price: 'float64' });
const rows = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ timeUs: index * 1000, action: `a${index % 3}`, price: index }));
let next = 0;

beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => performance.now() });
  engine.schema(schema);
  engine.begin('orders', 'fresh', { epoch: 'e1', next: {} });
  send(4000);
});
afterAll(() => engine.close());

function send(count: number): void {
  engine.apply([testFrame(schema, rows(count), { firstOffset: next })], 0);
  next += count;
}

test.each([
  'DROP VIEW orders',
  'DELETE FROM _raw.orders_0',
  "COPY orders TO '/tmp/x.csv'",
  "ATTACH '/tmp/x.db' AS x",
  'SET enable_external_access = true',
  'PRAGMA enable_profiling',
  'CHECKPOINT',
  'SELECT 1; SELECT 2',
  'SELECT 1) AS q; DROP VIEW orders; SELECT * FROM (SELECT 1',
  "INSERT INTO _raw.orders_0 VALUES (NULL, 'a', 1, 0, 0)",
  'SELECT * FROM force_checkpoint()',
  '',
])('Q1 refuses %s', async (sql) => {
  await expect(engine.query(sql)).rejects.toMatchObject({
    name: 'HighwaterError',
    code: 'query_refused',
    fix: expect.stringContaining('SELECT'),
  });
  expect(await engine.query('SELECT count(*) AS n FROM orders')).toEqual([{ n: next }]);
});

test.each([
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM glob('/*')",
  "SELECT * FROM '/tmp/x.parquet'",
  "SELECT * FROM read_csv('https://example.com/x.csv')",
  'WITH gone AS (DELETE FROM _raw.orders_0 RETURNING *) SELECT * FROM gone',
])('Q4 cannot reach %s', async (sql) => {
  await expect(engine.query(sql)).rejects.toMatchObject({ code: 'query_failed' });
  expect(await engine.query('SELECT count(*) AS n FROM orders')).toEqual([{ n: next }]);
});

test('Q3 cuts at maxRows and says so', async () => {
  const cut = await engine.query('SELECT price FROM orders', { maxRows: 10 });
  expect(cut).toHaveLength(10);
  expect(cut).toHaveProperty('truncated', true);
  const all = await engine.query('SELECT price FROM orders ORDER BY price;', { maxRows: 4000 });
  expect(all).toHaveLength(4000);
  expect(all).not.toHaveProperty('truncated');
  await expect(engine.query('SELECT 1', { maxRows: 2_000_000 })).rejects.toMatchObject({ code: 'query_refused' });
});

test('Q3 a query past its deadline is stopped; frames come in meanwhile and after it', async () => {
  const slow = engine.query('SELECT count(*) FROM range(1000000000000) WHERE hash(range) = 5', { deadlineMs: 300 });
  const before = next;
  send(100);
  const second = new Promise((resolve) => setTimeout(resolve, 100)).then(() => send(100));
  await expect(slow).rejects.toMatchObject({ code: 'query_timeout', retryable: true });
  await second;
  expect(next).toBe(before + 200);
  send(100);
  expect(await engine.query('SELECT count(*) AS n FROM orders')).toEqual([{ n: next }]);
});

test('Q2 an error says what there is; a query sees its values as they are', async () => {
  await expect(engine.query('SELECT * FROM nothing')).rejects.toMatchObject({
    message: 'Catalog Error: Table with name nothing does not exist!',
    fix: expect.stringContaining('orders (timestamp, action, price)'),
  });
  expect(
    await engine.query(
      "SELECT TIMESTAMP '2024-02-03 04:05:06.789' AS t, 9007199254740993 AS big, 7::BIGINT AS n, [1, 2] AS l, {a: 'x'} AS s, NULL AS z, sum(1) AS h, DATE '2024-01-02' AS d, 1.5::DECIMAL(9,2) AS dec",
    ),
  ).toEqual([
    {
      t: new Date('2024-02-03T04:05:06.789Z'),
      big: 9007199254740993n,
      n: 7,
      l: [1, 2],
      s: { a: 'x' },
      z: null,
      h: 1,
      d: new Date('2024-01-02T00:00:00Z'),
      dec: 1.5,
    },
  ]);
});

test.each([
  'SELECT count(*) AS n FROM orders a, orders b, orders c',
  'SELECT count(*) AS n FROM orders a JOIN orders b ON a.price < b.price, range(4000)',
  'SELECT count(*) AS n FROM range(20000) a JOIN range(20000) b ON a.range + b.range = 3 OR a.range = b.range * 2',
  'SELECT (SELECT count(*) FROM range(100000) b WHERE b.range < a.range) AS n FROM range(100000) a',
  'SELECT count(*) AS n FROM (SELECT unnest(range(100000))), (SELECT unnest(range(100000)))',
])('Q3 refuses what could not be stopped: %s', async (sql) => {
  await expect(engine.query(sql)).rejects.toMatchObject({
    code: 'query_refused',
    message: expect.stringContaining('pairs of rows'),
    fix: expect.stringContaining('50 million'),
  });
  expect(await engine.query('SELECT count(*) AS n FROM orders')).toEqual([{ n: next }]);
});

test('Q3 runs joins by an equality, and small ones without', async () => {
  expect(await engine.query('SELECT count(*) AS n FROM orders a JOIN orders b USING (_offset)')).toEqual([{ n: next }]);
  expect(await engine.query('SELECT count(*) AS n FROM range(5000) a, range(5000) b')).toEqual([{ n: 25_000_000 }]);
  expect(await engine.query('SELECT count(*) AS n FROM orders, (SELECT max(price) AS most FROM orders)')).toEqual([
    { n: next },
  ]);
});
