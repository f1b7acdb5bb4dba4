import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoardTab, launchChromium } from '../support/chromium.ts';
import { relayForTest, tabForTest, until } from '../support/for-test.ts';
import { type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.ts';
import type { RelayProcess } from '../support/relay-process.ts';
import { ordersOnTime, produceOrders, WINDOWS_SQL, windowsOf, writeOrdersConfig } from './orders.ts';

/** What cannot be a row is counted, kept and shown, and touches nothing around it. */
let broker: KafkaBroker;
let browser: Browser;
beforeAll(async () => {
  [broker, browser] = await Promise.all([startKafkaBroker(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await broker.stop();
});

async function open(topic: string): Promise<{ relay: RelayProcess; tab: BoardTab }> {
  const relay = await relayForTest('--config', await writeOrdersConfig(`kafka://${broker.address}/${topic}`));
  return { relay, tab: await tabForTest(browser, relay.url) };
}

test('D1 bad records are dead letters, each with its reason; the records around them are all counted', async () => {
  await broker.createTopic('bad', 3);
  const orders = ordersOnTime(600, 7);
  await produceOrders(broker, 'bad', orders.slice(0, 300));
  const { relay, tab } = await open('bad');
  await until(async () => expect((await tab.status()).streams.orders?.received).toBe(300));

  const good = { user_id: 1, action: 'click', timestamp: '2025-04-04T10:05:00Z' };
  const bad: readonly (readonly [value: string | Uint8Array, reason: RegExp])[] = [
    ['{"user_id": 1, "action": "click", "timest', /JSON/],
    ['[1, 2, 3]', /object/],
    ['{"user_id": 1, "action": "click"}', /timestamp/],
    [JSON.stringify({ ...good, timestamp: 'yesterday, about noon' }), /timestamp|time/],
    [JSON.stringify({ ...good, user_id: 'somebody' }), /user_id/],
    [JSON.stringify({ ...good, filler: 'x'.repeat(20 * 2 ** 20) }), /large|MiB|bytes/],
    [new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), /UTF-8/],
  ];
  for (const [value] of bad) await broker.produce('bad', [{ value, partition: 1 }]);
  await produceOrders(broker, 'bad', orders.slice(300));

  await until(async () => {
    expect((await tab.status()).streams.orders).toMatchObject({ received: 600, deadLetters: bad.length });
  });
  expect(await tab.query(WINDOWS_SQL)).toEqual(windowsOf(orders));
  await until(async () => expect(await tab.stat('Events')).toBe(600));
  await until(async () => expect(await tab.page.locator('body').textContent()).toContain(`dead letters ${bad.length}`));
  await until(async () => {
    expect((await tab.status()).streams.orders?.lastDeadLetter).toMatch(/UTF-8/);
  });

  const told: unknown = await (await fetch(`${relay.url}/dead-letters`)).json();
  const reasons = JSON.stringify(told);
  for (const [, reason] of bad) expect(reasons).toMatch(reason);
  // The start of a record is kept, not all of it.
  expect(reasons.length).toBeLessThan(10_000);
  expect(tab.errors).toEqual([]);
});

test('an empty topic is waited for, in words, and no panel is in error', async () => {
  await broker.createTopic('empty', 1);
  const { tab } = await open('empty');
  await until(async () =>
    expect(await tab.page.locator('body').textContent()).toContain('Waiting for the first record of orders'),
  );
  expect(Object.values(await tab.panelStates())).not.toContain('error');
  expect((await tab.status()).streams.orders).toMatchObject({ received: 0, deadLetters: 0, losses: [] });
  expect(tab.errors).toEqual([]);
});

test('Q1 a query that is not one SELECT is refused with the reason and the fix', async () => {
  await broker.createTopic('queried', 1);
  const orders = ordersOnTime(200, 8).map((order) => ({ ...order, partition: 0 }));
  await produceOrders(broker, 'queried', orders);
  const { tab } = await open('queried');
  await until(async () => expect((await tab.status()).streams.orders?.received).toBe(200));
  for (const sql of [
    'DELETE FROM orders',
    'SELECT 1; SELECT 2',
    "SELECT * FROM read_csv('/etc/passwd')",
    "SET memory_limit = '4GB'",
  ])
    await expect(tab.query(sql), sql).rejects.toThrow(/\w+[.:].*\n.*\w/s);
  await expect(tab.query('SELECT nothing FROM orders')).rejects.toThrow(/nothing/);
  expect(await tab.query('SELECT count(*) AS rows FROM orders')).toEqual([{ rows: 200 }]);
  expect(
    await tab.page.evaluate(async () => {
      const rows = await window.highwater.query('SELECT * FROM orders', { maxRows: 10 });
      return [rows.length, 'truncated' in rows && rows.truncated];
    }),
  ).toEqual([10, true]);
  expect(tab.errors).toEqual([]);
});
