import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoardTab, launchChromium, type openBoard } from '../support/chromium.ts';
import { tabForTest, until } from '../support/for-test.ts';
import { type RelayProcess, startRelayProcess } from '../support/relay-process.ts';

/**
 * Choosing what is in view, by hand and by key, and giving it to somebody else as a link. Of events that are known: from
 * midnight on, two hours of one every two seconds, UTC, 2026-01-05, a Monday.
 */
const START_MS = Date.UTC(2026, 0, 5);
const EVENTS = 3600;
const COUNTRIES = ['DE', 'FR', null];

const BOARD = `
title: Orders
range: 30m
variables:
  country: { column: country, from: orders, label: Country }
windows:
  by_minute: { from: orders, window: tumble(1m), by: [country], select: { events: count(), revenue: sum(price) } }
  by_product: { from: orders, window: tumble(1m), by: [product], select: { revenue: sum(price) } }
panels:
  - { kind: stat, title: Events, w: 6, h: 4, window: by_minute, value: events, over: range }
  - { kind: stat, title: Revenue, w: 6, h: 4, window: by_minute, value: revenue, over: range, unit: currencyEUR }
  - { kind: barlist, title: By product, w: 12, h: 6, window: by_product, value: revenue, label: product, over: range, link: { board: detail } }
  - { kind: timeseries, title: Events by country, w: 24, h: 9, window: by_minute, y: [events], series: country }
`;
const DETAIL = `
title: Detail
panels:
  - { kind: table, title: Rows, w: 24, h: 10, stream: orders }
`;

let folder: string;
let relay: RelayProcess;
let browser: Browser;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'highwater-share-'));
  const lines = Array.from({ length: EVENTS }, (_, index) =>
    JSON.stringify({
      timestamp: new Date(START_MS + index * 2000).toISOString(),
      country: COUNTRIES[index % 3],
      product: ['lamp', 'desk'][index % 2],
      price: (index % 8) / 4,
    }),
  );
  await writeFile(join(folder, 'orders.jsonl'), `${lines.join('\n')}\n`);
  await writeFile(join(folder, 'board.yaml'), BOARD);
  await writeFile(join(folder, 'detail.yaml'), DETAIL);
  await writeFile(
    join(folder, 'highwater.yaml'),
    'streams:\n  orders: { source: "file:./orders.jsonl" }\nboards: [board.yaml, detail.yaml]\n',
  );
  [relay, browser] = await Promise.all([
    startRelayProcess(['--config', join(folder, 'highwater.yaml')]),
    launchChromium(),
  ]);
  url = `${relay.url}/?board=board`;
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await relay?.remove();
  await rm(folder, { recursive: true, force: true });
});

const VIEWPORT = { viewport: { width: 1280, height: 1000 }, timezoneId: 'UTC', locale: 'en-GB' };

async function open(address = url, context: Parameters<typeof openBoard>[2] = {}): Promise<BoardTab> {
  const tab = await tabForTest(browser, address, { ...context, context: { ...VIEWPORT, ...context.context } });
  await until(async () => expect((await tab.status()).streams.orders?.received).toBe(EVENTS));
  return tab;
}

const stat = (tab: BoardTab, value: number, title = 'Events') =>
  until(async () => expect(await tab.stat(title)).toBe(value));
const search = (page: Page) => new URL(page.url()).searchParams;
const picker = (page: Page) => page.getByRole('button', { name: /^Event time in view/ });
const box = (page: Page) => page.getByRole('dialog', { name: 'Event time in view' });

/** What of the page are numbers, as pixels. Colours of series are not: a browser remembers which value wears which. */
async function pixels({ page }: BoardTab): Promise<Buffer[]> {
  // What the pointer is on looks otherwise.
  await page.mouse.move(640, 2);
  const shown = page.locator('.stat-value, .bars, .legend b');
  expect(await shown.count()).toBe(5);
  return Promise.all((await shown.all()).map((one) => one.screenshot()));
}

