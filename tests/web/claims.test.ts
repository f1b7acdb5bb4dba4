import { expect, test } from 'vitest';
import { panelOf, useFixture } from './fixture-page.ts';

/** What the page claims, and what it says where there is nothing to claim. */

const { open } = useFixture();

test('V1 a source that failed, and an engine that is replaced, are never live', async () => {
  for (const [scene, name, foot] of [
    ['failed', 'failed', 'No broker answers at localhost:9092'],
    ['rebuilding', 'rebuilding', 'as of 12:03:05'],
  ] as const) {
    const page = await open(`scene=${scene}`);
    const states = await page.locator('[data-panel]').evaluateAll((all) => all.map((one) => one.dataset.state));
    expect(new Set(states)).toEqual(new Set([name]));
    const users = panelOf(page, 'Active users now');
    expect(await users.locator('.stat-value').getAttribute('data-value')).toBe('1284');
    expect(await users.locator('.stat-foot').textContent()).toContain(foot);
    await page.close();
  }
});

test('V11 an arrow says what it compares with what', async () => {
  const page = await open('', { width: 1920, height: 1100 });
  const foot = panelOf(page, 'Conversion').locator('.stat-foot');
  expect(await foot.innerText()).toMatch(/^last 1 min\s*▼ 6\.0\s%\svs 1 min before$/);
  expect(await foot.getAttribute('title')).toMatch(
    /^3\.82\s% in 12:02:10 – 12:03:00, what is final of it, against 4\.06\s% in 12:01:10 – 12:02:00$/,
  );
  await page.close();
});

test('V3 the legend has the values where the lines end, and says when that is', async () => {
  const page = await open('');
  const legend = panelOf(page, 'Conversion rate by minute').locator('.legend');
  expect(await legend.innerText()).toMatch(/^at 12:03:00\s*conversion\s*4\.60\s%$/);
  await page.close();
});

test('V12 panels without data say why, each for itself', async () => {
  const page = await open('scene=filtered');
  expect(await panelOf(page, 'Revenue by campaign').innerText()).toContain("where: action = 'purchase'");
  await page.close();
  const first = await open('scene=failedFirst');
  expect(await panelOf(first, 'Conversion').innerText()).toMatch(/The source of shop_events failed: No broker answers/);
  expect(await panelOf(first, 'Conversion').getAttribute('data-state')).toBe('failed');
  await first.close();
});

test('V9 on a phone the board is named, and what is wrong is read whole', async () => {
  const page = await open('scene=errors', { width: 390, height: 844 });
  const title = page.locator('.bar h1');
  expect(await title.isVisible()).toBe(true);
  expect(await title.evaluate((node) => node.scrollWidth <= node.clientWidth && node.clientWidth > 0)).toBe(true);
  for (const name of ['Active users now', 'p95 latency by action']) {
    const wrong = panelOf(page, name);
    await wrong.scrollIntoViewIfNeeded();
    const problem = wrong.locator('.problem');
    await problem.waitFor();
    expect(await problem.evaluate((node) => node.scrollHeight <= node.clientHeight)).toBe(true);
    expect(await wrong.evaluate((node) => node.scrollHeight <= node.clientHeight)).toBe(true);
  }
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await page.close();
});
