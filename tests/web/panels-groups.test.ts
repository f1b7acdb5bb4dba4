import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { panelOf, useFixture } from './fixture-page.ts';

/** Panels of many values side by side, over known pictures in a real Chromium. */

const fixture = useFixture();

const ROOM = { width: 1600, height: 1400 };
const open = (query = 'scene=panels', size = ROOM) => fixture.open(query, size);
const clean = async (text: Promise<string>) => (await text).replaceAll(/\s+/g, ' ').trim();
const come = async (page: Page, rows: number) => {
  await page.evaluate((count) => {
    dispatchEvent(new CustomEvent('next', { detail: count }));
    return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }, rows);
};

test('a funnel has the rate of each step, and where most is lost', async () => {
  const page = await open();
  const funnel = panelOf(page, 'Funnel');
  expect(await funnel.locator('span.extra').allInnerTexts()).toEqual(['100 %', '64 %', '35 %', '39 %']);
  expect(await clean(funnel.locator('.funnel-note').innerText())).toMatch(/8.6 %.*biggest loss click → cart 65 %/);
  await page.close();
});

test('V51 a donut has shares of what can be added, the others as one, and says when there are no shares', async () => {
  const page = await open();
  const donut = panelOf(page, 'Revenue');
  expect(await donut.locator('[data-key]').evaluateAll((all) => all.map((one) => one.dataset.key))).toEqual([
    'spring-sale',
    'newsletter-14',
    'brand-search',
    'retargeting',
    'direct',
    'others',
  ]);
  expect(await donut.getByRole('img').getAttribute('aria-label')).toMatch(
    /^Revenue: \$37\.7k in all\. spring-sale \$12\.1k, 32 %;.*; 2 others \$1,802, 4\.8 %$/,
  );
  expect(await panelOf(page, 'No shares').innerText()).toContain('Values of p95 cannot be added');
  await page.close();
});

test('a value chosen on one panel is marked on every panel of its column, the others are muted, by mouse and keyboard', async () => {
  const page = await open();
  const bars = panelOf(page, 'By campaign');
  const donut = panelOf(page, 'Revenue');
  const pressed = (one: typeof bars) => one.locator('[aria-pressed="true"]').allInnerTexts();
  await bars.locator('[data-key="direct"] .track').click({ force: true });
  expect([await pressed(bars), await pressed(donut)]).toEqual([['direct'], ['direct']]);
  expect(await bars.locator('.muted').count()).toBe(6);
  await donut.locator('[data-slice="retargeting"]').dispatchEvent('click');
  expect(await pressed(bars)).toEqual(['retargeting']);
  await bars.getByRole('button', { name: '(none)' }).press('Enter');
  expect(await pressed(bars)).toEqual(['(none)']);
  await bars.getByRole('button', { name: '(none)' }).press('Enter');
  expect([await pressed(bars), await bars.locator('.muted').count()]).toEqual([[], 0]);
  await page.close();
});

test('where a panel leads elsewhere, each of its values has a way there', async () => {
  const page = await open();
  const link = panelOf(page, 'By campaign').getByRole('link', { name: 'Campaign: direct' });
  expect(await link.getAttribute('href')).toBe('?board=campaign&var-campaign=direct');
  const box = await link.boundingBox();
  expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
  expect(await panelOf(page, 'Revenue').locator('.drill').count()).toBe(0);
  await page.close();
});

test('a histogram has its buckets in order, a mark, about where the middle is, and a value under the arrow keys', async () => {
  const page = await open();
  const latency = panelOf(page, 'Latency');
  const plot = latency.getByRole('img');
  expect(await plot.getAttribute('aria-label')).toBe('Latency. 8,423 in all · median ≈ 125 ms, from the buckets');
  expect(await latency.locator('.limit-mark').textContent()).toBe('limit');
  await plot.focus();
  await plot.press('End');
  expect(await clean(latency.locator('.panel-note').innerText())).toBe('390 ms – 400 ms: 5 · 0.1 %');
  await plot.press('Home');
  expect(await clean(latency.locator('.panel-note').innerText())).toMatch(/^30 ms – 40 ms: 69/);
  await page.close();
});

