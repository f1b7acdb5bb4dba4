import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from 'playwright';
import { expect, test } from 'vitest';
import { panelOf, useFixture } from './fixture-page.ts';

/** Panels over time, of known pictures, in a real Chromium: what they claim, and what hands and keys do with them. */

const fixture = useFixture();

const SIZE = { width: 1280, height: 1300 };
const chartOf = (page: Page, title: string) => panelOf(page, title).locator('.chart');
const zoomOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.zoom ?? null);
const legendOf = (page: Page, title: string) => panelOf(page, title).locator('.legend').innerText();
const words = (text: string) => text.replace(/\s+/g, ' ');

async function open(scene: string, size = SIZE): Promise<Page> {
  const page = await fixture.open(`scene=${scene}`, size);
  await page.waitForSelector('[data-panel="Humidity"] .chart canvas', { state: 'attached' });
  return page;
}

async function plotOf(chart: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await chart.locator('.u-over').boundingBox();
  if (!box) throw new Error('the chart is not laid out');
  return box;
}

/** What is painted, but for colours nearly grey: how much of the canvas, 0 to 1. */
async function inked(chart: Locator): Promise<number> {
  return chart.locator('canvas').evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      const [r = 0, g = 0, b = 0, a = 0] = [data[at], data[at + 1], data[at + 2], data[at + 3]];
      if (a > 0 && Math.max(r, g, b) - Math.min(r, g, b) > 24) count++;
    }
    return count / (canvas.width * canvas.height);
  });
}

test('every kind over time is drawn, and told in words to who cannot see it', async () => {
  const page = await open('charts');
  for (const [title, summary] of [
    ['Parts by kind', /^Parts by kind, live\. Gears 7\.87\/s, shaft/],
    ['Temperature and power', /temperature 70\.8 °C, power 41\.4 kW$/],
    ['Cycle time', /p50 14\.7 s$/],
    ['Latency', /^Latency, live\. 8 rows, 1 to 400; most in \d+, \d\d:\d\d:\d\d/],
    ['Machines', /^Machines, live\. Press 1 Running, .*Lathe Idle/],
    ['Bore diameter', /^Bore diameter, live\. bore 19\.988 mm, centre 20\.\d+ mm, limits .*rule 1/],
  ] as const) {
    const chart = chartOf(page, title);
    expect(await chart.getAttribute('role')).toBe('img');
    expect(words((await chart.getAttribute('aria-label')) ?? '')).toMatch(summary);
    expect(await inked(chart), title).toBeGreaterThan(0.004);
  }
  await page.close();
});

test('a series has a title, an axis and a unit of its own, and can wait in the legend until it is chosen', async () => {
  const page = await open('charts');
  expect(words(await legendOf(page, 'Parts by kind'))).toBe(
    'at 12:03:00 Gears 7.87/s shaft 4.52/s housing 4.63/s scrap',
  );
  expect(words(await legendOf(page, 'Temperature and power'))).toBe('at 12:03:00 temperature 70.8 °C power → 41.4 kW');
  expect(words(await legendOf(page, 'Cycle time'))).toMatch(
    /^at 12:03:00 p50 14\.7 s min [\d.]+ s max [\d.]+ s mean [\d.]+ s 80 % of parts [\d.]+ s – [\d.]+ s$/,
  );
  const scrap = panelOf(page, 'Parts by kind').getByRole('button', { name: /scrap/ });
  expect(await scrap.getAttribute('aria-pressed')).toBe('false');
  await scrap.click();
  expect(await scrap.getAttribute('aria-pressed')).toBe('true');
  expect(words(await legendOf(page, 'Parts by kind'))).toMatch(/scrap [\d.]+\/s$/);
  await page.close();
});

