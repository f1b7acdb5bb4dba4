import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoardTab, launchChromium } from '../support/chromium.ts';
import { AWAY, relayForTest, tabForTest, until } from '../support/for-test.ts';
import { heldBytes } from '../support/held-bytes.ts';
import { writeWalls } from './walls.ts';

/** A wall as it hangs in a hall: nobody touches it, and it never looks fresh when it is not. */
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const SIZES = {
  wall: { width: 1920, height: 1080 },
  '4k': { width: 3840, height: 2160 },
  phone: { width: 390, height: 844 },
};

/** Every panel of the board that is shown has its picture. */
const drawn = (tab: BoardTab, title?: string) =>
  until(async () => {
    const shown = tab.page.locator('[data-stage=shown]');
    if (title !== undefined) expect(await shown.locator('[data-board]').getAttribute('data-board')).toBe(title);
    expect(await shown.locator('.panel').count()).toBeGreaterThan(3);
    expect(await shown.locator('.skeleton').count()).toBe(0);
  });

const shownBoard = (page: Page) => page.locator('[data-stage=shown] [data-board]').getAttribute('data-board');

test('K1 a kiosk fits a wall, a 4K wall and a phone, with type to be read from afar', {
  timeout: 180_000,
}, async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '40');
  const tab = await tabForTest(browser, `${relay.url}/?kiosk`, { context: { viewport: SIZES.wall } });
  await drawn(tab);
  await until(async () => expect(await tab.page.locator('.wall .now').textContent()).toMatch(/^live \d\d:\d\d$/));
  await tab.page.locator('.stat-value').first().waitFor();
  for (const [size, viewport] of Object.entries(SIZES)) {
    await tab.page.setViewportSize(viewport);
    await until(async () => {
      const { figurePx, ...rest } = await tab.page.evaluate(measured);
      expect(rest, size).toEqual({ scroll: [0, 0], outside: 0, cursor: 'none', chrome: 0, cut: [] });
      // From 5 m a figure is read when it is some 2 % of a screen's height.
      if (size !== 'phone') expect(figurePx / viewport.height, size).toBeGreaterThan(0.02);
    });
  }
  expect(tab.errors).toEqual([]);
});

/** Runs in the page. */
function measured() {
  const root = document.documentElement;
  const boxes = [...document.querySelectorAll('.panel')].map((panel) => panel.getBoundingClientRect());
  const cut = [...document.querySelectorAll<HTMLElement>('.panel h2, .stat-value, .wall .now')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1)
    .map((one) => one.textContent);
  return {
    scroll: [root.scrollWidth - innerWidth, root.scrollHeight - innerHeight],
    outside: boxes.filter(
      ({ left, top, right, bottom }) => left < 0 || top < 0 || right > innerWidth || bottom > innerHeight,
    ).length,
    cursor: getComputedStyle(document.querySelector('.panel h2') ?? root).cursor,
    chrome: document.querySelectorAll('.bar, .status-line, .files').length,
    cut,
    figurePx: Number.parseFloat(getComputedStyle(document.querySelector('.stat-value') ?? root).fontSize),
  };
}

test('K1 Esc leaves a kiosk, in the address too', { timeout: 90_000 }, async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '20');
  const tab = await tabForTest(browser, `${relay.url}/?kiosk=1&from=now-5m&reload=24h`);
  await drawn(tab);
  await tab.page.keyboard.press('Escape');
  await until(async () => expect(await tab.page.locator('.bar').count()).toBe(1));
  expect(await tab.page.locator('.wall').count()).toBe(0);
  expect(new URL(tab.page.url()).search).toBe('?from=now-5m');
  expect(await tab.page.evaluate(() => document.documentElement.classList.contains('kiosk'))).toBe(false);
  await drawn(tab);
  // By the keys that every board has, there and back.
  await tab.page.keyboard.type('dk');
  await until(async () => expect(await tab.page.locator('.wall').count()).toBe(1));
  expect(await tab.page.locator('.bar, .files').count()).toBe(0);
  await tab.page.keyboard.type('dk');
  await until(async () => expect(await tab.page.locator('.wall').count()).toBe(0));
  expect(await tab.page.locator('.bar').count()).toBe(1);
  expect(tab.errors).toEqual([]);
});

test('K2 K6 the screen is kept on, and the corner says when what is shown is old', { timeout: 120_000 }, async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '20');
  const tab = await tabForTest(browser, `${relay.url}/?kiosk`, { expected: AWAY });
  await drawn(tab);
  expect(await tab.page.locator('.wall').getAttribute('data-screen')).toBe('on');
  await relay.kill();
  await until(async () =>
    expect(await tab.page.locator('.wall .words').textContent()).toMatch(
      /^not connected for \d+ s · newest event \d\d:/,
    ),
  );
  expect(await tab.page.locator('.wall').getAttribute('data-tone')).toBe('down');
  await relay.start();
  await until(async () => expect(await tab.page.locator('.wall .words').textContent()).toBe('live'));
  expect(await tab.page.locator('dialog[open]').count()).toBe(0);
  expect(tab.errors).toEqual([]);
});

