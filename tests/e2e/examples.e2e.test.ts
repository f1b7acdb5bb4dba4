import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type BoardTab, launchChromium } from '../support/chromium.ts';
import { relayForTest, tabForTest, until } from '../support/for-test.ts';
import { startKafkaBroker } from '../support/kafka-broker.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { findMosquittoPub, findPython } from '../support/tools.ts';

/** Every example, run as its README says. */
const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const run = promisify(execFile);

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

async function open(...args: readonly string[]): Promise<BoardTab> {
  return tabForTest(browser, (await relayForTest(...args)).url);
}

const noErrors = (tab: BoardTab) => expect(tab.errors).toEqual([]);

test('every example has a test here', () => {
  const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name)).toEqual([
    '01-shop-demo',
    '02-kafka-python',
    '03-mqtt-sensor',
    '04-late-events',
    '05-window-kinds',
    '06-kiosk',
  ]);
});

test('01-shop-demo: the same shop every time, with all its panels', async () => {
  const tab = await open('--demo', 'shop', '--demo-seed', '7', '--demo-rate', '20');
  await until(async () => expect(await tab.stat('Active users now')).toBeGreaterThan(0));
  const [row] = await tab.query(
    'select count(distinct action) actions, count(distinct campaign) campaigns from shop_events',
  );
  expect(row).toEqual({ actions: 4, campaigns: 6 });
  noErrors(tab);
});

test('02-kafka-python: a topic of a Python producer becomes a board by itself', async () => {
  const [python, broker] = await Promise.all([findPython('kafka-python==2.2.15'), startKafkaBroker()]);
  onTestFinished(() => broker.stop());
  await broker.createTopic('user_events', 3);
  const produce = join(EXAMPLES, '02-kafka-python/produce.py');
  await run(python, [produce, '--bootstrap', broker.address, '--topic', 'user_events']);
  const tab = await open('--kafka', broker.address, '--topic', 'user_events');
  await until(async () => expect((await tab.status()).streams.user_events?.received).toBe(3600));
  expect(
    await tab.query(`select count(*) n, count(distinct user_id) <= 500 ids, min(timestamp) oldest, max(timestamp) newest
      from user_events`),
  ).toEqual([
    { n: 3600, ids: true, oldest: new Date('2025-04-04T10:00:00Z'), newest: new Date('2025-04-04T10:59:59Z') },
  ]);
  await until(async () => expect(Object.values(await tab.panelStates())).toContain('replay'));
  noErrors(tab);
});

test('03-mqtt-sensor: the levels of a topic become columns', async () => {
  const broker = await startMosquitto();
  onTestFinished(() => broker.stop());
  await findMosquittoPub();
  const tab = await open('--mqtt', broker.url, '--topic', 'line/#');
  await until(async () => expect((await tab.status()).streams.line?.source.state).toMatch(/live|idle/));
  await run('sh', [join(EXAMPLES, '03-mqtt-sensor/sensors.sh'), '127.0.0.1', String(broker.port), '20']);
  await until(async () => expect((await tab.status()).streams.line?.received).toBe(60));
  expect(
    await tab.query(`select topic_2, topic_3, count(*) n, max(temperature) hottest from line group by all order by 1`),
  ).toEqual([
    { topic_2: '1', topic_3: 'press', n: 20, hottest: 68.6 },
    { topic_2: '2', topic_3: 'press', n: 20, hottest: 70.6 },
    { topic_2: '3', topic_3: 'press', n: 20, hottest: 72.6 },
  ]);
  noErrors(tab);
});

