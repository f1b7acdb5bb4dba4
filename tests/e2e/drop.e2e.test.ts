import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoardTab, launchChromium } from '../support/chromium.ts';
import { relayForTest, tabForTest, until } from '../support/for-test.ts';

/** Files given to the page: a relay of the tab's own reads them, and what it shows is what the relay would have shown. */
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

interface Given {
  readonly name: string;
  readonly text: string;
}

const row = (index: number) => ({
  timestamp: new Date(Date.UTC(2026, 0, 1) + index * 100).toISOString(),
  action: ['view', 'cart', 'buy'][index % 3],
  price: index / 4,
  big: index === 7 ? '9007199254740993' : index,
});
/** A row's text, with an integer beyond 2^53 as JSON may have it. */
const line = (index: number) => JSON.stringify(row(index)).replace('"9007199254740993"', '9007199254740993');
const lines = (count: number) => Array.from({ length: count }, (_, index) => `${line(index)}\n`).join('');

async function open(expected?: RegExp): Promise<BoardTab> {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '1');
  const tab = await tabForTest(browser, relay.url, expected && { expected });
  await until(async () => expect((await tab.status()).connection.state).toBe('live'));
  return tab;
}

/** As from the desktop: the whole page is the place. */
async function drop({ page }: BoardTab, files: readonly Given[]): Promise<void> {
  await page.evaluate((given) => {
    const transfer = new DataTransfer();
    for (const { name, text } of given) transfer.items.add(new File([text], name));
    const event = (type: string) => new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event('dragover'));
    document.body.dispatchEvent(event('drop'));
  }, files);
}

test('dropped files are streams with a board each, exact, and nothing of them is sent', {
  timeout: 120_000,
}, async () => {
  const tab = await open();
  const requests: string[] = [];
  tab.page.on('request', (request) => requests.push(`${request.method()} ${request.url()}`));
  await drop(tab, [
    { name: 'user events.jsonl', text: `${lines(30_000)}not json\n` },
    { name: 'readings.json', text: JSON.stringify([row(0), row(1), row(2)], null, 2) },
  ]);
  await until(async () => expect((await tab.status()).streams.user_events?.received).toBe(30_000));
  expect(
    await tab.query('SELECT count(*) AS rows, sum(price) AS price, count(DISTINCT action) AS actions FROM user_events'),
  ).toEqual([{ rows: 30_000, price: (29_999 * 30_000) / 8, actions: 3 }]);
  expect(await tab.query('SELECT max(big)::VARCHAR AS big FROM user_events')).toEqual([{ big: '9007199254740993' }]);
  expect(await tab.query('SELECT count(*) AS rows FROM readings')).toEqual([{ rows: 3 }]);
  await until(async () => expect((await tab.status()).streams.user_events).toMatchObject({ deadLetters: 1 }));
  await until(async () => expect((await tab.status()).streams.user_events?.source.state).toBe('ended'));
  expect(await tab.page.locator('.home .card').allTextContents()).toHaveLength(2);
  await tab.page.locator('.home .card a.card-link').first().click();
  await until(async () => {
    const states = Object.values(await tab.panelStates());
    expect(states.length).toBeGreaterThan(2);
    expect(states).not.toContain('error');
  });
  // Neither in an address: what is asked has no query.
  expect(requests.filter((request) => !/^GET [^?]*\/(assets\/|icon\.svg$|version$)/.test(request))).toEqual([]);
  expect(tab.errors).toEqual([]);
});

test('files are chosen by keyboard too, an unfit one is told, and the relay’s board is one click away', {
  timeout: 120_000,
}, async () => {
  const tab = await open();
  const { page } = tab;
  // Listened for before anything else: the browser is told to hand choosers over while the button is looked for.
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open files…' }).focus();
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.keyboard.press('Enter');
  await (await choosing).setFiles([{ name: 'one.ndjson', mimeType: '', buffer: Buffer.from(lines(500)) }]);
  await until(async () => expect((await tab.status()).streams.one?.received).toBe(500));
  expect(Object.keys((await tab.status()).streams)).toEqual(['one']);
  await drop(tab, [{ name: 'picture.png', text: 'x' }]);
  await until(async () =>
    expect(await page.getByRole('alert').allTextContents()).toEqual([
      expect.stringContaining('picture.png is not a .jsonl'),
    ]),
  );
  expect(await page.getByRole('alert').boundingBox()).toMatchObject({ y: expect.closeTo(64, 0) });
  expect(await page.locator('.files').textContent()).toContain('one.ndjson: in this tab only');
  await page.getByRole('button', { name: 'Dismiss' }).press('Enter');
  expect(await page.getByRole('alert').count()).toBe(0);
  await page.getByRole('button', { name: 'Back to the relay' }).click();
  await until(async () => expect(Object.keys((await tab.status()).streams)).toEqual(['shop_events']));
  expect(tab.errors).toEqual([]);
});

test('S14 files whose reader cannot be loaded say so, and are read on another try', { timeout: 120_000 }, async () => {
  const tab = await open(/ERR_FAILED/);
  const { page } = tab;
  const engine = page.workers().map((worker) => worker.url());
  const scripts = /\/assets\/main-[^/]*\.js$/;
  await page.route(scripts, (route) => (engine.includes(route.request().url()) ? route.continue() : route.abort()));
  await drop(tab, [{ name: 'one.jsonl', text: lines(500) }]);
  await until(async () =>
    expect(await page.getByRole('alert').textContent()).toMatch(/could not be loaded.*try again/s),
  );
  await page.unroute(scripts);
  await page.getByRole('button', { name: 'Try again' }).press('Enter');
  await until(async () => expect((await tab.status()).streams.one?.received).toBe(500));
  expect(await page.getByRole('alert').count()).toBe(0);
  expect(tab.errors).toEqual([]);
});

test('S14 files are replayed at the speed that is chosen, by event time', { timeout: 120_000 }, async () => {
  const tab = await open();
  const { page } = tab;
  const choose = async (speed: string) => {
    await page.getByRole('button', { name: 'Speed of files' }).press('Enter');
    for (let step = 0; step < 5; step++) {
      if ((await page.locator('[role=menuitemradio]:focus').textContent())?.startsWith(speed)) break;
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
  };
  const received = async () => (await tab.status()).streams.slow?.received ?? 0;
  const ended = async () => (await tab.status()).streams.slow?.source.state === 'ended';
  await choose('at 1×');
  // The last is due in two hours.
  const rows = [0, 1, 36_000 * 2].map((index) => `${line(index)}\n`);
  await drop(tab, [{ name: 'slow.jsonl', text: rows.join('') }]);
  await until(async () => expect(await received()).toBe(2));
  expect(await ended()).toBe(false);
  await choose('as fast');
  await until(async () => expect([await received(), await ended()]).toEqual([3, true]));
  const near = [0, 1, 2000].map((index) => `${line(index)}\n`);
  await choose('at 100×');
  await drop(tab, [{ name: 'slow.jsonl', text: near.join('') }]);
  await until(async () => expect([await received(), await ended()]).toEqual([3, true]));
  expect(tab.errors).toEqual([]);
});
