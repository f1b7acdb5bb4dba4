import { connectAsync } from 'mqtt';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type BoardTab, launchChromium, openBoardIn } from '../support/chromium.ts';
import { AWAY, relayForTest, sourceIsLive, until } from '../support/for-test.ts';
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
  await sourceIsLive(relay, 'orders');
  const context: BrowserContext = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    serviceWorkers: 'block',
  });
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
}, 120_000);

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
}, 120_000);

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
}, 120_000);

test('T3 a tab that takes over while the relay is away keeps its picture, and goes on when the relay is back', async () => {
  const { relay, open, publish } = await profile('away');
  const leader = await open('', AWAY);
  await until(async () => expect((await leader.status()).connection.state).toBe('live'));
  const second = await open('', AWAY);
  await publish(1000);
  await Promise.all([leader, second].map((tab) => counts(tab, 1000)));
  const seen = await watchEvents(second);
  await relay.kill();
  await leader.close();
  await until(async () => expect(Object.values(await second.panelStates())).toContain('disconnected'));
  expect(await second.stat('Events')).toBe(1000);
  await relay.start();
  await publish(500);
  await until(async () => expect(await second.stat('Events')).toBe(1500));
  expect(await second.query(COUNTED)).toMatchObject([{ rows: 1500, users: 1500 }]);
  expect(rising(await seen()), String(await seen())).toBe(true);
  expect(second.errors).toEqual([]);
}, 120_000);

/** Two tabs with orders on the screen. */
async function twoTabs(topic: string, search = '', expected?: RegExp) {
  const on = await profile(topic);
  const leader = await on.open(search, expected);
  await until(async () => expect((await leader.status()).connection.state).toBe('live'));
  const follower = await on.open(search, expected);
  await on.publish(1000);
  await Promise.all([leader, follower].map((tab) => counts(tab, 1000)));
  return { ...on, leader, follower, seen: [await watchEvents(leader), await watchEvents(follower)] };
}

/** The engine was built anew once, for this reason; both tabs went on, with every row once and no blank. */
async function wentOn({ relay, leader, follower, publish, seen }: Awaited<ReturnType<typeof twoTabs>>, reason: RegExp) {
  await until(async () => {
    for (const tab of [leader, follower])
      expect((await tab.status()).restarts).toEqual([
        { atMs: expect.any(Number), reason: expect.stringMatching(reason) },
      ]);
  });
  await publish(500);
  for (const tab of [leader, follower]) {
    await counts(tab, 1500);
    await until(async () =>
      expect(await tab.page.locator('[data-notice^="restart/"]').textContent()).toContain(
        'The engine was started again',
      ),
    );
    expect(tab.errors).toEqual([]);
  }
  for (const look of seen) expect(rising(await look()), String(await look())).toBe(true);
  expect(await subscribers(relay)).toBe('1');
}

/** A silent engine is ended sooner than by itself. */
const SOON = '?watchdog=6s';

/** One key for all rows, and no pair that is wanted: a hash join looks at them all in one step, and at no deadline. */
const ENDLESS = `SELECT count(*) AS pairs FROM (SELECT range AS v, range - range AS k FROM range(1000000)) a
  JOIN (SELECT range AS v, range - range AS k FROM range(1000000)) b ON a.k = b.k AND a.v + b.v < -1`;

test('T4 a query that no deadline ends is ended with its engine, and another engine goes on', async () => {
  const tabs = await twoTabs('endless', SOON);
  await expect(tabs.follower.query(ENDLESS)).rejects.toThrow(/started again.*\n.*Ask again/);
  await wentOn(tabs, /did not answer for 6 s/);
}, 120_000);

test('T4 a worker that throws is replaced', async () => {
  const tabs = await twoTabs('throws', '', /out of the blue/);
  await tabs.leader.page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error('out of the blue');
    });
  });
  await wentOn(tabs, /out of the blue/);
}, 120_000);

test('T4 a worker that is gone is replaced', async () => {
  const tabs = await twoTabs('gone', SOON);
  await tabs.leader.page.workers()[0]?.evaluate(() => self.close());
  await wentOn(tabs, /did not answer for 6 s/);
}, 120_000);

/** What the engine holds came from what the browser keeps, and no row of it a second time from the relay. */
async function restored(tab: BoardTab, rows: number): Promise<void> {
  await until(async () => {
    const { journal, streams } = await tab.status();
    expect(journal).toMatchObject({ state: 'on', restoredRows: rows });
    expect(streams.orders?.delivery?.outcome).toBe('resumed');
  });
}

/** A list in one piece: memory it is given back goes to the engine, never to the browser. */
const HUNGRY = 'SELECT len(list(range)) AS entries FROM range(20000000)';

test('T4 an engine whose memory grows past its bound is started again from what the browser keeps', async () => {
  const tabs = await twoTabs('heap', '?heap=128MiB');
  const before = await tabs.leader.query('SELECT * FROM orders ORDER BY user_id');
  expect((await tabs.leader.status()).memory.usedBytes).toBeLessThan(128 * 2 ** 20);
  // It may be ended before it can answer.
  await tabs.follower.query(HUNGRY).catch(() => undefined);
  await until(async () => expect((await tabs.follower.status()).restarts).toHaveLength(1));
  await restored(tabs.follower, 1000);
  expect(await tabs.leader.query('SELECT * FROM orders ORDER BY user_id')).toEqual(before);
  expect((await tabs.leader.status()).memory.usedBytes).toBeLessThan(128 * 2 ** 20);
  await wentOn(tabs, /memory has grown to \d+ MiB/);
}, 180_000);

/** A length beyond what 32 bits can address: the engine's module reads outside its memory, and nothing in it holds then. */
const TRAP = "SELECT length(repeat('x', 3000000000)) AS trap";

test('T4 J4 a query that makes the engine’s WebAssembly trap is refused, and another engine goes on', async () => {
  const tabs = await twoTabs('trap');
  const before = await tabs.leader.query('SELECT * FROM orders ORDER BY user_id');
  await expect(tabs.follower.query(TRAP)).rejects.toThrow(/memory access out of bounds/);
  await until(async () =>
    expect((await tabs.follower.status()).restarts).toMatchObject([
      { reason: expect.stringMatching(/memory access out of bounds/) },
    ]),
  );
  await restored(tabs.follower, 1000);
  expect(await tabs.leader.query('SELECT * FROM orders ORDER BY user_id')).toEqual(before);
  await wentOn(tabs, /memory access out of bounds/);
}, 180_000);

test('T4 an engine that fails again and again is given up, with what to do, and the last picture stays', async () => {
  const { leader, follower } = await twoTabs('again', '', /out of the blue/);
  for (let failure = 1; failure <= 6; failure++) {
    await until(async () => expect((await follower.status()).restarts).toHaveLength(failure - 1));
    await leader.page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new Error('out of the blue');
      });
    });
  }
  for (const tab of [leader, follower]) {
    await until(async () =>
      expect(await tab.page.locator('[data-notice^="failure/"]').textContent()).toMatch(
        /started 5 times within ten minutes.*Reload the page/,
      ),
    );
    expect(await tab.stat('Events')).toBe(1000);
    expect(Object.values(await tab.panelStates())).toContain('disconnected');
  }
  // Another that takes over tries again.
  await leader.page.reload();
  await counts(follower, 1000);
  expect(await follower.page.locator('[data-notice^="failure/"]').count()).toBe(0);
  expect([...leader.errors, ...follower.errors]).toEqual([]);
}, 180_000);
