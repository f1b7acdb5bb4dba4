import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { AWAY, relayForTest, tabForTest, until } from '../support/for-test.ts';
import { startNoSocketsProxy } from '../support/no-sockets-proxy.ts';

/** The demo shop behind a proxy that lets no WebSocket through. */
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

test('F9 C5 a board behind a proxy without WebSockets lives by HTTP, and says so', async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '500');
  const proxy = await startNoSocketsProxy(relay.port);
  const tab = await tabForTest(browser, proxy.url, { expected: new RegExp(`${AWAY.source}|503`) });
  await until(async () => {
    expect((await tab.status()).connection).toMatchObject({ state: 'live', transport: 'http' });
  });
  expect(proxy.refused).toBe(2);
  const received = async () =>
    Object.values((await tab.status()).streams).reduce((sum, stream) => sum + stream.received, 0);
  const before = await received();
  await until(async () => expect(await received()).toBeGreaterThan(before + 500));

  await relay.stop();
  await until(async () => expect((await tab.status()).connection.state).not.toBe('live'));
  await relay.start();
  await until(async () => {
    expect((await tab.status()).connection).toMatchObject({ state: 'live', transport: 'http' });
  });
  expect(tab.errors).toEqual([]);
}, 150_000);
