import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type BoardTab, launchChromium, openBoard } from '../support/chromium.ts';
import { type RelayProcess, startRelayProcess } from '../support/relay-process.ts';

/**
 * The boards that ship as people see them: on a laptop, a wall, a phone; light, dark, and as a kiosk. Nothing is cut off,
 * nothing is in error.
 * With HIGHWATER_PICTURES=1 the pictures in docs/pictures are made anew.
 */
const FOLDER = resolve(import.meta.dirname, '../../docs/pictures');
const WRITE = process.env.HIGHWATER_PICTURES === '1';

let relay: RelayProcess;
let browser: Browser;
beforeAll(async () => {
  [relay, browser] = await Promise.all([startRelayProcess(['--demo-rate', '40']), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await relay.stop();
});

/** Every panel in view is live, those out of view are live or asleep, and the fonts have come. */
async function drawn(tab: BoardTab): Promise<void> {
  const check = async () => {
    const panels = await tab.page.locator('[data-panel]').evaluateAll((all) =>
      all.map((panel) => {
        const { top, bottom } = panel.getBoundingClientRect();
        const { panel: title, state } = (panel as HTMLElement).dataset;
        return { title, state, inView: bottom > 0 && top < innerHeight };
      }),
    );
    expect(panels.length).toBeGreaterThan(7);
    expect(panels.filter(({ state, inView }) => state !== 'live' && (inView || state !== 'asleep'))).toEqual([]);
  };
  await vi.waitFor(check, { timeout: 120_000, interval: 200 });
  await tab.page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(done))));
}

const SIZES = {
  laptop: { width: 1280, height: 800 },
  wall: { width: 1920, height: 1080 },
  phone: { width: 390, height: 844 },
};

const LOOKS = { light: 'theme=light', dark: 'theme=dark', kiosk: 'kiosk&theme=dark' };
const VIEWS = ['shop', 'factory', 'warehouse', 'hospital'].flatMap((board) =>
  Object.entries(LOOKS).map(([look, query]) => [board, look, query] as const),
);

test.each(VIEWS)(
  '%s, %s: everything fits and nothing is in error, at every size',
  async (board, look, query) => {
    const tab = await openBoard(browser, `${relay.url}/?board=${board}&${query}`);
    for (const [size, viewport] of Object.entries(SIZES)) {
      await tab.page.setViewportSize(viewport);
      await drawn(tab);
      const found = await tab.page.evaluate(misfits);
      expect(found, size).toEqual({ sidewaysPx: 0, cut: [], outside: [] });
      if (!WRITE) continue;
      await mkdir(FOLDER, { recursive: true });
      await tab.page.screenshot({ path: join(FOLDER, `${board}-${viewport.width}x${viewport.height}-${look}.png`) });
    }
    expect(tab.errors).toEqual([]);
    await tab.close();
  },
  240_000,
);

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
