import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { useFixture } from './fixture-page.ts';

/** WCAG 2.2 AA as far as axe can tell, for what the page shows in good times and in bad, in all themes and on a phone. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const PHONE = { width: 390, height: 844 };

const SCENES: readonly (readonly [theme: string, scenes: readonly string[]])[] = [
  [
    'light',
    [
      'live',
      'home',
      'stale',
      'disconnected',
      'error',
      'empty',
      'failure',
      'none',
      'loading',
      'panels',
      'charts',
      'health',
    ],
  ],
  ['dark', ['live', 'stale', 'gap', 'panels', 'charts']],
  ['contrast', ['live', 'stale', 'panels', 'charts']],
];

const fixture = useFixture();

test.each(SCENES.flatMap(([theme, scenes]) => scenes.map((scene) => [scene, theme] as const)))(
  'V20 axe finds nothing: %s, %s',
  async (scene, theme) => {
    const page = await shown(scene, theme);
    expect(await violations(page)).toEqual([]);
    await page.close();
  },
);

test.each(['live', 'panels', 'charts', 'home'])('V20 axe finds nothing on a phone: %s', async (scene) => {
  const page = await shown(scene, 'dark', PHONE);
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE.width);
  await page.close();
});

test.each(['light', 'contrast'])(
  'V20 axe finds nothing in what opens: help, data as a table, time; %s',
  async (theme) => {
    const page = await shown('live', theme);
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');

    const panel = page.locator('.panel[data-kind="timeseries"]').first();
    await panel.hover();
    await panel.locator('[aria-haspopup="menu"]').click();
    expect(await violations(page)).toEqual([]);
    await page.getByRole('menuitem', { name: /table/i }).click();
    await page.getByRole('dialog').locator('table').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');

    await page.getByRole('button', { name: /^Event time in view/ }).click();
    await page.locator('.time-box').waitFor();
    expect(await violations(page)).toEqual([]);
    await page.close();
  },
);

test('V21 the control turns light to dark to high contrast, and says which', async () => {
  const page = await shown('live', 'light');
  const control = page.getByRole('button', { name: /^Colours: / });
  const now = () => page.evaluate(() => [document.documentElement.dataset.theme, location.search.includes('contrast')]);
  expect(await control.getAttribute('aria-label')).toBe('Colours: light. Turn to dark');
  await control.click();
  expect(await now()).toEqual(['dark', false]);
  await control.click();
  expect(await now()).toEqual(['contrast', true]);
  expect(await control.getAttribute('aria-label')).toBe('Colours: high contrast. Turn to light');
  await control.click();
  expect(await now()).toEqual(['light', false]);
  await page.close();
});

test('V21 more contrast is shown to who prefers it, and what is forced keeps marks and faded panels', async () => {
  const page = await shown('stale', '');
  await page.emulateMedia({ contrast: 'more' });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'contrast');
  await page.emulateMedia({ contrast: null, forcedColors: 'active', colorScheme: 'dark' });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'contrast');
  const looks = await page.evaluate(() => {
    const faded = document.querySelector('.panel[data-faded]') as Element;
    return {
      frame: getComputedStyle(faded).borderStyle,
      mark: getComputedStyle(faded.querySelector('.state .dot') as Element).forcedColorAdjust,
      chart: getComputedStyle(document.querySelector('.chart') as Element).forcedColorAdjust,
    };
  });
  expect(looks).toEqual({ frame: 'dashed', mark: 'none', chart: 'none' });
  await page.close();
});

test('V23 nothing moves for who prefers reduced motion', async () => {
  const page = await shown('live', 'light');
  /** Animations begun by opening the time in view. */
  const begun = async () => {
    const count = page.evaluate(
      () =>
        new Promise<number>((done) => {
          document.addEventListener('click', () => requestAnimationFrame(() => done(document.getAnimations().length)), {
            once: true,
          });
        }),
    );
    await page.getByRole('button', { name: /^Event time in view/ }).click();
    const found = await count;
    await page.keyboard.press('Escape');
    return found;
  };
  expect(await begun()).toBeGreaterThan(0);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await begun()).toBe(0);
  await page.close();
});

/** The page, once what the scene is about is on it. An empty theme is that of the system. */
async function shown(scene: string, theme: string, size = { width: 1280, height: 800 }): Promise<Page> {
  const query = scene === 'health' ? 'page=health' : `scene=${scene}`;
  const page = await fixture.visit(`${query}${theme === '' ? '' : `&theme=${theme}`}`);
  await page.setViewportSize(size);
  await page.locator('main :is(h1, h2, .panel, .empty)').first().waitFor();
  await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(done))));
  return page;
}

/** What is wrong, where, as lines a person can act on. */
async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).setLegacyMode().withTags(TAGS).analyze();
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any }) => `${id}: ${help} — ${target.join(' ')}${any[0] ? ` (${any[0].message})` : ''}`),
  );
}
