import { connectAsync } from 'mqtt';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type BoardTab, launchChromium, openBoardIn } from '../support/chromium.ts';
import { relayForTest, until } from '../support/for-test.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';
import type { RelayProcess } from '../support/relay-process.ts';
import { writeOrdersConfig } from './orders.ts';

/** Several tabs of one browser share one engine and one socket, and none of them is needed for it to go on. */
let broker: Mosquitto;
let browser: Browser;
beforeAll(async () => {
  [broker, browser] = await Promise.all([startMosquitto(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await broker.stop();
});

interface Profile {
  readonly relay: RelayProcess;
  /** Another tab of the same browser profile. */
  open(search?: string, expected?: RegExp): Promise<BoardTab>;
  /** Publishes orders, each the next number. */
  publish(count: number): Promise<void>;
}

async function profile(topic: string): Promise<Profile> {
  const relay = await relayForTest('--config', await writeOrdersConfig(`${broker.url}/${topic}`));
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  onTestFinished(() => context.close());
  const client = await connectAsync(broker.url);
  onTestFinished(() => client.endAsync());
  let number = 0;
  return {
    relay,
    open: (search = '', expected) => openBoardIn(context, `${relay.url}/${search}`, expected),
    async publish(count) {
      const orders = Array.from({ length: count }, () => {
        const at = Date.UTC(2026, 0, 1) + number * 50;
        return { user_id: number++, action: 'click', price: 0.25, timestamp: new Date(at).toISOString() };
      });
      await Promise.all(orders.map((order) => client.publishAsync(topic, JSON.stringify(order), { qos: 1 })));
    },
  };
}

const COUNTED = `SELECT count(*) AS rows, count(DISTINCT user_id) AS users, count(DISTINCT _offset) AS offsets FROM orders`;

/** Every order is in the engine once, in the window, and on the screen. */
const counts = (tab: BoardTab, count: number) =>
  until(async () => {
    expect(await tab.query(COUNTED)).toEqual([{ rows: count, users: count, offsets: count }]);
    expect(await tab.query('SELECT sum(events) AS events FROM orders_by_minute')).toEqual([{ events: count }]);
    expect(await tab.stat('Events')).toBe(count);
    expect((await tab.status()).streams.orders).toMatchObject({ received: count, duplicates: 0, losses: [] });
  });

const subscribers = async (relay: RelayProcess) =>
  /^highwater_relay_subscribers (\d+)$/m.exec(await (await fetch(`${relay.url}/metrics`)).text())?.[1];

/** From now on, in every frame: what the stat shows. A picture that was blank or fell back is found. */
async function watchEvents(tab: BoardTab): Promise<() => Promise<(string | null)[]>> {
  await tab.page.evaluate(() => {
    const seen: (string | null)[] = [];
    Object.assign(window, { seen });
    const look = () => {
      const now = document.querySelector('[data-panel="Events"] [data-value]')?.getAttribute('data-value') ?? null;
      if (seen.length === 0 || seen.at(-1) !== now) seen.push(now);
      requestAnimationFrame(look);
    };
    look();
  });
  return () => tab.page.evaluate(() => (window as unknown as { seen: (string | null)[] }).seen);
}

const rising = (seen: readonly (string | null)[]) =>
  seen.every((value, index) => value !== null && Number(value) >= Number(seen[index - 1] ?? 0));

test('T1 tabs share one socket and one engine, and each has its own pause', async () => {
  const { relay, open, publish } = await profile('share');
  const first = await open();
  const second = await open();
  await until(async () => expect((await first.status()).connection.state).toBe('live'));
  await publish(500);
  await Promise.all([counts(first, 500), counts(second, 500)]);
  expect(await subscribers(relay)).toBe('1');

  await second.page.getByRole('button', { name: 'Pause' }).click();
  await until(async () => expect(Object.values(await second.panelStates())).toContain('paused'));
  await publish(100);
  await counts(first, 600);
  expect(await second.stat('Events')).toBe(500);
  await second.page.getByRole('button', { name: 'Live', exact: true }).click();
  await counts(second, 600);

  // A tab that is closed leaves nothing behind that the others would wait for.
  await second.close();
  await publish(100);
  await counts(first, 700);
  const third = await open();
  await counts(third, 700);
  expect(await subscribers(relay)).toBe('1');
  expect([...first.errors, ...third.errors]).toEqual([]);
});

test('T3 when the leading tab is closed another takes over: every row once, and the picture stays', async () => {
  const { relay, open, publish } = await profile('close');
  const leader = await open();
  await until(async () => expect((await leader.status()).connection.state).toBe('live'));
  const [second, third] = [await open(), await open()];
  await publish(2000);
  await Promise.all([leader, second, third].map((tab) => counts(tab, 2000)));
  const seen = await watchEvents(third);

  await leader.close();
  await publish(300);
  await Promise.all([second, third].map((tab) => counts(tab, 2300)));
  expect(await subscribers(relay)).toBe('1');

  await second.close();
  await publish(200);
  await counts(third, 2500);
  expect(rising(await seen()), String(await seen())).toBe(true);
  expect([...second.errors, ...third.errors]).toEqual([]);
});

test('T3 when the renderer of the leading tab is killed another takes over', async () => {
  const { relay, open, publish } = await profile('kill');
  const leader = await open();
  await until(async () => expect((await leader.status()).connection.state).toBe('live'));
  const second = await open();
  await publish(1000);
  await Promise.all([leader, second].map((tab) => counts(tab, 1000)));
  const seen = await watchEvents(second);
  const crashed = leader.page.waitForEvent('crash');
  void leader.page.goto('chrome://crash').catch(() => {});
  await crashed;
  await publish(500);
  await counts(second, 1500);
  expect(rising(await seen()), String(await seen())).toBe(true);
  expect(await subscribers(relay)).toBe('1');
  // One that comes now is served by the new leader.
  const third = await open();
  await counts(third, 1500);
  expect(second.errors).toEqual([]);
});
