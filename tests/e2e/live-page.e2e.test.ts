import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type BoardTab, launchChromium } from '../support/chromium.ts';
import { AWAY, tabForTest, until } from '../support/for-test.ts';
import { startProxy } from '../support/proxy.ts';
import { type RelayProcess, startRelayProcess } from '../support/relay-process.ts';

/** What is around a board, over the real demo: numbers that go on, the pipeline's health, and a relay that is away. */
let relay: RelayProcess;
let browser: Browser;
beforeAll(async () => {
  [relay, browser] = await Promise.all([startRelayProcess(['--demo-rate', '40']), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await relay.remove();
});

const openShop = (more = ''): Promise<BoardTab> =>
  tabForTest(browser, `${relay.url}/?board=shop${more}`, { expected: AWAY });

/** Once it draws what comes; on a busy machine that is late. */
async function firstChart(page: Page): Promise<Locator> {
  const chart = page.locator('[data-kind="timeseries"]').first();
  await until(async () => expect(await chart.getAttribute('data-state')).toMatch(/^(live|late)$/));
  return chart;
}

test('V30 the table behind a chart goes on while it is open, with what the engine has', {
  timeout: 120_000,
}, async () => {
  const tab = await openShop();
  const { page } = tab;
  const chart = await firstChart(page);
  await chart.hover();
  await page.keyboard.press('p');
  await page.keyboard.press('t');
  const sheet = page.getByRole('dialog', { name: /: data$/ });
  const newest = () => sheet.locator('tbody tr').first().locator('td').allTextContents();
  await sheet.locator('tbody tr').first().waitFor();
  const [start] = await newest();
  await until(async () => {
    const cells = await newest();
    expect(cells[0]).not.toBe(start);
    expect(cells.at(-1)).toBe('provisional');
  });
  expect(tab.errors).toEqual([]);
});

test('V31 the SQL a panel shows runs in the tab', { timeout: 120_000 }, async () => {
  const tab = await openShop();
  const { page } = tab;
  const chart = await firstChart(page);
  await chart.hover();
  await page.keyboard.press('p');
  await page.keyboard.press('i');
  const sheet = page.getByRole('dialog', { name: /: how it is made$/ });
  await sheet.getByRole('heading', { name: 'As SQL, of the rows themselves' }).waitFor();
  const texts = (await sheet.locator('pre').allTextContents()).filter((text) => text.startsWith('SELECT'));
  expect(texts).toHaveLength(2);
  for (const text of texts) expect((await tab.query(`${text}\nLIMIT 5`)).length).toBeGreaterThan(0);
  expect(tab.errors).toEqual([]);
});

test('V35 the health of what comes now: a rate, a watermark, no matter which stream', async () => {
  const tab = await openShop('&page=health');
  const stream = tab.page.locator('[data-stream="shop_events"]');
  await until(async () => expect(await stream.locator('.stream-rate b').textContent()).toMatch(/^[\d.,]+\/s$/));
  await until(async () => expect(await stream.locator('.stream-state').textContent()).toContain('live'));
  expect(await stream.locator('[data-fact="Watermark"]').textContent()).toMatch(
    /\d\d:\d\d:\d\d.*behind the newest event/,
  );
  expect(await stream.locator('.partitions dd').first().textContent()).toMatch(/^[\d,]+$/);
  await until(async () => expect(await tab.page.locator('.health tbody tr').count()).toBeGreaterThan(3));
  expect(tab.errors).toEqual([]);
});

test('C1 a relay that is back is found as soon as the viewer asks', async () => {
  const proxy = await startProxy({ target: () => relay.port });
  onTestFinished(() => proxy.stop());
  const tab = await tabForTest(browser, `http://127.0.0.1:${proxy.port}/?board=shop`, { expected: AWAY });
  await until(async () => expect((await tab.status()).connection.state).toBe('live'));
  await proxy.refuse();
  proxy.resetAll();
  let retryAtMs = 0;
  // Far enough off that it is not the attempt that comes by itself.
  await until(async () => {
    const { connection } = await tab.status();
    retryAtMs = connection.state === 'waiting' ? connection.retryAtMs : 0;
    expect(retryAtMs - Date.now()).toBeGreaterThan(6_000);
  });
  await proxy.listen();
  await tab.page.locator('[data-notice="waiting"]').getByRole('button', { name: 'Try now' }).click();
  await until(async () => expect((await tab.status()).connection.state).toBe('live'));
  const { connection } = await tab.status();
  expect(connection.state === 'live' ? connection.sinceMs : Number.NaN).toBeLessThan(retryAtMs);
  await until(async () => expect(await tab.page.locator('[data-notice="waiting"]').count()).toBe(0));
  expect(tab.errors).toEqual([]);
});