test('what an arrow key comes to is read aloud, what comes by itself is not; Escape is the page’s where nothing is pointed at', async () => {
  const page = await open();
  const takesEscape = async () => {
    await page.evaluate(() =>
      addEventListener('keydown', ({ defaultPrevented }) => Object.assign(window, { taken: defaultPrevented }), {
        once: true,
      }),
    );
    await page.keyboard.press('Escape');
    return page.evaluate(() => (window as never as { taken: boolean }).taken);
  };
  for (const [title, words] of [
    ['Latency', /^390 ms – 400 ms/],
    ['Machines', /^press \d+ · /],
  ] as const) {
    const one = panelOf(page, title);
    const said = one.getByRole('status');
    await one.getByRole('img').focus();
    expect(await takesEscape()).toBe(false);
    await page.keyboard.press('End');
    const heard = (await said.textContent()) ?? '';
    expect(await clean(Promise.resolve(heard))).toMatch(words);
    await page.evaluate(() => void dispatchEvent(new CustomEvent('next', { detail: 3 })));
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    expect(await said.textContent()).toBe(heard);
    expect(await one.locator('.panel-note[aria-live]').count()).toBe(0);
    expect(await takesEscape()).toBe(true);
    expect(await takesEscape()).toBe(false);
  }
  await page.close();
});

test('dots are told by pointer and by keyboard, and Enter chooses one', async () => {
  const page = await open();
  const machines = panelOf(page, 'Machines');
  const plot = machines.getByRole('img');
  expect(await plot.getAttribute('data-dots')).toBe('120');
  await plot.focus();
  await plot.press('Home');
  expect(await clean(machines.locator('.panel-note').innerText())).toBe(
    'press 1 · north · watts 800 W · scrap 0.00 % · made 40',
  );
  await plot.press('Enter');
  expect(await panelOf(page, 'By machine').locator('[aria-pressed="true"]').allInnerTexts()).toEqual(['press 1']);
  const inked = await plot.evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
    let found = 0;
    for (let at = 3; at < data.length; at += 4) found += Number((data[at] ?? 0) > 0);
    return found / (canvas.width * canvas.height);
  });
  expect(inked).toBeGreaterThan(0.02);
  await page.close();
});

test('a table of a window is sorted by the engine, told to who cannot see, and drawn only where it is in sight', async () => {
  const page = await open();
  const table = panelOf(page, 'By machine');
  const head = table.getByRole('columnheader', { name: 'scrap' });
  expect(await head.getAttribute('aria-sort')).toBe('none');
  await head.getByRole('button').press('Enter');
  expect(await head.getAttribute('aria-sort')).toBe('descending');
  const asked = () =>
    page.evaluate(() => (window as never as { asked: Record<string, { sort: unknown }> }).asked.by_machine?.sort);
  expect(await asked()).toEqual({ by: 'scrap', direction: 'descending' });
  expect(await clean(table.locator('[data-row="0"] td').nth(3).innerText())).toBe('6.90 %');
  expect(await table.locator('[data-row="0"] td').nth(3).getAttribute('data-alarm')).toBe('alarm');
  expect(await table.locator('[data-row]').count()).toBeLessThan(40);
  await table.locator('.table-scroller').evaluate((node) => node.scrollTo({ top: node.scrollHeight }));
  await table.locator('[data-row="119"]').waitFor();
  const [headBox, boxOf] = [await head.boundingBox(), await table.boundingBox()];
  expect((headBox?.y ?? 0) - (boxOf?.y ?? 0)).toBeLessThan(60);
  await page.close();
});

test('V50 rows under the pointer stand still and say so, until it leaves or rests too long', async () => {
  const page = await open();
  const table = panelOf(page, 'Latest');
  const first = () => table.locator('[data-row="0"] td').nth(3).innerText();
  await come(page, 3);
  expect(await first()).toBe('10003');
  await table.locator('[data-row="2"]').hover();
  await come(page, 5);
  expect(await first()).toBe('10003');
  expect(await table.locator('.held-note').innerText()).toBe('held while you read · 5 new');
  await page.mouse.move(5, 5);
  expect(await first()).toBe('10008');
  expect(await table.locator('.held-note').count()).toBe(0);
  await table.locator('[data-row="2"]').hover();
  await page.evaluate(() => void dispatchEvent(new CustomEvent('pass', { detail: 31_000 })));
  await come(page, 1);
  expect(await first()).toBe('10009');
  await page.close();
});

