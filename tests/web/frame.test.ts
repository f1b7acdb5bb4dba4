import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { panelOf, useFixture } from './fixture-page.ts';

/** What is around a panel's picture: its menu and dialogs, full screen, keys; in a real Chromium, mostly without a mouse. */

const { open, visit } = useFixture();

const dialog = (page: Page, name: string | RegExp) => page.getByRole('dialog', { name });
const tell = (page: Page, type: 'boards' | 'pass', detail: string | number) =>
  page.evaluate(({ name, what }) => void dispatchEvent(new CustomEvent(name, { detail: what })), {
    name: type,
    what: detail,
  });

async function violations(page: Page, within: string): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page })
    .setLegacyMode()
    .include(within)
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

test('V30 by keyboard alone: a panel’s menu, its data as a table, sorted, and back to the menu’s button', async () => {
  const page = await open('');
  const button = panelOf(page, 'Events by type').getByRole('button', { name: 'What to do with Events by type' });
  await button.focus();
  expect(await button.evaluate((one) => getComputedStyle(one).opacity)).toBe('1');
  const box = await button.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'What to do with Events by type' });
  await expect.poll(() => focused(page)).toMatch(/^Full screen/);
  expect(await menu.getByRole('menuitem').allTextContents()).toEqual([
    expect.stringMatching(/^Full screen/),
    expect.stringMatching(/^Data as a table/),
    expect.stringMatching(/^How it is made/),
    expect.stringMatching(/^Rows that came too late/),
  ]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const sheet = dialog(page, 'Events by type: data');
  const rows = sheet.locator('tbody tr');
  await rows.first().waitFor();
  expect(await sheet.locator('th').allTextContents()).toEqual([
    ...['window start', 'window end', 'search', 'click', 'cart', 'purchase', 'state'],
  ]);
  expect(await rows.count()).toBe(181);
  expect(await rows.first().locator('td').last().textContent()).toBe('provisional');
  expect(await rows.last().locator('td').last().textContent()).toBe('final');
  await sheet.getByRole('button', { name: /^search/ }).focus();
  await page.keyboard.press('Enter');
  const numbers = async () =>
    (await sheet.locator('tbody td:nth-child(3)').allTextContents()).map((text) => Number(text.replace(/[^\d.]/g, '')));
  const sorted = await numbers();
  expect(sorted).toEqual([...sorted].sort((a, b) => b - a));
  expect(await sheet.locator('th[aria-sort="descending"]').count()).toBe(1);
  expect(await violations(page, 'dialog')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect.poll(() => dialog(page, 'Events by type: data').count()).toBe(0);
  await expect.poll(() => focused(page)).toBe('What to do with Events by type');
  await page.close();
});

test('V32 a menu keeps its focus while statuses come', async () => {
  const page = await open('');
  await panelOf(page, 'Events by type').getByRole('button', { name: 'What to do with Events by type' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => focused(page)).toMatch(/^Full screen/);
  await page.keyboard.press('ArrowDown');
  expect(await focused(page)).toMatch(/^Data as a table/);
  await tell(page, 'pass', 1000);
  await tell(page, 'pass', 1000);
  expect(await focused(page)).toMatch(/^Data as a table/);
  await page.keyboard.press('Enter');
  await dialog(page, 'Events by type: data').waitFor();
  await page.close();
});

test('V30 what cannot be loaded says so where it would stand, and the board goes on', async () => {
  const page = await open('');
  await page.route(/data-table-[^/]*\.js/, (route) => route.abort());
  await panelOf(page, 'Events by type').hover();
  await page.keyboard.press('p');
  await page.keyboard.press('t');
  const sheet = dialog(page, 'Events by type: data');
  await sheet.getByRole('alert').waitFor();
  expect(await sheet.getByRole('alert').textContent()).toMatch(/could not be shown: .*Reload the page/);
  await page.keyboard.press('Escape');
  await panelOf(page, 'Revenue by campaign').hover();
  await page.keyboard.press('p');
  await page.keyboard.press('i');
  await dialog(page, 'Revenue by campaign: how it is made').getByRole('heading', { name: 'As SQL' }).first().waitFor();
  await page.close();
});

test('V37 from one dialog by its keys to another, which stays', async () => {
  const page = await open('');
  await page.keyboard.press('?');
  await dialog(page, 'Keys').waitFor();
  await page.keyboard.press('Control+k');
  await dialog(page, 'Go to').waitFor();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  expect(await page.getByRole('dialog').count()).toBe(1);
  expect(await dialog(page, 'Go to').count()).toBe(1);
  await page.close();
});

test('V30 a page without the clipboard of https copies all the same', async () => {
  const page = await open('');
  await page.evaluate(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.addEventListener('copy', () => {
      document.documentElement.dataset.copied = getSelection()?.toString() ?? '';
    });
  });
  await panelOf(page, 'Revenue by campaign').hover();
  await page.keyboard.press('p');
  await page.keyboard.press('t');
  const copy = dialog(page, 'Revenue by campaign: data').getByRole('button', { name: 'Copy as CSV' });
  await copy.press('Enter');
  await dialog(page, 'Revenue by campaign: data').getByRole('button', { name: 'Copied' }).waitFor();
  expect(await page.evaluate(() => document.documentElement.dataset.copied)).toMatch(/^campaign,revenue\r?\n/);
  expect(await focused(page)).toBe('Copied');
  await page.close();
});

