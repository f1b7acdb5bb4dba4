import { expect, test } from 'vitest';
import { panelOf, useFixture } from './fixture-page.ts';

/** Panels of one number, or of a few that belong together, over known pictures in a real Chromium. */

const fixture = useFixture();

const ROOM = { width: 1600, height: 1400 };
const open = (query = 'scene=panels', size = ROOM) => fixture.open(query, size);
const clean = async (text: Promise<string>) => (await text).replaceAll(/\s+/g, ' ').trim();

test('a stat is shown as its mappings say, and for how long a limit has been passed', async () => {
  const page = await open();
  const state = panelOf(page, 'State').locator('.stat-value');
  expect(await state.textContent()).toBe('running');
  expect(await state.getAttribute('data-value')).toBe('644');
  const failures = panelOf(page, 'Failures');
  expect(await failures.locator('.state').textContent()).toBe('above 2 %');
  expect(await clean(failures.locator('.stat-foot').innerText())).toBe('for 3 min');
  await page.close();
});

test('a board that is compared says how each number stands to yesterday', async () => {
  const page = await open('scene=panelsCompared');
  const foot = panelOf(page, 'Users').locator('.stat-foot');
  expect(await clean(foot.innerText())).toBe('▲ 6.0 % vs yesterday');
  expect(await foot.getAttribute('title')).toBe('1,284 so far, against 1,211 yesterday');
  await page.close();
});

test('a gauge says its number, its ends and the limit it passed, and has a zone per stretch between limits', async () => {
  const page = await open();
  const oven = panelOf(page, 'Oven');
  expect(await oven.getByRole('img').getAttribute('aria-label')).toBe(
    'Oven: 227 °C, from 150 °C to 250 °C, above 220 °C',
  );
  expect(await oven.locator('.zone').count()).toBe(4);
  expect(await oven.getAttribute('data-alarm')).toBe('warn');
  await page.close();
});

test('a target says what part of it is reached and what is missing, in all and by machine', async () => {
  const page = await open();
  expect(await clean(panelOf(page, 'Made today').locator('.targets .words').innerText())).toBe(
    '▽ 92 % of target, 56 behind',
  );
  const plan = panelOf(page, 'Plan');
  expect(await clean(plan.locator('[data-key="press 3"] .words').innerText())).toBe('✓ 114 %, 14 ahead');
  const mark = await plan.locator('[data-key="press 1"] .target-mark').boundingBox();
  const fill = await plan.locator('[data-key="press 1"] .fill').boundingBox();
  expect((fill?.width ?? 0) / ((mark?.x ?? 0) + (mark?.width ?? 0) / 2 - (fill?.x ?? 0))).toBeCloseTo(0.4, 2);
  expect(await plan.locator('.panel-note').innerText()).toBe('+ 117 more');
  await page.close();
});

test('V52 OEE is the product of its factors, and the one that costs most is named', async () => {
  const page = await open();
  const one = panelOf(page, 'OEE');
  // 0.71 × 0.88 × 0.97
  expect(Number(await one.locator('.oee').getAttribute('data-value'))).toBeCloseTo(0.606056, 6);
  expect(await clean(one.locator('.funnel-note').innerText())).toMatch(/^availability costs most/);
  const rows = panelOf(page, 'OEE by machine');
  expect(await rows.locator('[data-key="press 4"]').getAttribute('data-value')).toBe('');
  expect(await clean(rows.locator('[data-key="press 3"] .least').innerText())).toBe('90 %');
  expect(await clean(rows.locator('.funnel-note').innerText())).toMatch(/^press 2: availability costs most/);
  await page.close();
});

test('V53 Markdown has its words and links, and nothing that runs, covers the page or fetches from elsewhere', async () => {
  const page = await fixture.open('scene=panels&only=Notes&w=12&h=12', ROOM);
  const prose = panelOf(page, 'Notes').locator('.prose');
  await prose.locator('h3').waitFor();
  expect(await prose.locator('h3').innerText()).toBe('Shift');
  const manual = prose.getByRole('link', { name: 'the manual' });
  expect([await manual.getAttribute('target'), await manual.getAttribute('rel')]).toEqual([
    '_blank',
    'noopener noreferrer',
  ]);
  expect(await prose.getByRole('link', { name: 'all boards' }).getAttribute('target')).toBeNull();
  expect(await prose.getByRole('link', { name: 'far away' }).getAttribute('href')).toBe('https://example.org/x.png');
  // What is no address is words.
  expect(await prose.innerText()).toMatch(/nowhere no picture/);
  expect(await prose.getByRole('link', { name: /nowhere|no picture/ }).count()).toBe(0);
  expect(
    await prose.locator('script, style, iframe, form, input, img, svg, [onclick], [onerror], [style]').count(),
  ).toBe(0);
  const hrefs = await prose.locator('a').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
  expect(hrefs.filter((href) => /script/i.test(href))).toEqual([]);
  expect(await page.evaluate(() => 'hurt' in window)).toBe(false);
  const fetched = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  expect(fetched.filter((name) => name.includes('example.org'))).toEqual([]);
  await page.close();
});

test('C3 stale numbers keep their value and wear no colour of a limit or mapping', async () => {
  const page = await open('scene=panelsStale');
  const colors = await page.evaluate(() => {
    const stale = getComputedStyle(document.documentElement).getPropertyValue('--stale').trim();
    const probe = document.createElement('i');
    probe.style.color = stale;
    document.body.append(probe);
    const color = (node: Element) => getComputedStyle(node).color;
    const wanted = color(probe);
    return [...document.querySelectorAll('.stat-value, .event .words, .rows td, .oee-cell b')]
      .filter((node) => color(node) !== wanted)
      .map((node) => `${node.className}: ${node.textContent}`);
  });
  expect(colors).toEqual([]);
  expect(await panelOf(page, 'State').locator('.stat-value').textContent()).toBe('running');
  await page.close();
});
