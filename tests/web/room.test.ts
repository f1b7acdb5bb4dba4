import { expect, test } from 'vitest';
import { panelOf, useFixture } from './fixture-page.ts';

/** The real page over known pictures, in a real Chromium: what has its room on any screen, and what gives way. */

const { open } = useFixture();

test('V1 where a threshold’s words have no room beside a title, fewer say it, and the title stays whole', async () => {
  const page = await open('', { width: 1280, height: 800 });
  const failures = panelOf(page, 'Payment failures');
  const said: unknown[] = [];
  for (const width of [1280, 1240, 1160, 1080]) {
    await page.setViewportSize({ width, height: 800 });
    const [head] = await failures.locator('.panel-head').evaluateAll(headsOf);
    said.push([width, head?.said, head?.isTitleCut]);
  }
  expect(said).toEqual([
    [1280, 'above 4 %', false],
    [1240, 'high', false],
    [1160, 'high', false],
    [1080, 'high', false],
  ]);
  await page.close();
});

test('no head of a panel is written over itself, and none cuts a number from its unit', async () => {
  for (const [scene, width] of [
    ['disconnected', 1280],
    ['disconnected', 1100],
    ['failed', 1280],
    ['late', 1100],
    ['unfiltered', 1280],
    ['unfiltered', 1100],
  ] as const) {
    const page = await open(`scene=${scene}`, { width, height: 800 });
    const heads = await page.locator('.panel-head').evaluateAll(headsOf);
    expect(heads.length).toBeGreaterThan(5);
    expect(heads.filter(({ cut, isOver }) => cut > 0 || isOver)).toEqual([]);
    await page.close();
  }
});

test('V17 a panel that is not filtered says by what, or says that it is not, whole, before its title gives way', async () => {
  const page = await open('scene=unfiltered', { width: 1100, height: 800 });
  const heads = await page.locator('.panel-head').evaluateAll(headsOf);
  const marked = heads.filter(({ unfiltered }) => unfiltered !== undefined);
  expect(marked.length).toBeGreaterThan(5);
  expect(new Set(marked.map(({ unfiltered }) => unfiltered))).toEqual(
    new Set(['not filtered by country', 'not filtered']),
  );
  await page.close();
});

test('the box of times stays within the page while what is chosen in it moves its button', async () => {
  const page = await open('', { width: 1280, height: 800 });
  const right = () => page.locator('.popover-box').evaluate((box) => box.getBoundingClientRect().right);
  const button = page.getByRole('button', { name: /^Event time in view/ });
  await button.click();
  await page.locator('.settings').getByRole('button', { name: 'Yesterday' }).click();
  await button.click();
  await button.click();
  const before = await button.evaluate((element) => element.getBoundingClientRect().left);
  await page.locator('.settings').getByRole('button', { name: 'Nothing' }).click();
  await page.waitForFunction(
    ([was]) => (document.querySelector('.time .popover > button')?.getBoundingClientRect().left ?? 0) > (was ?? 0),
    [before],
  );
  await expect.poll(right).toBeLessThanOrEqual(1280);
  await page.close();
});

test('V9 on a phone all of the status line is reached by scrolling it, dead letters first', async () => {
  const page = await open('', { width: 360, height: 740 });
  const line = page.locator('[data-status-line]');
  const link = line.getByRole('link', { name: /dead letters/ });
  expect((await link.boundingBox())?.x).toBeLessThan(20);
  const memory = line.getByText(/of 1 GiB/);
  await memory.scrollIntoViewIfNeeded();
  const box = await memory.boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
  await page.close();
});

const SIZES = [
  { width: 390, height: 844 },
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
];

test.each(SIZES.flatMap((size) => ['light', 'dark'].map((theme) => ({ ...size, theme }))))(
  'nothing overflows at $width × $height, $theme',
  async ({ theme, ...size }) => {
    const page = await open(`theme=${theme}`, size);
    const found = await page.evaluate(() => {
      const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      const cut = [...document.querySelectorAll('.panel-head h2, .stat-value, .stat-foot, .amount, .control')]
        .filter((node) => node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 0)
        .map((node) => node.textContent);
      const out = [...document.querySelectorAll('.panel')].flatMap((frame) => {
        const edge = frame.getBoundingClientRect();
        return [...frame.querySelectorAll('.stat-foot, .legend, .bars, .funnel-note, .panel-note')]
          .filter((node) => node.getBoundingClientRect().bottom > edge.bottom + 1)
          .map((node) => `${frame.getAttribute('data-panel')}: ${node.className}`);
      });
      return { wide, cut, out };
    });
    expect(found).toEqual({ wide: 0, cut: [], out: [] });
    await page.close();
  },
);

/** Runs in the page. Words without room have wrapped out of sight, whole; of those in sight the last lie on top. */
function headsOf(heads: Element[]) {
  const wordsOf = (words: HTMLElement | undefined) => words && (words.dataset.words ?? words.textContent);
  return heads.map((head) => {
    const seen = [...head.querySelectorAll<HTMLElement>('.form > .words, .badge')].filter((one) => {
      const room = one.parentElement?.getBoundingClientRect();
      return room && one.getBoundingClientRect().top < room.bottom - 1;
    });
    const title = head.querySelector('h2');
    const last = seen.at(-1);
    const [left, right] = [title, last].map((one) => one?.getBoundingClientRect());
    return {
      title: head.textContent,
      said: wordsOf(last),
      unfiltered: wordsOf(seen.findLast((one) => one.closest('.unfiltered-mark'))),
      isTitleCut: title !== null && title.scrollWidth > title.clientWidth,
      cut: seen.filter((one) => one.scrollWidth > (one.parentElement?.clientWidth ?? 0) + 1).length,
      isOver: (left?.right ?? 0) > (right?.left ?? 0),
    };
  });
}
