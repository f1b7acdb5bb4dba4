import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { tabForTest, until } from '../support/for-test.ts';
import { type RelayProcess, startRelayProcess } from '../support/relay-process.ts';

/** Somebody writes a board with the page open beside the editor. */
const ORDERS = ['DE', 'FR', 'DE', 'FR', 'DE']
  .map((country, index) => JSON.stringify({ ts: `2026-01-05T10:00:0${index}Z`, country, price: index }))
  .join('\n');
const CONFIG = `streams:
  orders: { source: "file:./orders.jsonl", time: { field: ts } }
boards: boards/*.yaml
`;
const board = ({ where = '', value = 'events', more = '' } = {}) => `title: Orders
range: all
windows:
  by_minute: { from: orders, window: tumble(1m), ${where}select: { events: count(), revenue: sum(price) } }
panels:
  - { kind: stat, title: Events, w: 6, h: 4, window: by_minute, value: ${value}, over: range }
${more}`;

let folder: string;
let relay: RelayProcess;
let browser: Browser;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'highwater-live-'));
  await mkdir(join(folder, 'boards'));
  await writeFile(join(folder, 'orders.jsonl'), `${ORDERS}\n`);
  await writeFile(join(folder, 'highwater.yaml'), CONFIG);
  await save('orders', board());
  await save('other', 'title: Another\npanels: [{ kind: text, title: Words, w: 9, h: 3, text: words }]\n');
  [relay, browser] = await Promise.all([
    startRelayProcess(['--config', join(folder, 'highwater.yaml')]),
    launchChromium(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await relay.remove();
  await rm(folder, { recursive: true, force: true });
});

/** By rename, as editors do. */
async function save(name: string, text: string): Promise<void> {
  const file = join(folder, 'boards', `${name}.yaml`);
  await writeFile(`${file}~`, text);
  await rename(`${file}~`, file);
}

test('B4 B5 a board is seen as it is saved, its mistakes too, in the tab that is open', async () => {
  const tab = await tabForTest(browser, `${relay.url}/?board=orders`);
  const { page } = tab;
  await until(async () => expect(await tab.stat('Events')).toBe(5));
  await page.evaluate(() => Object.assign(window, { opened: true }));

  const more = '  - { kind: stat, title: Revenue, w: 6, h: 4, window: by_minute, value: revenue, over: range }\n';
  await save('orders', board({ more }));
  await until(async () => expect(await tab.stat('Revenue')).toBe(10));

  // Another window of the same name: counted again, from the rows that are kept.
  await save('orders', board({ where: "where: country = 'DE', ", more }));
  await until(async () => expect([await tab.stat('Events'), await tab.stat('Revenue')]).toEqual([3, 6]));

  await save('orders', board({ value: 'evnts' }));
  const problem = page.getByText(
    'panels.0.value: found "evnts", expected a column of by_minute’s select; did you mean events?',
  );
  await until(async () => expect(await problem.count()).toBeGreaterThan(0));
  expect([await tab.stat('Events'), await tab.stat('Revenue')]).toEqual([3, 6]);
  expect(relay.output()).toContain('orders.yaml was changed; what it was before is shown, for');

  await save('orders', board());
  await until(async () => expect(await tab.stat('Events')).toBe(5));
  expect(await problem.count()).toBe(0);
  expect(await page.evaluate(() => 'opened' in window)).toBe(true);
  expect((await tab.status()).streams.orders).toMatchObject({ received: 5, duplicates: 0 });
});

test('B4 a new board is on the home page, and one that is deleted is not', async () => {
  const tab = await tabForTest(browser, relay.url);
  await save('second', board().replace('title: Orders', 'title: A second one').replaceAll('by_minute', 'again'));
  await until(async () => expect(await tab.page.getByText('A second one').count()).toBeGreaterThan(0));
  await rm(join(folder, 'boards/second.yaml'));
  await until(async () => expect(await tab.page.getByText('A second one').count()).toBe(0));
});
