import AxeBuilder from '@axe-core/playwright';
import { expect, test } from 'vitest';
import { useFixture } from './fixture-page.ts';

/** The pipeline's health, in a real Chromium. */

const fixture = useFixture();

const visit = async (query: string, size = { width: 1280, height: 800 }) => {
  const page = await fixture.visit(`page=health&timezone=utc&${query}`);
  await page.setViewportSize(size);
  await page.waitForSelector('.health .facts');
  return page;
};

test('V35 each stream says in words how it is, with links to what is missing', async () => {
  const page = await visit('scene=delivery');
  const stream = page.locator('[data-stream="shop_events"]');
  expect(await stream.locator('.stream-state').textContent()).toContain('live');
  const facts = Object.fromEntries(
    await page
      .locator('[data-fact]')
      .evaluateAll((all) =>
        all.map((one) => [one.getAttribute('data-fact'), one.querySelector('.fact-value')?.textContent] as const),
      ),
  );
  expect(facts).toMatchObject({
    Relay: expect.stringMatching(/^connected since/),
    Clocks: expect.stringMatching(/^within/),
    Engine: 'started again once',
    Lag: '38 ms',
    Watermark: expect.stringMatching(/12:02:25$/),
    Late: '214',
    'Too late': '7 ›',
    'Dead letters': '3 ›',
    'Passed over': '41,204',
  });
  expect(await stream.locator('.losses').textContent()).toContain('1,204 records are missing');
  expect(await stream.getByRole('link', { name: /^3/ }).getAttribute('href')).toBe('dead-letters?stream=shop_events');
  expect(await page.getByRole('meter').count()).toBe(3);
  await stream.getByRole('button', { name: /^7/ }).click();
  await page.getByRole('dialog', { name: 'Rows that came too late' }).locator('tbody tr').first().waitFor();
  await page.close();
});

test('V35 it fits a phone, without barriers, and stands still while its numbers change', async () => {
  for (const size of [
    { width: 390, height: 844 },
    { width: 1280, height: 800 },
  ]) {
    const page = await visit('scene=history', size);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const places = () =>
      page.locator('.health-part').evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top)));
    const before = await places();
    await page.evaluate(() => void dispatchEvent(new CustomEvent('pass', { detail: 60_000 })));
    expect(await places()).toEqual(before);
    const { violations } = await new AxeBuilder({ page })
      .setLegacyMode()
      .include('main')
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
      .analyze();
    expect(violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))).toEqual([]);
    await page.close();
  }
});

test('V35 what statuses tell again is written over, not made anew', async () => {
  const page = await visit('scene=delivery');
  /** What is on the page only while nobody makes it anew. */
  const mark = () =>
    page.evaluate(() => {
      for (const one of document.querySelectorAll('.health meter, .losses li, .facts > div')) one.classList.add('same');
    });
  await mark();
  const marked = await page.locator('.same').count();
  expect(marked).toBeGreaterThan(15);
  await page.evaluate(() => void dispatchEvent(new CustomEvent('pass', { detail: 1000 })));
  expect(await page.locator('.same').count()).toBe(marked);
  expect(await page.title()).toBe('Pipeline health · Highwater');
  await page.close();
});

test('V35 a trouble is said in words where it is', async () => {
  const failed = await visit('scene=failed');
  expect(await failed.locator('[data-stream] .stream-state').textContent()).toContain('source failed');
  expect(await failed.locator('.stream-words').textContent()).toContain(
    'Start Kafka there, or pass --kafka host:port.',
  );
  await failed.close();
  const away = await visit('scene=disconnected');
  expect(await away.locator('[data-fact="Relay"]').textContent()).toMatch(
    /disconnected since .*did not answer for 15 s/,
  );
  for (const fact of ['Lag', 'To be read'])
    expect(await away.locator(`[data-fact="${fact}"] .fact-value`).textContent()).toBe('not known');
  await away.getByRole('link', { name: 'Boards', exact: true }).click();
  await away.waitForSelector('.panel');
  expect(new URL(away.url()).searchParams.has('page')).toBe(false);
  await away.close();
});