test('in the legend Enter hides a series, with Shift it is shown alone, and again all are', async () => {
  const page = await open('charts');
  const legend = panelOf(page, 'Parts by kind').locator('.legend');
  const pressed = () =>
    legend.locator('button').evaluateAll((all) => all.map((one) => one.getAttribute('aria-pressed')).join());
  expect(await pressed()).toBe('true,true,true,false');
  const shaft = legend.getByRole('button', { name: /shaft/ });
  await shaft.focus();
  await page.keyboard.press('Enter');
  expect(await pressed()).toBe('true,false,true,false');
  await page.keyboard.press('Shift+Enter');
  expect(await pressed()).toBe('false,true,false,false');
  await page.evaluate(() => void dispatchEvent(new CustomEvent('next', { detail: 1000 })));
  await shaft.click({ modifiers: ['Shift'] });
  expect(await pressed()).toBe('true,true,true,true');
  await page.close();
});

test('V40 the crosshair is on all charts, with the values there in each legend, and they come back', async () => {
  const page = await open('charts');
  const before = await legendOf(page, 'Humidity');
  const { x, y, width, height } = await plotOf(chartOf(page, 'Cycle time'));
  await page.mouse.move(x + width / 4, y + height / 2);
  const tooltip = chartOf(page, 'Cycle time').locator('.tooltip');
  await tooltip.waitFor();
  const [, at] = /– (\d\d:\d\d:\d\d)/.exec(await tooltip.innerText()) ?? [];
  expect(await legendOf(page, 'Cycle time')).toContain(`at ${at}`);
  expect(await legendOf(page, 'Humidity')).toContain(`at ${at}`);
  expect(await page.locator('.tooltip').count()).toBe(1);
  await page.mouse.move(2, 2);
  await tooltip.waitFor({ state: 'detached' });
  expect(await legendOf(page, 'Humidity')).toBe(before);
  await page.close();
});

test('V42 a value past a limit has one mark beside its colour, which says how grave it is', async () => {
  const page = await open('charts');
  const { x, y, height } = await plotOf(chartOf(page, 'Temperature and power'));
  await page.mouse.move(x + 1, y + height / 2);
  await expect.poll(() => legendOf(page, 'Temperature and power').then(words)).toMatch(/temperature 7[2-7]\.\d °C/);
  const marks = await panelOf(page, 'Temperature and power')
    .locator('.legend b')
    .evaluateAll((all) => all.map((one) => getComputedStyle(one, '::before').content));
  expect(marks).toEqual(['"▲ "', 'none']);
  await page.close();
});

test('V40 dragging zooms the board to exactly that time, and a double click goes back', async () => {
  const page = await open('charts');
  const { x, y, width } = await plotOf(chartOf(page, 'Temperature and power'));
  await page.mouse.move(x + width * 0.25, y + 40);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.3, y + 44, { steps: 4 });
  await page.mouse.move(x + width * 0.5, y + 44, { steps: 4 });
  await page.mouse.up();
  const [from = 0, to = 0] = ((await zoomOf(page)) ?? '').split(' ').map(Number);
  // A quarter of fifteen minutes.
  expect((to - from) / 1e6).toBeGreaterThan(200);
  expect((to - from) / 1e6).toBeLessThan(235);
  await expect
    .poll(() =>
      page
        .locator('.board .u-select')
        .first()
        .evaluate((one) => one.clientWidth),
    )
    .toBe(0);
  await page.mouse.dblclick(x + width / 2, y + 40);
  expect(await zoomOf(page)).toBe('none');
  await page.close();
});

