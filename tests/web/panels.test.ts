import { expect, test } from 'vitest';
import { panelOf, useFixture } from './fixture-page.ts';

/** The real page over known pictures, in a real Chromium: what stands where, and what it claims. */

const { open, visit } = useFixture();

test('a stat shows its value, its unit and the whole number behind it', async () => {
  const page = await open('');
  const revenue = panelOf(page, 'Revenue');
  expect(await revenue.locator('.stat-value').getAttribute('data-value')).toBe('48213.5');
  expect(await revenue.locator('.stat-value').textContent()).toBe('$48.2k');
  expect(await revenue.getAttribute('data-state')).toBe('live');
  const failures = panelOf(page, 'Payment failures');
  expect(await failures.getAttribute('data-alarm')).toBe('warn');
  expect(await failures.locator('.state').textContent()).toBe('above 4 %');
  await page.close();
});

test('a list has one bar per value; a funnel says where it loses most', async () => {
  const page = await open('');
  const rows = panelOf(page, 'Orders by campaign').locator('[data-key]');
  expect(await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-key')))).toEqual([
    'spring-sale',
    'newsletter-14',
    'brand-search',
    'retargeting',
    'direct',
    'influencer-a',
  ]);
  expect(await rows.first().getAttribute('data-value')).toBe('199');
  expect(await panelOf(page, 'Funnel, users').locator('.funnel-note').textContent()).toMatch(
    /search → purchase 8.6 %\s*biggest loss click → cart 65 %/,
  );
  const stock = panelOf(page, 'Inventory left');
  expect(await stock.locator('[data-key="TENT-2P-ALP"]').getAttribute('data-alarm')).toBe('alarm');
  expect(await stock.locator('.panel-note').textContent()).toMatch(/\+ \d more/);
  await page.close();
});

test('V4 a value wears one colour on the chart and on the bars', async () => {
  const page = await open('');
  const swatch = panelOf(page, 'Events by type').locator('[data-key="cart"] .swatch');
  const bar = panelOf(page, 'Funnel, users').locator('[data-key="cart"] .fill');
  const color = (one: typeof swatch) => one.evaluate((node) => getComputedStyle(node).backgroundColor);
  expect(await color(bar)).toBe(await color(swatch));
  await page.close();
});

test('a chart is drawn, tells who cannot see it what it shows, and answers the pointer', async () => {
  const page = await open('');
  const chart = panelOf(page, 'Events by type').locator('.chart');
  expect(await chart.getAttribute('aria-label')).toMatch(/^Events by type, live\. search [\d.]+\/s, click/);
  const inked = await chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let count = 0;
    for (let at = 3; at < pixels.length; at += 4) if ((pixels[at] ?? 0) > 0) count++;
    return count / (canvas.width * canvas.height);
  });
  expect(inked).toBeGreaterThan(0.3);
  const box = await chart.boundingBox();
  await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2);
  await page.waitForSelector('.tooltip');
  expect(await chart.locator('.tooltip').textContent()).toMatch(
    /^\d\d:\d\d:\d\d – \d\d:\d\d:\d\d\s*purchase\s*[\d.]+\/s/,
  );
  await page.close();
});

test('a table lists the latest rows, as many as fit', async () => {
  const page = await open('');
  const table = panelOf(page, 'Latest events');
  expect(await table.locator('[data-row="0"] td').allTextContents()).toEqual([
    '12:03:05.372',
    '8841',
    'purchase',
    'spring-sale',
    'TENT-2P-ALP',
    '$48.90',
    'DE',
    'provisional',
  ]);
  // Those in sight fill the table: the last of them ends where it does, and none is cut.
  const gap = await table.locator('.table-scroller').evaluate((node) => {
    const end = node.getBoundingClientRect().bottom;
    const ends = [...node.querySelectorAll('[data-row]')].map((row) => row.getBoundingClientRect().bottom);
    return end - Math.max(...ends.filter((bottom) => bottom <= end + 1));
  });
  expect(gap).toBeLessThan(12);
  await page.close();
});

test.each([
  ['stale', 'stale', /as of 12:02:23\s*no data for 42 s/],
  ['disconnected', 'disconnected', /as of 12:02:23\s*no data for 42 s/],
])('C3 %s: the last value stays and never looks fresh', async (scene, state, foot) => {
  const page = await open(`scene=${scene}`);
  const users = panelOf(page, 'Active users now');
  expect(await users.getAttribute('data-state')).toBe(state);
  expect(await users.getAttribute('data-faded')).toBe('');
  expect(await users.locator('.stat-value').getAttribute('data-value')).toBe('1284');
  expect(await users.locator('.stat-foot').textContent()).toMatch(foot);
  await page.close();
});

