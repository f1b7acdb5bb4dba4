import { connectAsync } from 'mqtt';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import { type BoardTab, launchChromium } from '../support/chromium.ts';
import { AWAY, relayForTest, sourceIsLive, tabForTest, until } from '../support/for-test.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import { writeOrdersConfig } from './orders.ts';

/** A wall that loads itself again: nothing is lost by it, it never ends on an error page, and it does not go round. */
let broker: Mosquitto;
let browser: Browser;
beforeAll(async () => {
  [broker, browser] = await Promise.all([startMosquitto(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await broker.stop();
});

/** How often it was loaded, from now on: also where it loads itself again before everything of it has come. */
function loads(page: Page): () => number {
  let count = 0;
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) count++;
  });
  return () => count;
}

/**
 * Publishes orders, up to twenty a second, until it is stopped; resolves to how many there were. With QoS 2: what was
 * published with QoS 1 comes again when the relay is killed.
 */
async function publishSteadily(topic: string): Promise<() => Promise<number>> {
  const client = await connectAsync(broker.url);
  let stopped = false;
  const published = (async () => {
    let count = 0;
    for (; !stopped; count++) {
      const order = { user_id: count, action: 'click', price: 0.25, timestamp: new Date().toISOString() };
      await client.publishAsync(topic, JSON.stringify(order), { qos: 2 });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return count;
  })();
  const stop = () => {
    stopped = true;
    return published;
  };
  onTestFinished(async () => {
    await stop();
    await client.endAsync();
  });
  return stop;
}

const COUNTED = 'SELECT count(*) AS rows, count(DISTINCT user_id) AS users FROM orders';

async function ordersWall(topic: string, search: string) {
  const relay = await relayForTest('--config', await writeOrdersConfig(`${broker.url}/${topic}`));
  await sourceIsLive(relay, 'orders');
  const stop = await publishSteadily(topic);
  const tab: BoardTab = await tabForTest(browser, `${relay.url}/?${search}`, { expected: AWAY });
  return { relay, tab, stop };
}

test('K4 at its time it loads itself again, and has every row once', { timeout: 180_000 }, async () => {
  const { tab, stop } = await ordersWall('walls/orders', 'kiosk&reload=10s');
  const loaded = loads(tab.page);
  await until(async () => expect(loaded()).toBeGreaterThanOrEqual(2));
  const published = await stop();
  await until(async () => expect(await tab.query(COUNTED)).toEqual([{ rows: published, users: published }]));
  // It goes on loading itself again.
  await until(async () => {
    const { streams, journal } = await tab.status();
    expect(streams.orders).toMatchObject({ duplicates: 0, losses: [], delivery: { outcome: 'resumed' } });
    expect(journal.restoredRows).toBeGreaterThan(0);
  });
  expect(tab.errors).toEqual([]);
});

test('K4 it waits for the relay rather than end on an error page', { timeout: 180_000 }, async () => {
  const { relay, tab, stop } = await ordersWall('walls/waiting', 'kiosk&reload=15s');
  const loaded = loads(tab.page);
  await until(async () => expect((await tab.status()).streams.orders?.received).toBeGreaterThan(10));
  await relay.kill();
  const notes = tab.page.locator('.wall .notes');
  await until(async () => expect(await notes.textContent()).toContain('once the server answers'));
  expect(loaded()).toBe(0);
  expect(await tab.page.locator('[data-panel]').count()).toBeGreaterThan(3);
  await relay.start();
  await until(async () => expect(loaded()).toBe(1));
  const published = await stop();
  await until(async () => expect(await tab.query(COUNTED)).toEqual([{ rows: published, users: published }]));
  expect(tab.errors).toEqual([]);
});

/** The relay as one that says another version each time it is asked. */
async function versions(page: Page, next: () => { readonly protocol: number; readonly build: string }): Promise<void> {
  await page.route('**/version', (route) => route.fulfill({ json: next() }));
}

test('K5 a later protocol makes a kiosk load itself again, three times and not more', {
  timeout: 180_000,
}, async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '10');
  const tab = await tabForTest(browser, `${relay.url}/?kiosk`);
  const loaded = loads(tab.page);
  await versions(tab.page, () => ({ protocol: PROTOCOL_VERSION + 1, build: 'a' }));
  await tab.page.reload();
  await until(async () =>
    expect(await tab.page.locator('.wall .notes').textContent()).toMatch(/later protocol: .*still so/),
  );
  // The one of this test, and its own three.
  expect(loaded()).toBe(4);
  await until(async () => expect(await tab.page.locator('[data-panel]').count()).toBeGreaterThan(3));
  expect(tab.errors).toEqual([]);
});

test('K5 elsewhere it is offered, and the page goes on as it is', { timeout: 120_000 }, async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '10');
  const tab = await tabForTest(browser, relay.url);
  const loaded = loads(tab.page);
  let asked = 0;
  await versions(tab.page, () => ({ protocol: PROTOCOL_VERSION, build: asked++ < 2 ? 'a' : 'b' }));
  await tab.page.reload();
  await until(async () => expect((await tab.status()).connection.state).toBe('live'));
  // Asked again when the relay has come back.
  await relay.stop();
  await until(async () => expect((await tab.status()).connection.state).not.toBe('live'));
  await relay.start();
  const note = tab.page.getByRole('status').filter({ hasText: 'A new version is ready' });
  await note.waitFor({ timeout: 45_000 });
  expect(loaded()).toBe(1);
  await note.getByRole('button', { name: 'Reload' }).click();
  await until(async () => expect(loaded()).toBe(2));
});