test('W7 W8 04-late-events: one order is in time, one revises its window, one is too late for it', async () => {
  const tab = await open('--config', join(EXAMPLES, '04-late-events/highwater.yaml'));
  await until(async () => expect((await tab.status()).streams.orders?.received).toBe(64));
  const orders = (await tab.status()).streams.orders;
  expect({ late: orders?.late, tooLate: orders?.tooLate }).toEqual({ late: 1, tooLate: 1 });
  const windows = await tab.query('select orders, revenue, state from orders_by_minute order by window_start');
  expect(windows.map(({ orders: count }) => count)).toEqual([12, 14, 12, 12, 12, 1]);
  expect(windows[1]).toMatchObject({ state: 'revised' });
  expect(windows[0]).toMatchObject({ state: 'final' });
  expect(await tab.query('select order_id from orders where order_id >= 900 order by 1')).toHaveLength(3);
  await until(async () => expect(await tab.stat('Orders')).toBe(63));
  noErrors(tab);
});

test('W6 W30 W31 W35 05-window-kinds: every kind of window equals what SQL says of the same clicks', async () => {
  const tab = await open('--config', join(EXAMPLES, '05-window-kinds/highwater.yaml'));
  await until(async () => expect((await tab.status()).streams.clicks?.received).toBe(183));
  // The file has ended: its last orders are final once the watermark has followed.
  await until(async () => expect(await tab.query("select 1 from best_quarter where state = 'final'")).toHaveLength(4));
  const same = async (window: string, sql: string) => expect(await tab.query(window)).toEqual(await tab.query(sql));
  await same(
    'select window_start, country, visitors, clicks_per_second from active order by all',
    `select start as window_start, country, count(distinct visitor) as visitors, count(*) / 900 as clicks_per_second
     from (select *, unnest([time_bucket(interval 5 minute, ts, timestamp '1970-01-01') - n * interval 5 minute for n in [0, 1, 2]]) as start from clicks)
     group by all order by all`,
  );
  await same(
    'select visitor, window_start, window_end, clicks from visits order by all',
    `with gaps as (select *, coalesce(ts - lag(ts) over (partition by visitor order by ts) > interval 30 minute, true)::int as opens from clicks),
       numbered as (select *, sum(opens) over (partition by visitor order by ts) as visit from gaps)
     select visitor, min(ts) as window_start, max(ts) + interval 30 minute as window_end, count(*) as clicks
     from numbered group by visitor, visit order by all`,
  );
  const ORDERS = `select time_bucket(interval 15 minute, ts, timestamp '1970-01-01') as q, count(*) as orders,
      sum(amount::decimal(12, 2)) as revenue, arg_max(order_id, amount) as largest
    from (select distinct on (order_id) * from clicks where order_id is not null) group by q`;
  await same(
    'select window_start as q, orders, revenue::double as revenue, largest from orders order by all',
    `select q, orders, revenue::double as revenue, largest from (${ORDERS}) order by all`,
  );
  await same(
    "select window_start, revenue::double as revenue, orders from best_quarter where state = 'final' order by all",
    `select date_trunc('hour', q) as window_start, max(revenue)::double as revenue, sum(orders)::bigint as orders
     from (${ORDERS}) group by all order by all limit 4`,
  );
  const LOCAL_DAY =
    "case when ts < timestamp '2026-03-28 23:00' then timestamp '2026-03-27 23:00' else timestamp '2026-03-28 23:00' end";
  await same(
    'select window_start, country, grouping_id, clicks, round(share_of_carts, 9) as carts from days order by all',
    `select ${LOCAL_DAY} as window_start, country, grouping(country) as grouping_id, count(*) as clicks,
       round(count(*) filter (page = 'cart') / count(*), 9) as carts
     from clicks group by grouping sets ((window_start, country), (window_start)) order by all`,
  );
  await same(
    'select sum(visits)::bigint as visits from visits_by_hour',
    "select count(*) as visits from visits where state = 'final'",
  );
  const lengths = await tab.query(
    'select distinct (window_end - window_start)::varchar as length from days order by 1',
  );
  expect(lengths).toEqual([{ length: '1 day' }, { length: '23:00:00' }]);
  expect(await tab.query('select max(clicks) as clicks from day_so_far')).toEqual([{ clicks: 123 }]);
  await until(async () => expect(await tab.stat('Orders')).toBe(15));
  await until(async () => expect(await tab.stat('Best quarter of an hour')).toBe(330.61));
  noErrors(tab);
});