test.each([
  ['disconnected', /Disconnected\s+since 12:02:23: the relay did not answer for 15 s\. Attempt 4 in 4 s/],
  [
    'failed',
    /Source of shop_events is not reachable, trying again\s+No broker answers at localhost:9092\. Start Kafka there/,
  ],
  ['gap', /Gap in shop_events\s+12:02:56: .* 1,204 records are missing\./],
  ['rejected', /No record of shop_events could become a row\s+37 read.*no field holds a time\.\s+See them/],
  ['empty', /Waiting for the first record of shop_events\s+Reading kafka:/],
])('%s is said above the board', async (scene, words) => {
  const page = await open(`scene=${scene}`);
  expect(await page.locator('.banner').first().textContent()).toMatch(words);
  expect((await page.getByRole('status').allTextContents()).join('')).not.toBe('');
  if (scene === 'gap') {
    await page.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.locator('.banner').count()).toBe(0);
  }
  await page.close();
});

test('late, replay, ahead, empty and error say so on the panel', async () => {
  for (const [scene, title, state, words] of [
    ['late', 'Events by type', 'late', 'late · 1 min 35 s behind'],
    ['replay', 'Events by type', 'replay', 'replay · 2026-10-23'],
    ['ahead', 'Events by type', 'ahead', 'clock aheadevent time 2027-11-22'],
    ['empty', 'Events by type', 'empty', 'no data yet'],
    ['error', 'p95 latency by action', 'error', 'error'],
  ] as const) {
    const page = await open(`scene=${scene}`);
    await panelOf(page, title).scrollIntoViewIfNeeded();
    await page.waitForSelector(`[data-panel="${title}"][data-state="${state}"] .state`);
    expect(await panelOf(page, title).locator('.state').textContent()).toBe(words);
    if (scene === 'replay')
      expect(await page.locator('[data-status-line]').textContent()).toContain('event time 2026-10-23');
    if (scene === 'error') expect(await panelOf(page, title).textContent()).toContain('Use one of: action');
    await page.close();
  }
});

test('the range is chosen by keyboard and written to the address', async () => {
  const page = await open('');
  await page.getByRole('button', { name: /Event time in view/ }).press('Enter');
  await page.getByRole('button', { name: 'Last hour' }).press('Enter');
  expect(new URL(page.url()).searchParams.get('from')).toBe('now-1h');
  await page.getByRole('button', { name: /Event time in view: Last hour/ }).press('Enter');
  await page.keyboard.press('Escape');
  expect(await page.getByRole('dialog').count()).toBe(0);
  // A time of day alone is today's, and stays of that day in a link.
  await page.getByRole('button', { name: /Event time in view: Last hour/ }).press('Enter');
  await page.getByLabel('From', { exact: true }).fill('11:30');
  await page.getByLabel('To', { exact: true }).fill('11:45:30');
  expect(await page.locator('[data-meaning]').textContent()).toMatch(/11:30 – 11:45:30$/);
  await page.getByLabel('To', { exact: true }).press('Enter');
  const { searchParams } = new URL(page.url());
  expect([searchParams.get('from'), searchParams.get('to')]).toEqual(['2026-11-22 11:30', '2026-11-22 11:45:30']);
  await page.close();
});

test('several boards are listed, and the address opens one', async () => {
  const page = await visit('scene=home');
  await page.getByRole('link', { name: /Shop again/ }).click();
  await page.waitForSelector('[data-board="Shop again"]');
  expect(new URL(page.url()).searchParams.get('board')).toBe('again');
  await page.close();
});

test('V8 while history is read, the status line says so and no rate', async () => {
  const page = await open('scene=history');
  const line = (await page.locator('[data-status-line]').textContent()) ?? '';
  expect(line).toMatch(/catching up, events of 12:03:05 · 1.2 M records to read/);
  expect(line).not.toMatch(/events\/s|lag|after the event/);
  expect(line).toContain('40 s behind the newest event');
  const live = page.locator('[data-live]');
  expect([await live.getAttribute('data-live'), await live.getAttribute('title')]).toEqual([
    'still',
    'Catching up: those of 12:03:05',
  ]);
  await page.close();
});

test('V7 without a board the page says what it waits for', async () => {
  const page = await visit('scene=none');
  expect(await page.locator('.home .empty').textContent()).toMatch(
    /^A board of charts .*Waiting for the first record of shop_/,
  );
  await page.close();
});

test('an engine that cannot start says why and what to do', async () => {
  const page = await visit('scene=failure');
  expect(await page.getByRole('alert').textContent()).toMatch(/no WebAssembly .*Use Chrome 95/);
  await page.close();
});