test('V30 the table behind a list is downloaded as it stands', async () => {
  const page = await open('');
  await panelOf(page, 'Revenue by campaign').hover();
  await page.keyboard.press('p');
  await page.keyboard.press('t');
  const sheet = dialog(page, 'Revenue by campaign: data');
  await sheet.locator('tbody tr').first().waitFor();
  expect(await sheet.locator('tbody tr').first().locator('td').allTextContents()).toEqual(['spring-sale', '$12.1k']);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    sheet.getByRole('button', { name: 'Download CSV' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('Revenue-by-campaign.csv');
  expect(
    readFileSync(await download.path(), 'utf8')
      .split('\r\n')
      .slice(0, 2),
  ).toEqual(['campaign,revenue', 'spring-sale,12131']);
  await page.close();
});

test('V31 how it is made: what it claims, the window, its SQL, and where that differs', async () => {
  const page = await open('');
  await panelOf(page, 'Active users now').hover();
  await page.keyboard.press('p');
  await page.keyboard.press('i');
  const sheet = dialog(page, 'Active users now: how it is made');
  await sheet.getByRole('heading', { name: 'As SQL, of the rows themselves' }).waitFor();
  const text = (await sheet.textContent()) ?? '';
  expect(text).toContain('Live. Frames come, and what is shown is as new as they are.');
  expect(text).toContain('The watermark is at 12:02:25, 40 s behind the newest event');
  expect(text).toContain('window: tumble(10s)');
  expect(text).toContain('FROM shop_now\nORDER BY window_start DESC');
  expect(text).toContain('count(DISTINCT user_id) AS visitors');
  expect(text).toContain('count_distinct is exact up to 16,384 values of a group');
  expect(text).toContain('kind: stat');
  expect(await sheet.locator('[data-window-state]').count()).toBe(3);
  expect(await violations(page, 'dialog')).toEqual([]);
  await page.close();
});

test('V32 v fills the page with a panel, the address says so, and Escape leads back', async () => {
  const page = await open('');
  await panelOf(page, 'Conversion rate by minute').hover();
  await page.keyboard.press('v');
  await expect.poll(() => new URL(page.url()).searchParams.get('viewPanel')).toBe('Conversion rate by minute');
  await expect.poll(() => page.locator('.panel:visible').count()).toBe(1);
  const box = await panelOf(page, 'Conversion rate by minute').boundingBox();
  expect(box?.width).toBeGreaterThan(1380);
  expect(box?.height).toBeGreaterThan(900);
  expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
  await page.keyboard.press('Escape');
  await expect.poll(() => page.locator('.panel:visible').count()).toBe(14);
  expect(new URL(page.url()).searchParams.has('viewPanel')).toBe(false);
  await page.goBack();
  await expect.poll(() => page.locator('.panel:visible').count()).toBe(1);
  await page.getByRole('button', { name: 'Back to the board' }).click();
  await expect.poll(() => page.locator('.panel:visible').count()).toBe(14);
  await page.close();
});

test('V33 what is stale is hatched and says its age, whatever its kind, on the board and filling the page', async () => {
  const page = await open('scene=stale');
  const panels = page.locator('[data-panel]:not([data-kind="text"])');
  for (const one of await panels.all()) {
    await one.scrollIntoViewIfNeeded();
    await expect.poll(() => one.getAttribute('data-state')).toBe('stale');
    expect(await one.getAttribute('data-faded')).toBe('');
    expect(await one.evaluate((element) => getComputedStyle(element, '::after').backgroundImage)).toContain('-45deg');
    expect(await one.textContent()).toMatch(/as of 12:02:23.*42 s/);
  }
  for (const title of ['Revenue', 'Events by type', 'Orders by campaign', 'Latest events']) {
    await page.goto(`${page.url().split('?')[0]}?scene=stale&viewPanel=${encodeURIComponent(title)}`);
    const one = panelOf(page, title);
    await one.locator('.panel-body > :not(.skeleton)').first().waitFor();
    await expect.poll(() => one.getAttribute('data-state')).toBe('stale');
    expect(await page.locator('.panel:visible').count()).toBe(1);
    expect(await one.evaluate((element) => getComputedStyle(element, '::after').backgroundImage)).toContain('-45deg');
    await expect.poll(() => one.locator('.state').textContent()).toMatch(/stale/);
    expect(await one.textContent()).toMatch(/as of 12:02:23.*no data for 42 s/);
    // All of it is on the screen, its age too.
    expect(await page.evaluate(() => document.documentElement.scrollHeight - innerHeight)).toBeLessThanOrEqual(0);
  }
  await page.close();
});

test('V33 a gap within what is in view is told on each panel of its stream', async () => {
  const page = await open('scene=gap');
  const one = panelOf(page, 'Events by type');
  expect(await one.getAttribute('data-state')).toBe('gap');
  expect(await one.locator('.state').textContent()).toBe('gap · 1,204 missing');
  await page.close();
});

test('W8 the too-late count opens the very rows: how late, and which windows had ended', async () => {
  const page = await open('');
  await page.getByRole('button', { name: /^too late 7/ }).click();
  const sheet = dialog(page, 'Rows that came too late');
  await sheet.locator('tbody tr').first().waitFor();
  const cells = await sheet.locator('tbody tr').nth(1).locator('td').allTextContents();
  expect(cells.slice(0, 2)).toEqual(['2026-11-22 12:00:01', '72']);
  expect(cells[2]).toContain('shop_now');
  expect(await violations(page, 'dialog')).toEqual([]);
  await page.close();
});

test('W8 rows that go on coming too late are asked for now and then, and never those of another stream', async () => {
  const page = await open('scene=flood');
  const queries = () => page.evaluate(() => Number(document.documentElement.dataset.queries ?? 0));
  await panelOf(page, 'Events by type').getByRole('button', { name: 'What to do with Events by type' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Rows that came too late' }).press('Enter');
  const sheet = dialog(page, 'Rows that came too late');
  await sheet.locator('tbody tr').first().waitFor();
  expect(await queries()).toBe(1);
  for (let second = 0; second < 10; second++) await tell(page, 'pass', 1000);
  expect(await queries()).toBe(3);
  await sheet.getByLabel('Stream').selectOption('orders');
  await expect.poll(() => sheet.locator('caption').textContent()).toBe('Rows of orders that came too late');
  expect(await queries()).toBe(4);
  for (let second = 0; second < 10; second++) await tell(page, 'pass', 1000);
  expect(await queries()).toBe(4);
  await page.close();
});

test('W8 while what was kept is read back, the sheet says why no row is there', async () => {
  const page = await visit('scene=restoring');
  await panelOf(page, 'Events by type').getByRole('button', { name: 'What to do with Events by type' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Rows that came too late' }).press('Enter');
  await expect
    .poll(() => dialog(page, 'Rows that came too late').getByRole('status').textContent())
    .toMatch(/being read back: the rows stand here once it is/);
  await page.close();
});

test('V37 keys: a list of all, a switch that is remembered, and none while somebody types', async () => {
  const page = await open('');
  await page.keyboard.press('?');
  const help = dialog(page, 'Keys');
  await help.waitFor();
  const text = (await help.textContent()) ?? '';
  for (const words of [
    'Go to a board',
    'Pipeline health',
    'Pause, and go on',
    'Zoom out',
    'Its data as a table',
    'Kiosk',
  ])
    expect(text).toContain(words);
  expect(await violations(page, 'dialog')).toEqual([]);
  await help.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await page.keyboard.press('h');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.keyboard.press('Control+k');
  await dialog(page, 'Go to').waitFor();
  await page.keyboard.type('shop h?');
  expect(await dialog(page, 'Keys').count()).toBe(0);
  await page.keyboard.press('Escape');
  await page.reload();
  await page.waitForSelector('.panel .panel-body > :not(.skeleton)');
  await page.keyboard.press('?');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.getByRole('button', { name: /^keys/ }).click();
  await dialog(page, 'Keys').getByRole('checkbox').check();
  await page.keyboard.press('Escape');
  await page.keyboard.press('d');
  await page.keyboard.press('h');
  await page.getByRole('heading', { name: 'Pipeline health' }).waitFor();
  // A sequence is not its last key.
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.close();
});

test('V34 the list of boards by keyboard: searched, walked, opened; the switcher too', async () => {
  const page = await visit('scene=homes');
  await page.waitForSelector('[data-card]');
  expect(await page.locator('[data-card="shop"]').textContent()).toContain('2 problems in its file');
  expect(await page.locator('[data-card="shop_events"]').textContent()).toContain('made for you');
  expect(await page.locator('[data-card="line"] [data-tone]').first().textContent()).toContain('live');
  expect(await violations(page, 'main')).toEqual([]);
  await page.keyboard.press('/');
  await page.keyboard.type('retail');
  await expect.poll(() => page.locator('[data-card]').count()).toBe(1);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('nothing like it');
  expect(await page.locator('.home').textContent()).toContain('No board is like “nothing like it”.');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  expect(await focused(page)).toBe('shop_events');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('board')).toBe('shop_events');
  await page.keyboard.press('Control+k');
  await dialog(page, 'Go to').waitFor();
  await page.keyboard.type('factory');
  expect(await violations(page, 'dialog')).toEqual([]);
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).searchParams.get('board')).toBe('line');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.close();
});

test('V36 a file that is wrong is told with its lines until it is mended; one that changed is told once', async () => {
  const page = await open('');
  await tell(page, 'boards', 'broken');
  const problem = page.locator('[data-file="boards/shop.yaml"]');
  await problem.waitFor();
  expect(await problem.locator('summary').textContent()).toContain(
    'boards/shop.yaml has 2 problems. The last good version is shown.',
  );
  // Nothing has to be opened for a few lines.
  expect(await problem.locator('li').allInnerTexts()).toEqual([
    expect.stringContaining('boards/shop.yaml:12:5 panels[0].w: found 25'),
    expect.stringContaining('boards/shop.yaml:14:5 panels[1].value: found "revenu"'),
  ]);
  expect(await page.locator('.change-note p').count()).toBe(0);
  await tell(page, 'boards', 'mended');
  await expect.poll(() => problem.count()).toBe(0);
  await tell(page, 'boards', 'retitled');
  await expect.poll(() => page.getByRole('status').allTextContents()).toContain('Shop was changed on disk');
  await panelOf(page, 'Who is here').waitFor();
  await page.close();
});

test('V38 a board that was made is saved as a file', async () => {
  const page = await open('scene=made');
  await page.locator('.made-note').getByRole('button', { name: 'Save as a file' }).click();
  const sheet = dialog(page, 'Save as a file');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    sheet.getByRole('button', { name: 'Download shop.yaml' }).click(),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  expect(text).toContain('title: Shop');
  expect(await sheet.locator('[data-board-text]').textContent()).toBe(text);
  expect(await sheet.textContent()).toContain('--boards shop.yaml');
  expect(await violations(page, 'dialog')).toEqual([]);
  await page.close();
});

test('C1 whoever does not want to wait for the next attempt has it made now', async () => {
  const page = await open('scene=disconnected');
  await page.locator('[data-notice="waiting"]').getByRole('button', { name: 'Try now' }).click();
  expect(await page.evaluate(() => document.documentElement.dataset.reconnects)).toBe('1');
  await page.close();
});

/** What has the focus, as it is named. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return (element?.getAttribute('aria-label') ?? element?.textContent ?? '').trim();
  });
}
