import { type Browser, chromium } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CHROMIUM_FLAGS, launchChromium } from '../support/chromium.ts';
import { relayForTest, tabForTest, until } from '../support/for-test.ts';
import { builtPage } from '../support/relay-process.ts';
import { startStaticSite } from '../support/static-site.ts';
import { findChromium } from '../support/tools.ts';

/** What `npm run build` leaves, on a host of files alone: no relay, no routes. */
let browser: Browser;
let folder: string;
beforeAll(async () => {
  [browser, folder] = await Promise.all([launchChromium(), builtPage()]);
});
afterAll(() => browser.close());

async function site(under = '/') {
  const served = await startStaticSite(folder, { under });
  onTestFinished(() => served.close());
  return served;
}

test('K11 K12 without a relay the page says so, and a demo is one click away, from a folder too', {
  timeout: 120_000,
}, async () => {
  const { url } = await site('/tools/highwater/');
  const tab = await tabForTest(browser, url);
  const { page } = tab;
  await until(async () => expect(await page.locator('h1').textContent()).toMatch(/^No relay answers at http/));
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.locator('[data-demo=shop]').focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => 'highwater' in window && location.search === '?demo=shop');
  await until(async () => {
    const { streams, connection } = await tab.status();
    expect(connection.state).toBe('live');
    // Fifteen minutes of the past, then what happens now.
    const { schema: _, ...shop } = streams.shop_events ?? { schema: null };
    expect(shop).toMatchObject({ catchingUp: false, duplicates: 0, losses: [], source: { state: 'live' } });
    expect(streams.shop_events?.received).toBeGreaterThan(20_000);
  });
  await until(async () => {
    const [{ minutes } = { minutes: 0 }] = await tab.query(
      "SELECT date_diff('minute', min(_event_time), max(_event_time)) AS minutes FROM shop_events",
    );
    expect(Number(minutes)).toBeGreaterThanOrEqual(14);
  });
  await until(async () => {
    const states = Object.entries(await tab.panelStates()).filter(([, state]) => state !== 'asleep');
    expect(states.length).toBeGreaterThan(5);
    expect(states.filter(([, state]) => state !== 'live')).toEqual([]);
  });
  const before = (await tab.status()).streams.shop_events?.received ?? 0;
  await until(async () => expect((await tab.status()).streams.shop_events?.received).toBeGreaterThan(before + 50));
  expect(await page.locator('.files').textContent()).toContain('Simulated in this tab');
  expect(requests.filter((request) => !request.startsWith(url))).toEqual([]);
  expect(requests.filter((request) => /\/(version|stream|socket)\b/.test(request))).toEqual([]);
  expect(tab.errors).toEqual([]);
});

test('K12 a page that came over plain http from another computer runs a demo too', { timeout: 120_000 }, async () => {
  const { url } = await site();
  const executablePath = await findChromium();
  const elsewhere = await chromium.launch({
    executablePath,
    args: [...CHROMIUM_FLAGS, '--host-resolver-rules=MAP highwater.test 127.0.0.1'],
  });
  onTestFinished(() => elsewhere.close());
  const tab = await tabForTest(elsewhere, `http://highwater.test:${new URL(url).port}/?demo=factory`);
  expect(await tab.page.evaluate(() => [isSecureContext, typeof crypto.randomUUID])).toEqual([false, 'undefined']);
  await until(async () => {
    const states = Object.values(await tab.panelStates());
    expect(states.filter((state) => state === 'live').length).toBeGreaterThan(3);
    expect(states).not.toContain('error');
  });
  expect(tab.errors).toEqual([]);
});

test('K11 files are read without a relay too', { timeout: 90_000 }, async () => {
  const { url } = await site();
  const tab = await tabForTest(browser, url);
  const { page } = tab;
  await page.locator('[data-no-relay]').waitFor();
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: /^Open files \./ }).click();
  const lines = Array.from({ length: 500 }, (_, index) =>
    JSON.stringify({ timestamp: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(), price: index }),
  );
  await (await choosing).setFiles([{ name: 'sales.jsonl', mimeType: '', buffer: Buffer.from(lines.join('\n')) }]);
  await until(async () => expect((await tab.status()).streams.sales?.received).toBe(500));
  expect(await tab.query('SELECT sum(price) AS price FROM sales')).toEqual([{ price: 124_750 }]);
  expect(tab.errors).toEqual([]);
});

test('K11 a relay elsewhere is named in the address, and what it needs is said', { timeout: 90_000 }, async () => {
  const { url } = await site();
  const tab = await tabForTest(browser, `${url}?board=sales&from=now-5m&theme=dark`, {
    expected: /404|WebSocket|ERR_CONNECTION_REFUSED|CORS/,
  });
  const { page } = tab;
  await page.getByLabel('Connect to a relay').fill('http://127.0.0.1:9');
  await page.getByRole('button', { name: 'Connect' }).click();
  await until(async () =>
    expect(await page.locator('h1').textContent()).toBe('No relay answers at http://127.0.0.1:9'),
  );
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
    relay: 'http://127.0.0.1:9',
    board: 'sales',
    from: 'now-5m',
    theme: 'dark',
  });
  expect(await page.locator('.connect').textContent()).toContain(`--allow-origin ${new URL(url).origin}`);
});

test('K13 a relay that was told of the site serves its page', { timeout: 120_000 }, async () => {
  const { url } = await site('/boards/');
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '20', '--allow-origin', new URL(url).origin);
  const address = `${url}?relay=${encodeURIComponent(relay.url)}`;
  const tab = await tabForTest(browser, address);
  await until(async () =>
    expect((await tab.status()).connection).toMatchObject({ state: 'live', transport: 'websocket' }),
  );
  await until(async () => expect(await tab.stat('Active users now')).toBeGreaterThan(0));
  expect(tab.errors).toEqual([]);
});
