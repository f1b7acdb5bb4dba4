import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type BoardTab, launchChromium, openBoard } from '../support/chromium.ts';
import { AWAY } from '../support/for-test.ts';
import { type RelayProcess, startRelayProcess } from '../support/relay-process.ts';

/** What `npm start -- --demo shop` shows, with fewer customers: the simulated shop, over real MQTT, live. */
let relay: RelayProcess;
let browser: Browser;
let tab: BoardTab;
beforeAll(async () => {
  [relay, browser] = await Promise.all([startRelayProcess(['--demo', 'shop', '--demo-rate', '40']), launchChromium()]);
  // Tall enough for the whole board: panels out of sight rest.
  tab = await openBoard(browser, relay.url, { expected: AWAY, context: { viewport: { width: 1280, height: 1600 } } });
});
afterAll(async () => {
  await browser.close();
  await relay.remove();
});

const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 90_000, interval: 200 });

/** The panels that are in another state. */
async function panelsNot(state: string): Promise<[string, string | null][]> {
  const states = Object.entries(await tab.panelStates());
  expect(states.length).toBeGreaterThan(7);
  return states.filter(([, now]) => now !== state);
}

test('all panels become live and show values', async () => {
  await until(async () => expect(await panelsNot('live')).toEqual([]));
  await until(async () => {
    for (const title of ['Active users now', 'Revenue']) expect(await tab.stat(title), title).toBeGreaterThan(0);
    expect(Object.keys(await tab.bars('Revenue by campaign')).length).toBeGreaterThan(2);
    expect(Object.keys(await tab.bars('Funnel, users'))).toEqual(['search', 'click', 'cart', 'purchase']);
  });
}, 180_000);

test('what is drawn moves: newer events, counted once, drawn soon after they happened', async () => {
  const before = await tab.status();
  await until(async () => {
    const now = await tab.status();
    expect(now.streams.shop_events?.received).toBeGreaterThan(before.streams.shop_events?.received ?? 0);
    expect(now.drawn.samples).toBeGreaterThan(0);
    expect(now.eventsPerSecond).toBeGreaterThan(0);
  });
  const { streams } = await tab.status();
  expect(streams.shop_events).toMatchObject({ duplicates: 0, losses: [] });
  // One in 40,000 cannot be read, as in life.
  expect(streams.shop_events?.deadLetters).toBeLessThan(10);
  expect(await tab.query('SELECT count(*) = count(DISTINCT _offset) AS once FROM shop_events')).toEqual([
    { once: true },
  ]);
});

test('C3 without the relay the last picture stays and says so; with it the tab is live again', async () => {
  const shown = Object.keys(await tab.bars('Funnel, users'));
  await relay.kill();
  await until(async () => {
    expect((await tab.status()).connection).toMatchObject({ state: 'waiting', reason: expect.stringMatching(/\w/) });
    expect(await panelsNot('disconnected')).toEqual([]);
  });
  expect(Object.keys(await tab.bars('Funnel, users'))).toEqual(shown);
  await until(async () => expect(await tab.page.locator('body').textContent()).toContain('Disconnected'));
  await relay.start();
  await until(async () => {
    expect((await tab.status()).connection.state).toBe('live');
    expect(await panelsNot('live')).toEqual([]);
  });
  expect(tab.errors).toEqual([]);
}, 180_000);
