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
  ]);
});

test('01-shop-demo: the same shop every time, with all its panels', async () => {
  const tab = await open('--demo-seed', '7', '--demo-rate', '20');
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
