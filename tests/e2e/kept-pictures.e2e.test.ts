import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type BoardTab, launchChromium, openBoardIn } from '../support/chromium.ts';
import { AWAY, relayForTest, until } from '../support/for-test.ts';
import { type Order, ordersOnTime, writeOrdersConfig } from './orders.ts';

/** A page that was open here before shows what it showed last, as that, until there is an engine that is as far. */

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const ORDERS = ordersOnTime(2000, 11).toSorted((left, right) => left.timeMs - right.timeMs);
const ENGINE = '**/*.wasm';
const SHOWN = '[data-panel="Events"] .stat-value';

/** Half of the orders are there, and were seen in this browser. */
async function seen() {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-kept-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'orders.jsonl');
  await writeFile(path, linesOf(ORDERS.slice(0, 1000)));
  const relay = await relayForTest('--config', await writeOrdersConfig(`file:${path}`), '--data', 'none');
  const context = await browser.newContext({ serviceWorkers: 'block' });
  onTestFinished(() => context.close());
  const tab = await openBoardIn(context, relay.url, new RegExp(`ERR_FAILED|wasm|${AWAY.source}`));
  await until(async () => expect(await tab.stat('Events')).toBe(1000));
  await until(async () => expect(Object.values(await tab.panelStates())).not.toContain('catching-up'));
  await until(async () => expect(await tab.page.evaluate(keptCount)).toBeGreaterThan(6));
  return { context, tab, path, relay, grow: () => appendFile(path, linesOf(ORDERS.slice(1000))) };
}

/** Runs in the page: of the boards and each picture one entry. */
async function keptCount(): Promise<number> {
  const all = await indexedDB.databases();
  if (!all.some(({ name }) => name === 'highwater pictures ')) return 0;
  return new Promise((done, failed) => {
    const opening = indexedDB.open('highwater pictures ');
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const counting = opening.result.transaction('pictures').objectStore('pictures').count();
      counting.onsuccess = () => done(counting.result);
    };
  });
}

/** Opens the page again while its engine cannot come; the function returned lets it. */
async function reloadWithoutEngine(context: BrowserContext, { page }: BoardTab, url = page.url()): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await context.route(ENGINE, async (route) => {
    await promise;
    await route.continue();
  });
  if (url === page.url()) await page.reload();
  else await page.goto(url);
  return resolve;
}

test('V62 before there is an engine the last pictures are shown, with their age, and then what is newer', async () => {
  const { context, tab, grow } = await seen();
  const letEngine = await reloadWithoutEngine(context, tab);
  await tab.page.waitForSelector(SHOWN);
  expect(await tab.stat('Events')).toBe(1000);
  expect([...new Set(Object.values(await tab.panelStates()))]).toEqual(['loading']);
  expect(await tab.page.locator('[data-panel="Events"] .state').getAttribute('title')).toMatch(
    /^loading · as of \d\d:\d\d:\d\d/,
  );
  await grow();
  letEngine();
  await until(async () => expect(await tab.stat('Events')).toBe(2000));
  await until(async () => expect(Object.values(await tab.panelStates())).not.toContain('loading'));
  expect(await tab.query('SELECT count(*) AS rows FROM orders')).toEqual([{ rows: 2000 }]);
  expect(tab.errors).toEqual([]);
});

test('V62 what another build kept is not shown, nor is anything where no engine can start', async () => {
  const { context, tab } = await seen();
  await tab.page.evaluate(
    () =>
      new Promise<void>((done, failed) => {
        const opening = indexedDB.open('highwater pictures ');
        opening.onerror = () => failed(opening.error);
        opening.onsuccess = () => {
          const change = opening.result.transaction('pictures', 'readwrite');
          const store = change.objectStore('pictures');
          const boards = store.get('boards');
          boards.onsuccess = () => store.put({ ...boards.result, build: 'another' }, 'boards');
          change.oncomplete = () => done();
        };
      }),
  );
  const letEngine = await reloadWithoutEngine(context, tab);
  await tab.page.waitForSelector('.board[aria-busy]');
  letEngine();
  await until(async () => expect(await tab.stat('Events')).toBe(1000));

  await context.unroute(ENGINE);
  await context.route(ENGINE, (route) => route.abort());
  await tab.page.reload();
  await tab.page.getByRole('heading', { name: 'The engine could not start' }).waitFor();
  expect(await tab.page.locator('[data-panel]').count()).toBe(0);
});

test('V62 where nothing is left to draw, the last pictures stay and are called neither loading nor live', async () => {
  const { context, tab, path, relay } = await seen();
  await tab.page.goto(`${relay.url}/version`);
  // A page of before had rows as well: without them an engine begins with nothing.
  await until(async () =>
    expect(
      await tab.page.evaluate(async () => {
        const folder = await navigator.storage.getDirectory();
        return folder.removeEntry('journal', { recursive: true }).then(() => 'gone', String);
      }),
    ).toBe('gone'),
  );
  await relay.stop();
  await writeFile(path, '');
  await relay.start();
  const letEngine = await reloadWithoutEngine(context, tab, relay.url);
  await tab.page.waitForSelector(SHOWN);
  expect([...new Set(Object.values(await tab.panelStates()))]).toEqual(['loading']);
  letEngine();
  await until(async () => expect([...new Set(Object.values(await tab.panelStates()))]).toEqual(['replay']));
  expect(await tab.stat('Events')).toBe(1000);
  expect(await tab.page.locator('[data-panel="Events"] .state').getAttribute('title')).toMatch(/no data for \d+ s/);
});

function linesOf(orders: readonly Order[]): string {
  return orders
    .map(({ timeMs, user, action, price }) =>
      JSON.stringify({ user_id: user, action, price, timestamp: new Date(timeMs).toISOString() }),
    )
    .map((line) => `${line}\n`)
    .join('');
}