test('space pauses, and a panel says it is paused', async () => {
  const page = await open('');
  await page.locator('body').press(' ');
  await page.waitForSelector('[data-panel="Active users now"][data-state="paused"]');
  expect(await page.getByRole('button', { name: 'Pause' }).getAttribute('aria-pressed')).toBe('true');
  await page.locator('body').press(' ');
  await page.waitForSelector('[data-panel="Active users now"][data-state="live"]');
  await page.close();
});

test('a chart stays when the pointer has been over it', async () => {
  const page = await open('');
  const chart = panelOf(page, 'Events by type').locator('.chart');
  await chart.hover();
  await chart.locator('.tooltip').waitFor();
  await page.mouse.move(2, 2);
  await chart.locator('.tooltip').waitFor({ state: 'detached' });
  expect(await chart.locator('canvas').count()).toBe(1);
  await chart.hover();
  await chart.locator('.tooltip').waitFor();
  await page.close();
});

test('V5 panels out of sight ask for nothing until they are seen', async () => {
  const page = await open('', { width: 390, height: 844 });
  expect(await panelOf(page, 'Latest events').locator('.rows').count()).toBe(0);
  await panelOf(page, 'Latest events').scrollIntoViewIfNeeded();
  await page.waitForSelector('[data-panel="Latest events"] [data-row="0"]');
  await page.close();
});

test('V5 a panel seen again is made anew: what it showed before it slept is not taken for a silent stream', async () => {
  const page = await open('', { width: 390, height: 844 });
  const state = (title: string) => panelOf(page, title).getAttribute('data-state');
  const users = '[data-panel="Active users now"]';
  expect(await state('Active users now')).toBe('live');
  await panelOf(page, 'Latest events').scrollIntoViewIfNeeded();
  await page.waitForSelector(`${users}[data-state="asleep"]`);
  await page.evaluate(() => void dispatchEvent(new CustomEvent('pass', { detail: 60_000 })));
  await page.waitForSelector('[data-panel="Latest events"][data-state="stale"]');
  expect(await state('Active users now')).toBe('asleep');
  await panelOf(page, 'Active users now').scrollIntoViewIfNeeded();
  await page.waitForSelector(`${users}[data-state="live"]`);
  await page.close();
});

test.each(['light', 'dark'])('every text has a contrast of at least 4.5, %s', async (theme) => {
  const page = await open(`theme=${theme}`);
  const poor = await page.evaluate(() => {
    const parse = (text: string) => (text.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = ([r = 0, g = 0, b = 0]: number[]) => {
      const linear = [r, g, b].map((one) =>
        one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
    };
    const ground = (node: Element | null): number[] => {
      if (!node) return [255, 255, 255];
      const color = parse(getComputedStyle(node).backgroundColor);
      return color.length === 3 ? color : ground(node.parentElement);
    };
    return [...document.querySelectorAll('body *')]
      .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent?.trim()))
      .map((node) => {
        const [a, b] = [luminance(parse(getComputedStyle(node).color)), luminance(ground(node))];
        return { text: node.textContent?.slice(0, 20), ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) };
      })
      .filter(({ ratio }) => ratio < 4.5);
  });
  expect(poor).toEqual([]);
  await page.close();
});

test('P5 all there is to say of the delivery opens from the status line, and closes again', async () => {
  const page = await open('scene=delivery', { width: 390, height: 844 });
  const sheet = page.getByRole('dialog', { name: 'Delivery' });
  expect(await sheet.isVisible()).toBe(false);
  await page.getByRole('button', { name: 'delivery 1 gap, 1 reset' }).click();
  const text = await sheet.textContent();
  for (const words of ['1,204 records are missing', 'created again', '41,204 records were passed over', '512 MiB'])
    expect(text).toContain(words);
  expect(await sheet.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
  await page.keyboard.press('Escape');
  expect(await sheet.isVisible()).toBe(false);
  await page.close();
});

test('T4 an engine that fails again and again is told above the board, whose last picture stays', async () => {
  const page = await open('scene=stopped');
  expect(await page.locator('[data-notice^="failure/"]').textContent()).toContain('Reload the page.');
  expect(await page.locator('[data-notice]').count()).toBe(1);
  expect(await panelOf(page, 'Revenue').getAttribute('data-state')).toBe('disconnected');
  expect(await panelOf(page, 'Revenue').locator('.stat-value').textContent()).toBe('$48.2k');
  await page.close();
});

test('T3 a page says when another takes over', async () => {
  const page = await open('scene=changing');
  expect(await page.locator('[data-status-line]').textContent()).toContain(
    'another takes over; what is shown is the last',
  );
  await page.close();
});