/** In every frame from now on: is a panel of the board that is shown without a picture? */
async function watchForFlashes(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const flashes: string[] = [];
    Object.assign(window, { flashes });
    const look = () => {
      const shown = document.querySelector('[data-stage=shown]');
      const board = shown?.querySelector('[data-board]')?.getAttribute('data-board');
      if (!shown?.querySelector('.panel')) flashes.push('nothing is shown');
      if (shown?.querySelector('.skeleton')) flashes.push(`${board}: a panel is empty`);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  return () => page.evaluate(() => (window as unknown as { flashes: string[] }).flashes);
}

test('K3 a playlist shows its boards in turn, on one engine, without a flash; by hand too', {
  timeout: 150_000,
}, async () => {
  const relay = await relayForTest('--config', await writeWalls('demo:shop'));
  const tab = await tabForTest(browser, `${relay.url}/?playlist=one,gone,two,three&every=4s`);
  const { page } = tab;
  await drawn(tab, 'Board one');
  expect(await page.locator('.wall .notes').textContent()).toContain('there is no board gone: it is skipped');
  expect(await page.locator('.wall .dots i').count()).toBe(3);
  const outcomes = async () => (await tab.status()).streams.events?.delivery?.atMs;
  const subscribed = await outcomes();
  const flashes = await watchForFlashes(page);
  for (const title of ['Board two', 'Board three', 'Board one', 'Board two'])
    await until(async () => expect(await shownBoard(page)).toBe(title));
  // By hand, and it stays while it is paused.
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowLeft');
  await until(async () => expect(await shownBoard(page)).toBe('Board one'));
  await page.keyboard.press('ArrowLeft');
  await until(async () => expect(await shownBoard(page)).toBe('Board three'));
  await page.waitForTimeout(5_000);
  expect(await shownBoard(page)).toBe('Board three');
  expect(await page.locator('.wall .notes').textContent()).toContain('paused');
  await page.keyboard.press('Space');
  await until(async () => expect(await shownBoard(page)).toBe('Board one'));
  expect(await flashes()).toEqual([]);
  expect(await outcomes()).toBe(subscribed);
  expect(tab.errors).toEqual([]);
  await page.keyboard.press('Escape');
  await until(async () => expect(new URL(page.url()).search).toMatch(/^\?board=\w+$/));
});

test('of several boards a kiosk shows the first where its address names none', { timeout: 60_000 }, async () => {
  const relay = await relayForTest('--config', await writeWalls('demo:shop'));
  const tab = await tabForTest(browser, `${relay.url}/?kiosk`);
  await drawn(tab, 'Board one');
  expect(tab.errors).toEqual([]);
});

/** The board that is shown once it is another than that: looked at in every frame. */
async function nextShown(page: Page, before: string | null): Promise<string> {
  const shown = await page.waitForFunction(
    (than) => {
      const now = document.querySelector('[data-stage=shown] [data-board]')?.getAttribute('data-board') ?? null;
      return now === than ? null : now;
    },
    before,
    { timeout: 45_000 },
  );
  const board = await shown.jsonValue();
  await shown.dispose();
  if (board === null) throw new Error('no board is shown');
  return board;
}

test('K3 two hundred turns of a playlist leave nothing behind', { timeout: 900_000 }, async () => {
  const relay = await relayForTest('--config', await writeWalls('demo:shop'));
  const tab = await tabForTest(browser, `${relay.url}/?playlist=one,two,three&every=24h`);
  const { page } = tab;
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const counts = async () => {
    const held = await heldBytes(devtools);
    const { metrics } = await devtools.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
    return { nodes: of('Nodes'), listeners: of('JSEventListeners'), held };
  };
  const turns = async (count: number) => {
    let before = await shownBoard(page);
    for (let turn = 0; turn < count; turn++) {
      await page.keyboard.press('ArrowRight');
      before = await nextShown(page, before);
    }
    await drawn(tab);
  };
  await drawn(tab, 'Board one');
  // Formats, fonts and colours are made the first times.
  await turns(21);
  const before = await counts();
  await turns(201);
  const after = await counts();
  expect(await shownBoard(page)).toBe('Board one');
  expect(await page.locator('[data-stage]').count()).toBe(1);
  expect(after.nodes).toBeLessThan(before.nodes + 300);
  expect(after.listeners).toBeLessThan(before.listeners + 20);
  expect(after.held).toBeLessThan(before.held * 1.03);
  expect(tab.errors).toEqual([]);
});