test('V40 with Shift dragging moves time, with Ctrl the wheel zooms; without it the page scrolls', async () => {
  const page = await open('charts', { width: 1280, height: 700 });
  const { x, y, width } = await plotOf(chartOf(page, 'Parts by kind'));
  await page.mouse.move(x + width / 2, y + 40);
  await page.mouse.wheel(0, 200);
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
  expect(await zoomOf(page)).toBeNull();
  await page.mouse.wheel(0, -400);
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(0);
  await page.keyboard.down('Shift');
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + width / 5, y + 40, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  const [from = 0, to = 0] = ((await zoomOf(page)) ?? '').split(' ').map(Number);
  const length = (to - from) / 1e6;
  const back = Date.UTC(2026, 10, 22, 12, 3, 5, 412) / 1000 - to / 1e6;
  expect(back / length).toBeGreaterThan(0.19);
  expect(back / length).toBeLessThan(0.21);
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -240);
  await page.keyboard.up('Control');
  await expect.poll(async () => (await zoomOf(page)) === `${from} ${to}`).toBe(false);
  const [nearer = 0, nearest = 0] = ((await zoomOf(page)) ?? '').split(' ').map(Number);
  expect((nearest - nearer) / 1e6).toBeLessThan(length * 0.7);
  await page.close();
});

test('V40 by the keyboard: from window to window, said aloud when it rests, zoom around it, back, leave', async () => {
  const page = await open('charts');
  const chart = chartOf(page, 'Cycle time');
  await chart.focus();
  await page.keyboard.press('Home');
  const tooltip = chart.locator('.tooltip');
  const first = await tooltip.locator('header').innerText();
  for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowRight');
  const third = await tooltip.locator('header').innerText();
  const startOf = (text: string) => Date.parse(`2026-11-22T${text.slice(0, 8)}Z`) / 1000;
  expect(startOf(third) - startOf(first)).toBe(30);
  const said = panelOf(page, 'Cycle time').locator('[aria-live]');
  await expect.poll(() => said.textContent()).toMatch(new RegExp(`^${third.slice(0, 8)}.*p50 [\\d.]+ s$`));
  expect(await legendOf(page, 'Humidity')).toContain('at ');
  await page.keyboard.press('Enter');
  const [from = 0, to = 0] = ((await zoomOf(page)) ?? '').split(' ').map(Number);
  expect((to - from) / 1e6).toBeGreaterThan(200);
  expect(startOf(third) + 10 - (from + to) / 2e6).toBeCloseTo(0, 0);
  await page.keyboard.press('Escape');
  await tooltip.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  expect(await zoomOf(page)).toBe('none');
  await page.close();
});

test('rows are reached with up and down: of a heatmap its cells, of states their stretches', async () => {
  const page = await open('charts');
  await chartOf(page, 'Latency').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowDown');
  const heat = chartOf(page, 'Latency').locator('.tooltip');
  expect(words(await heat.innerText())).toMatch(/^12:03:00 – 12:03:10 · provisional 100 0$/);
  expect(await chartOf(page, 'Latency').locator('.cell-frame').count()).toBe(1);
  await chartOf(page, 'Machines').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowDown');
  const states = chartOf(page, 'Machines').locator('.tooltip');
  expect(words(await states.innerText())).toMatch(/^Press 2 · \d\d:\d\d:\d\d – now · provisional Running for \d/);
  await page.keyboard.press('ArrowLeft');
  expect(words(await states.innerText())).toMatch(/^Press 2 · \d\d:\d\d:\d\d – \d\d:\d\d:\d\d Down \d/);
  await page.close();
});

test('V41 what is compared with is drawn, and in the legend and at the crosshair', async () => {
  const page = await open('chartsCompared');
  expect(words(await legendOf(page, 'Humidity'))).toMatch(/humidity 44\.3 % yesterday [\d.]+ %$/);
  expect(words(await legendOf(page, 'Temperature and power'))).toMatch(
    /temperature 70\.8 °C [\d.]+ °C power → 41\.4 kW [\d.]+ kW yesterday$/,
  );
  const { x, y, width } = await plotOf(chartOf(page, 'Humidity'));
  await page.mouse.move(x + width / 8, y + 60);
  const tooltip = chartOf(page, 'Humidity').locator('.tooltip');
  await expect
    .poll(async () => words(await tooltip.innerText()))
    .toMatch(/humidity [\d.]+ % [\d.]+ % beside it: yesterday/);
  const nothing = await open('chartsNothing');
  expect(words(await legendOf(nothing, 'Humidity'))).toMatch(/humidity 44\.3 % nothing is kept of yesterday$/);
  await nothing.close();
  await page.evaluate(() => void dispatchEvent(new CustomEvent('compare', { detail: null })));
  await expect.poll(() => legendOf(page, 'Humidity')).not.toContain('yesterday');
  await page.close();
});