test('a stream’s rows are sorted by a click, newest first again by the third', async () => {
  const page = await open();
  const table = panelOf(page, 'Latest');
  const head = table.getByRole('columnheader', { name: 'made' });
  const first = () => table.locator('[data-row="0"] td').nth(3).innerText();
  await head.getByRole('button').click();
  await head.getByRole('button').click();
  expect([await head.getAttribute('aria-sort'), await first()]).toEqual(['ascending', '9001']);
  await head.getByRole('button').click();
  expect([await head.getAttribute('aria-sort'), await first()]).toEqual(['none', '10000']);
  await page.close();
});

test('a log lists what happened in the time in view; of a time that is over nothing is called live', async () => {
  const page = await open('scene=panelsPast');
  const log = panelOf(page, 'What happens');
  const lines = log.locator('.event');
  await log.getByText('press 9 is stopped').first().waitFor();
  expect(await lines.count()).toBe(2);
  expect(await clean(lines.first().innerText())).toMatch(/^11:44:00 ■ press 9 is stopped$/);
  expect(await log.getAttribute('data-state')).toBe('past');
  expect(await log.locator('.state').innerText()).toBe('past: 11:30 – 11:45');
  const sql = await page.evaluate(() => (window as never as { asked: { sql: string } }).asked.sql);
  expect(sql).toContain(`_event_time < make_timestamp(${Date.UTC(2026, 10, 22, 11, 45) * 1000})`);
  const table = panelOf(page, 'Latest');
  expect(await table.locator('.panel-note').innerText()).toBe('the newest rows, not those of the time in view');
  await page.close();
});

test('V50 new lines do not push away what is being read; how many came is said, and leads to them', async () => {
  const page = await open();
  const log = panelOf(page, 'What happens');
  const lines = log.getByRole('log');
  expect(await lines.getAttribute('aria-live')).toBe('off');
  expect(await clean(log.locator('.event').first().innerText())).toMatch(/^12:03:05 ● press 2 is running$/);
  expect(await log.locator('[data-tone="alarm"] .words').first().innerText()).toMatch(/ is stopped$/);
  await lines.hover();
  const before = await log.locator('.event').first().innerText();
  await come(page, 12);
  expect(await log.locator('.event').first().innerText()).toBe(before);
  await log.getByRole('button', { name: '12 new' }).click();
  await page.mouse.move(5, 5);
  expect(await clean(log.locator('.event').first().innerText())).toMatch(/^12:03:17/);
  await lines.evaluate((node) => node.scrollTo({ top: 200 }));
  await come(page, 2);
  await log.getByRole('button', { name: '2 new' }).waitFor();
  expect(await log.locator('.event').count()).toBeLessThan(60);
  await page.close();
});

test('V5 a new picture makes nothing anew: what was drawn is written over', async () => {
  const page = await open();
  await page.evaluate(() => {
    for (const node of document.querySelectorAll('.panel-body *')) (node as never as { kept: boolean }).kept = true;
  });
  await come(page, 5);
  const made = await page.evaluate(() =>
    [...document.querySelectorAll('.panel-body *')]
      .filter((node) => !(node as never as { kept?: boolean }).kept)
      .map((node) => `${node.closest('.panel')?.getAttribute('data-panel')}: ${node.tagName} ${node.className}`),
  );
  expect(made).toEqual([]);
  await page.close();
});

test.each([
  { width: 390, height: 5000 },
  { width: 1280, height: 1600 },
  { width: 1920, height: 1600 },
])('nothing overflows its panel at $width px', async (size) => {
  const page = await open('scene=panels', size);
  await panelOf(page, 'Notes').locator('.prose h3').waitFor();
  const found = await page.evaluate(() => {
    const out = [...document.querySelectorAll('.panel')].flatMap((frame) => {
      const edge = frame.getBoundingClientRect();
      return [...frame.querySelectorAll('.panel-body *')]
        .filter((node) => !node.closest('.table-scroller, .events, .prose, svg'))
        .filter((node) => {
          const box = node.getBoundingClientRect();
          return (
            box.width > 0 && (box.bottom > edge.bottom + 1 || box.right > edge.right + 1 || box.left < edge.left - 1)
          );
        })
        .map((node) => `${frame.getAttribute('data-panel')}: ${node.className} ${node.textContent}`);
    });
    return { wide: document.documentElement.scrollWidth - document.documentElement.clientWidth, out };
  });
  expect(found).toEqual({ wide: 0, out: [] });
  await page.close();
});
