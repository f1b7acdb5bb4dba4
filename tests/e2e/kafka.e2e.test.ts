import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoardTab, launchChromium } from '../support/chromium.ts';
import { AWAY, relayForTest, tabForTest, until } from '../support/for-test.ts';
import { type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.ts';
import {
  countsOf,
  type Order,
  ordersLate,
  ordersOnTime,
  produceOrders,
  revenueOf,
  usersOf,
  WINDOWS_SQL,
  windowsOf,
  writeOrdersConfig,
} from './orders.ts';

/** From a real Kafka broker through the real relay into a real Chromium: what was produced is what is on the screen. */
let broker: KafkaBroker;
let browser: Browser;
beforeAll(async () => {
  [broker, browser] = await Promise.all([startKafkaBroker(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await broker.stop();
});

const startRelay = async (topic: string) =>
  relayForTest('--config', await writeOrdersConfig(`kafka://${broker.address}/${topic}`));

const openTab = (url: string) => tabForTest(browser, url, { expected: AWAY });

const received = (tab: BoardTab, count: number) =>
  until(async () => expect((await tab.status()).streams.orders?.received).toBe(count));

/** The stream's rows, the window's table and the screen are those of exactly these orders. */
async function expectCounted(tab: BoardTab, orders: readonly Order[], inWindows = orders): Promise<void> {
  expect(
    await tab.query('SELECT count(*) AS rows, count(DISTINCT user_id) AS users, sum(price) AS revenue FROM orders'),
  ).toEqual([{ rows: orders.length, users: usersOf(orders), revenue: revenueOf(orders) }]);
  expect(await tab.query(WINDOWS_SQL)).toEqual(windowsOf(inWindows));
  await until(async () => {
    expect({
      events: await tab.stat('Events'),
      users: await tab.stat('Users'),
      revenue: await tab.stat('Revenue'),
      actions: await tab.bars('By action'),
    }).toEqual({
      events: inWindows.length,
      users: usersOf(inWindows),
      revenue: revenueOf(inWindows),
      actions: countsOf(inWindows),
    });
  });
}

test('P3 W8 every record is counted once, late and out-of-order ones included, in the tab and on its screen', async () => {
  await broker.createTopic('exact', 3);
  const onTime = ordersOnTime(6000, 1);
  await produceOrders(broker, 'exact', onTime);
  const relay = await startRelay('exact');
  const tab = await openTab(relay.url);
  await received(tab, onTime.length);
  await expectCounted(tab, onTime);

  const { late, tooLate } = ordersLate(50, 2);
  await produceOrders(broker, 'exact', [...late, ...tooLate]);
  const all = [...onTime, ...late, ...tooLate];
  await received(tab, all.length);
  await expectCounted(tab, all, [...onTime, ...late]);
  const { streams } = await tab.status();
  expect(streams.orders).toMatchObject({ late: 50, tooLate: 50, duplicates: 0, deadLetters: 0, losses: [] });

  // A new page over the same relay sees the same, though it came later.
  await tab.page.reload();
  await received(tab, all.length);
  await expectCounted(tab, all, [...onTime, ...late]);
  expect(tab.errors).toEqual([]);
});

test('P5 reload of the page and kill -9 of the relay in the middle of a run: counts are still exact', async () => {
  await broker.createTopic('restarted', 3);
  const orders = ordersOnTime(6000, 3);
  const parts = Array.from({ length: 6 }, (_, part) => orders.slice(part * 1000, (part + 1) * 1000));
  // In slices of 40 s of event time: a partition that has been silent may be behind the others by as much, and on a slow
  // machine any of them may be idle (W3), so a slice must fit into delay and allow.
  const produce = async (part: number) => {
    const orders = parts[part] ?? [];
    for (let at = 0; at < orders.length; at += 200)
      await produceOrders(broker, 'restarted', orders.slice(at, at + 200));
  };
  await produce(0);
  const relay = await startRelay('restarted');
  const tab = await openTab(relay.url);
  await received(tab, 1000);

  await Promise.all([produce(1), tab.page.reload()]);
  await produce(2);
  await received(tab, 3000);

  const killed = relay.kill();
  await produce(3);
  await killed;
  await until(async () => expect((await tab.status()).connection.state).toMatch(/waiting|connecting/));
  await until(async () => expect(await tab.stat('Events')).toBe(3000));
  await Promise.all([relay.start(), produce(4)]);
  await produce(5);
  await received(tab, 6000);
  await expectCounted(tab, orders);
  expect((await tab.status()).streams.orders?.losses).toEqual([]);
  expect(tab.errors).toEqual([]);
});

test('S5 a topic that does not exist is said, and read when it does', async () => {
  const relay = await startRelay('not-yet');
  const tab = await openTab(relay.url);
  await until(async () => expect(await tab.page.locator('body').textContent()).toContain('not-yet'));
  expect((await tab.status()).streams.orders?.source).toMatchObject({
    message: expect.stringMatching(/not-yet/),
    fix: expect.stringMatching(/\w/),
  });
  await broker.createTopic('not-yet', 3);
  const orders = ordersOnTime(500, 4);
  await produceOrders(broker, 'not-yet', orders);
  await received(tab, 500);
  await expectCounted(tab, orders);
  expect(tab.errors).toEqual([]);
});

test('S5 a broker that goes away is said, and counts are exact when it is back', async () => {
  await broker.createTopic('away', 3);
  const orders = ordersOnTime(1000, 5);
  await produceOrders(broker, 'away', orders.slice(0, 500));
  const relay = await startRelay('away');
  const tab = await openTab(relay.url);
  await received(tab, 500);
  await broker.kill();
  await until(async () => {
    const { source } = (await tab.status()).streams.orders ?? {};
    expect(source?.message).toContain(broker.address);
  });
  await broker.start();
  await produceOrders(broker, 'away', orders.slice(500));
  await received(tab, 1000);
  await expectCounted(tab, orders);
  await until(async () => expect((await tab.status()).streams.orders?.source.state).toBe('live'));
  expect(tab.errors).toEqual([]);
});