test('V60 a link shows somebody else, in another zone, the same picture: to the pixel', {
  timeout: 120_000,
}, async () => {
  const here = await open();
  // The newest half hour: all minutes that hold any of it.
  await stat(here, 900);
  await picker(here.page).press('Enter');
  await box(here.page).getByLabel('From', { exact: true }).fill('2026-01-05 00:30');
  await box(here.page).getByLabel('To', { exact: true }).fill('2026-01-05 01:10');
  await until(async () =>
    expect(await box(here.page).locator('[data-meaning]').textContent()).toBe('Mon 5 Jan 00:30 – 01:10'),
  );
  await box(here.page).getByRole('button', { name: 'UTC', exact: true }).click();
  await box(here.page).getByLabel('To', { exact: true }).press('Enter');
  await stat(here, 1200);
  await until(async () => expect(search(here.page).get('from')).toBe('2026-01-05 00:30'));
  expect(await picker(here.page).textContent()).toContain('Mon 5 Jan 00:30 – 01:10');
  // What follows nothing does not claim to.
  expect(await here.page.locator('[data-live]').getAttribute('data-live')).toBe('still');
  await here.page.getByRole('button', { name: /^Country/ }).click();
  await here.page.getByRole('option', { name: 'DE' }).click();
  await here.page.getByRole('option', { name: 'none' }).click();
  await here.page.keyboard.press('Escape');
  await until(async () => expect(search(here.page).getAll('var-country')).toEqual(['DE', '$__null']));
  await stat(here, 800);

  const there = await open(here.page.url(), { context: { timezoneId: 'Asia/Tokyo', locale: 'ja-JP' } });
  await stat(there, 800);
  await until(async () => expect(await there.stat('Revenue')).toBe(await here.stat('Revenue')));
  await until(async () => {
    const shown = await there.bars('By product');
    expect(Object.keys(shown).toSorted()).toEqual(['desk', 'lamp']);
    expect(shown).toEqual(await here.bars('By product'));
  });
  await until(async () => expect(await pixels(there)).toEqual(await pixels(here)));
  expect([...here.errors, ...there.errors]).toEqual([]);
});

test('a stretch dragged over a chart is the whole board’s; Back and Ctrl+Z undo it', { timeout: 120_000 }, async () => {
  const tab = await open(`${url}&timezone=utc&from=all`);
  const { page } = tab;
  await stat(tab, EVENTS);
  const before = page.url();
  const drag = async () => {
    const area = (await page.locator('[data-panel="Events by country"] .u-over').boundingBox()) ?? {
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    };
    const y = area.y + area.height / 2;
    await page.mouse.move(area.x + area.width * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width * 0.75, y, { steps: 5 });
    await page.mouse.up();
  };
  await drag();
  await until(async () => expect(page.url()).not.toBe(before));
  const [from, to] = [Number(search(page).get('from')), Number(search(page).get('to'))];
  expect(from).toBeGreaterThan(START_MS + 20 * 60_000);
  expect(to).toBeLessThan(START_MS + 100 * 60_000);
  await until(async () => {
    const shown = (await tab.stat('Events')) ?? 0;
    expect(shown).toBeGreaterThanOrEqual(Math.floor((to - from) / 2000));
    expect(shown).toBeLessThan((to - from) / 2000 + 61);
  });
  await page.goBack();
  expect(page.url()).toBe(before);
  await stat(tab, EVENTS);
  await drag();
  await until(async () => expect(page.url()).not.toBe(before));
  await page.keyboard.press('Control+z');
  await until(async () => expect(search(page).get('from')).toBe('all'));
  await stat(tab, EVENTS);
  expect(tab.errors).toEqual([]);
});

test('by keyboard alone: a quick range, half a range back, live again; a filter', { timeout: 120_000 }, async () => {
  const tab = await open(`${url}&timezone=utc`);
  const { page } = tab;
  await stat(tab, 900);
  await picker(page).focus();
  await page.keyboard.press('ArrowDown');
  await box(page).getByRole('button', { name: 'Last hour' }).press('Enter');
  await stat(tab, 1800);
  await until(async () => expect(search(page).get('from')).toBe('now-1h'));
  expect(await picker(page).evaluate((button) => button === document.activeElement)).toBe(true);
  await page.getByRole('button', { name: 'Half a range earlier' }).press('Enter');
  await until(async () => expect(search(page).get('to')).toMatch(/^\d{13}$/));
  await page.getByRole('button', { name: /^Live/ }).press('Enter');
  await until(async () => expect(search(page).get('to')).toBeNull());
  await page.getByRole('button', { name: /^Country/ }).press('Enter');
  await page.keyboard.type('fr');
  await until(async () => expect(await page.getByRole('option').allTextContents()).toEqual(['All', 'FR', '“fr”']));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await until(async () => expect(search(page).getAll('var-country')).toEqual(['FR']));
  expect(await page.getByRole('button', { name: /^Country/ }).textContent()).toContain('Country: FR');
  await stat(tab, 300);
  expect(tab.errors).toEqual([]);
});

