import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { launchChromium, openBoard } from '../support/chromium.ts';
import { startRelayProcess } from '../support/relay-process.ts';

/**
 * The boards that ship as people see them: on a laptop, a large screen, a phone; light and dark; on walls of 1080 and of
 * 2160 lines. Nothing is cut off, nothing is in error, and what is on a wall is read from 5 m. One board is simulated at a
 * time: a slow machine draws it too, later.
 * With HIGHWATER_PICTURES=1 the pictures in docs/pictures are made anew.
 */
const FOLDER = resolve(import.meta.dirname, '../../docs/pictures');
const WRITE = process.env.HIGHWATER_PICTURES === '1';

/** By the board: events a second, enough that every panel has something to show. */
const BOARDS = { shop: 50, factory: 30, warehouse: 20, hospital: 12 };

const LOOKS = {
  light: { query: 'theme=light', sizes: ['1280x800', '390x844'] },
  dark: { query: 'theme=dark', sizes: ['1280x800', '1920x1080', '390x844'] },
  kiosk: { query: 'kiosk&theme=dark', sizes: ['1920x1080', '3840x2160'] },
};

/** So long a busy machine may take until a board of fifteen minutes is drawn. */
const DRAWN_WITHIN_MS = 400_000;

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

test.each(Object.entries(BOARDS))(
  '%s: everything fits, is read and nothing is in error, in every look and size',
  async (board, rate) => {
    const relay = await startRelayProcess(['--demo', board, '--demo-rate', String(rate)]);
    try {
      const tab = await openBoard(browser, `${relay.url}/?board=${board}&theme=light`);
      for (const [look, { query, sizes }] of Object.entries(LOOKS)) {
        if (look !== 'light') await tab.page.goto(`${relay.url}/?board=${board}&${query}`);
        for (const size of sizes) {
          const [width = 0, height = 0] = size.split('x').map(Number);
          await tab.page.setViewportSize({ width, height });
          await drawn(tab.page);
          expect(await tab.page.evaluate(misfits), `${look} ${size}`).toEqual({ sidewaysPx: 0, cut: [], outside: [] });
          if (look !== 'kiosk') expect(await tab.page.getByRole('button', { name: /^Colours/ }).isVisible()).toBe(true);
          if (look === 'kiosk') expect(await tab.page.evaluate(small, height / 54), size).toEqual([]);
          if (!WRITE) continue;
          await mkdir(FOLDER, { recursive: true });
          await tab.page.screenshot({ path: join(FOLDER, `${board}-${size}-${look}.png`) });
        }
      }
      expect(tab.errors).toEqual([]);
      await tab.close();
      const detail = DETAILS[board];
      if (detail !== undefined) await drillsDown(`${relay.url}/?theme=light`, detail);
    } finally {
      await relay.remove();
    }
  },
  4 * DRAWN_WITHIN_MS,
);

/** By the board: what a value of a panel leads to. */
const DETAILS: Readonly<Record<string, { readonly panel: string; readonly board: string; readonly variable: string }>> =
  {
    shop: { panel: 'Revenue by campaign', board: 'shop-campaign', variable: 'campaign' },
    factory: { panel: 'OEE by machine', board: 'factory-machine', variable: 'machine' },
  };

/** The one board with details opens by itself; a value of it leads to its detail, of that value alone. */
async function drillsDown(
  url: string,
  { panel, board, variable }: NonNullable<(typeof DETAILS)[string]>,
): Promise<void> {
  const tab = await openBoard(browser, url);
  await drawn(tab.page);
  const link = tab.page.locator(`[data-panel="${panel}"] .drill`).first();
  const to = new URL((await link.getAttribute('href')) ?? '', url);
  expect(to.searchParams.get('board')).toBe(board);
  await link.click();
  await tab.page.waitForURL((now) => now.searchParams.get('board') === board);
  expect(new URL(tab.page.url()).searchParams.get(`var-${variable}`)).toBe(to.searchParams.get(`var-${variable}`));
  expect(to.searchParams.get(`var-${variable}`)).toMatch(/./);
  await drawn(tab.page);
  expect(await tab.page.evaluate(misfits)).toEqual({ sidewaysPx: 0, cut: [], outside: [] });
  expect(tab.errors).toEqual([]);
  await tab.close();
}

/** What a panel is in while it has a picture to show. Of a picture that is kept, `live` alone is meant. */
const DRAWN = WRITE ? ['live'] : ['live', 'late', 'stale', 'ahead'];

/** Every panel in view has its picture, none is in error, and the fonts have come. */
async function drawn(page: Page): Promise<void> {
  const check = async () => {
    const panels = await page.locator('[data-panel]').evaluateAll((all) =>
      all.map((panel) => {
        const { top, bottom } = panel.getBoundingClientRect();
        const { panel: title, state } = (panel as HTMLElement).dataset;
        return { title, state, inView: bottom > 0 && top < innerHeight };
      }),
    );
    expect(panels.length).toBeGreaterThan(7);
    const isWrong = (state = '') => ['error', 'failed', 'disconnected'].includes(state);
    expect(panels.filter(({ state = '', inView }) => (inView ? !DRAWN.includes(state) : isWrong(state)))).toEqual([]);
  };
  await vi.waitFor(check, { timeout: DRAWN_WITHIN_MS, interval: 250 });
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(done))));
}

/** Runs in the page. */
function misfits() {
  /** Text wider than its box. */
  const cut = [...document.querySelectorAll<HTMLElement>('[data-panel] :is(h2, .stat-value, .state)')]
    .filter((element) => element.getClientRects().length > 0 && getComputedStyle(element).display !== 'inline')
    .filter((element) => element.scrollWidth > element.clientWidth + 1)
    .map((element) => `${element.closest('[data-panel]')?.getAttribute('data-panel')}: ${element.textContent}`);
  const outside = [...document.querySelectorAll('[data-panel]')]
    .filter((panel) => panel.getBoundingClientRect().left < 0 || panel.getBoundingClientRect().right > innerWidth + 1)
    .map((panel) => panel.getAttribute('data-panel'));
  return { sidewaysPx: Math.max(0, document.documentElement.scrollWidth - innerWidth), cut, outside };
}

/** Runs in the page: words and labels smaller than `leastPx` on the screen. An arrow and a mark are shapes. */
function small(leastPx: number): string[] {
  const letterPx = (one: Element) =>
    Number.parseFloat(getComputedStyle(one).fontSize) *
    (one instanceof SVGGraphicsElement ? (one.getScreenCTM()?.a ?? 1) : 1);
  const words = [...document.querySelectorAll('[data-panel] *, .wall *')]
    .filter((one) => one.children.length === 0 && one.textContent?.trim() && one.getClientRects().length > 0)
    .filter((one) => !one.closest('.sr-only, .arrow, [aria-hidden=true]') && letterPx(one) > 0)
    .filter((one) => letterPx(one) < leastPx - 0.5)
    .map((one) => `${one.closest('[data-panel]')?.getAttribute('data-panel')}: ${one.textContent}`);
  const root = getComputedStyle(document.documentElement);
  const axisPx = Number.parseFloat(root.fontSize) * Number.parseFloat(root.getPropertyValue('--size-axis'));
  return axisPx < leastPx - 0.5 ? [...words, `axes: ${axisPx} px`] : words;
}