test('moments worth knowing have a button each on every chart, with their text when they are focused', async () => {
  const page = await open('chartsMarked');
  const marks = panelOf(page, 'Orders').locator('.mark');
  expect(await marks.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))).toEqual([
    '11:53:05: 4.2 deployed',
    '11:56:05 – 11:58:05: Line 3 in maintenance',
  ]);
  const text = marks.nth(1).locator('.mark-text');
  expect(await text.isVisible()).toBe(false);
  await marks.nth(1).focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Tab');
  expect(await text.isVisible()).toBe(true);
  const { width, height } = (await marks.first().boundingBox()) ?? { width: 0, height: 0 };
  expect(Math.min(width, height)).toBeGreaterThanOrEqual(24);
  await page.close();
});

test('V44 a broken rule is said instead of "live"; what is provisional is not judged', async () => {
  const page = await open('charts');
  const bore = panelOf(page, 'Bore diameter');
  await expect.poll(() => bore.locator('.state').textContent()).toBe('3 points beyond limits');
  expect(await bore.getAttribute('data-alarm')).toBe('alarm');
  expect(words(await legendOf(page, 'Bore diameter'))).toMatch(/limits [\d.]+ mm – [\d.]+ mm ◆ 3 × rule 1 · /);
  await page.close();
});

test('no element is made anew while pictures come', async () => {
  const page = await open('charts');
  const changed = await page.evaluate(async () => {
    let count = 0;
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    const watcher = new MutationObserver((records) => {
      for (const { addedNodes } of records)
        for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) count++;
    });
    for (const chart of document.querySelectorAll('.panel-body'))
      watcher.observe(chart, { childList: true, subtree: true });
    for (let picture = 0; picture < 20; picture++) {
      dispatchEvent(new CustomEvent('next', { detail: 33 }));
      await frame();
      await frame();
    }
    watcher.disconnect();
    return count;
  });
  expect(changed).toBe(0);
  await page.close();
});

test.each(['light', 'dark'])(
  'on a phone nothing is wider than the screen, and every chart has a height, %s',
  async (theme) => {
    const page = await fixture.open(`scene=charts&theme=${theme}`, { width: 390, height: 844 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    for (const title of ['Parts by kind', 'Latency', 'Machines', 'Bore diameter']) {
      await panelOf(page, title).scrollIntoViewIfNeeded();
      await chartOf(page, title).locator('canvas').waitFor({ state: 'attached' });
      expect((await chartOf(page, title).boundingBox())?.height).toBeGreaterThan(140);
    }
    await page.close();
  },
);

test.each(['light', 'dark'])('axe finds nothing wrong with charts, their legends and marks, %s', async (theme) => {
  const page = await fixture.open(`scene=chartsMarked&theme=${theme}`, SIZE);
  await page.waitForSelector('[data-panel="Humidity"] .chart canvas', { state: 'attached' });
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .include('.board')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'])
    .analyze();
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 120))])).toEqual([]);
  await page.close();
});

test('V42 a legend that is longer than two lines says how many are hidden, and shows them', async () => {
  const page = await fixture.open('scene=chartsCompared', { width: 390, height: 844 });
  const legend = panelOf(page, 'Cycle time');
  await legend.scrollIntoViewIfNeeded();
  const more = legend.getByRole('button', { name: /^\+ \d more$/ });
  await more.click();
  expect(await legend.getByRole('button', { name: 'fewer' }).getAttribute('aria-expanded')).toBe('true');
  const [last, frame] = [await legend.locator('.legend li').last().boundingBox(), await legend.boundingBox()];
  expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual((frame?.y ?? 0) + (frame?.height ?? 0));
  await page.close();
});