test('a value that is clicked is chosen on the whole board, turned around, and let go of', {
  timeout: 120_000,
}, async () => {
  const tab = await open(`${url}&from=all`);
  const { page } = tab;
  await stat(tab, EVENTS);
  await page.locator('[data-panel="By product"] [data-key="desk"] button').first().click();
  await until(async () => expect(search(page).getAll('filter')).toEqual(['product|=|desk']));
  await stat(tab, EVENTS / 2);
  await page.locator('[data-filter="product"] button').first().click();
  await until(async () => expect(search(page).getAll('filter')).toEqual(['product|!=|desk']));
  await until(async () => expect(Object.keys(await tab.bars('By product'))).toEqual(['lamp']));
  await stat(tab, EVENTS / 2);
  await page.getByRole('button', { name: 'Remove the filter of product' }).click();
  await stat(tab, EVENTS);
  await until(async () => expect(search(page).has('filter')).toBe(false));
  expect(tab.errors).toEqual([]);
});

test('a link of a panel leads to its board with the value and the same time', { timeout: 120_000 }, async () => {
  const tab = await open(`${url}&from=now-1h&var-country=FR`);
  const { page } = tab;
  await stat(tab, 600);
  await page.locator('[data-panel="By product"] [data-key="lamp"] a').click();
  await page.waitForSelector('[data-board="Detail"]');
  expect(search(page).get('board')).toBe('detail');
  expect(search(page).get('from')).toBe('now-1h');
  // That board has no variable of the country: it is a filter there.
  expect(search(page).getAll('filter')).toEqual(['country|=|FR', 'product|=|lamp']);
  await until(async () => {
    const all = await page.locator('[data-panel="Rows"] tbody tr').allTextContents();
    const rows = all.filter((row) => row.trim() !== '');
    expect(rows.length).toBeGreaterThan(3);
    for (const row of rows) expect(row).toMatch(/FR.*lamp/);
  });
  await page.goBack();
  await stat(tab, 600);
  expect(tab.errors).toEqual([]);
});

test('a browser without Temporal loads what knows the calendar: today is the zone’s day', {
  timeout: 120_000,
}, async () => {
  const context = await browser.newContext(VIEWPORT);
  await context.addInitScript('delete globalThis.Temporal');
  const page = await context.newPage();
  // The second hour of the 5th in UTC is the first of it in Azores time.
  await page.goto(`${url}&from=now/d&timezone=Atlantic/Azores`);
  const value = page.locator('[data-panel="Events"] [data-value]').first();
  await until(async () => expect(await value.getAttribute('data-value')).toBe('1800'));
  expect(await page.evaluate(() => 'Temporal' in globalThis)).toBe(false);
  expect(await picker(page).textContent()).toContain('Today');
  await context.close();
});

test('what an address says wrongly is told: a time that is none, a board that is not there', {
  timeout: 120_000,
}, async () => {
  const tab = await open(`${url}&from=yesterday`);
  const { page } = tab;
  expect(await page.locator('[data-range-problem="from"]').textContent()).toContain(
    '“yesterday” is no time: write now-15m',
  );
  await stat(tab, 900);
  await picker(page).click();
  await box(page).getByLabel('From', { exact: true }).fill('now-5x');
  expect(await box(page).locator('.problem-of-field').first().textContent()).toContain('“now-5x” is no time');
  expect(await box(page).getByRole('button', { name: 'Show', exact: true }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
  const nonsense = await open(`${relay.url}/?board=bord`);
  await until(async () =>
    expect(await nonsense.page.getByRole('alert').textContent()).toMatch(
      /There is no board “bord”\.\s*Did you mean board\?/,
    ),
  );
  // Another board is another view of the page, not another page: the engine stays.
  await nonsense.page.evaluate(() => document.body.setAttribute('data-same-page', ''));
  await nonsense.page.getByRole('alert').getByRole('link', { name: 'board', exact: true }).first().click();
  await stat(nonsense, 900);
  expect(await nonsense.page.locator('body[data-same-page]').count()).toBe(1);
  await nonsense.page.goBack();
  await until(async () => expect(await nonsense.page.getByRole('alert').count()).toBe(1));
  expect([...tab.errors, ...nonsense.errors]).toEqual([]);
});
