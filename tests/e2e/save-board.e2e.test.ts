import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { AWAY, relayForTest, tabForTest, until } from '../support/for-test.ts';
import { type KafkaBroker, startKafkaBroker } from '../support/kafka-broker.ts';

/** As somebody new would do it: a topic is opened with nothing written, its board is saved, and then changed as a file. */
let broker: KafkaBroker;
let browser: Browser;
beforeAll(async () => {
  [broker, browser] = await Promise.all([startKafkaBroker(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await broker.stop();
});

async function folderForTest(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-saved-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** As editors save: all of it at once. */
async function save(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

test('V38 V36 a topic’s board is saved as a file, served from it, and live in the open tab when the file is changed', async () => {
  await broker.createTopic('user_events', 2);
  const events = Array.from({ length: 400 }, (_, index) => ({
    timestamp: new Date(Date.now() - 240_000 + index * 500).toISOString(),
    user_id: index % 37,
    action: ['search', 'click', 'cart', 'purchase'][index % 4],
    price: index % 4 === 3 ? index / 10 : null,
  }));
  await broker.produce(
    'user_events',
    events.map((event, index) => ({ value: JSON.stringify(event), partition: index % 2 })),
  );

  const first = await relayForTest('--kafka', broker.address, '--topic', 'user_events');
  const made = await tabForTest(browser, first.url, { expected: AWAY });
  await made.page.locator('.made-note').waitFor();
  await until(async () => expect((await made.status()).streams.user_events?.received).toBe(events.length));
  const titles = await made.page
    .locator('[data-panel]')
    .evaluateAll((all) => all.map((one) => one.getAttribute('data-panel')));
  expect(titles.length).toBeGreaterThan(3);
  await made.page.keyboard.press('d');
  await made.page.keyboard.press('s');
  const [download] = await Promise.all([
    made.page.waitForEvent('download'),
    made.page.getByRole('button', { name: 'Download user_events.yaml' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('user_events.yaml');
  const file = join(await folderForTest(), 'user_events.yaml');
  await download.saveAs(file);
  const text = await readFile(file, 'utf8');
  await first.stop();

  const second = await relayForTest('--kafka', broker.address, '--topic', 'user_events', '--boards', file);
  const tab = await tabForTest(browser, second.url, { expected: AWAY });
  await until(async () => expect((await tab.status()).streams.user_events?.received).toBe(events.length));
  expect(
    await tab.page.locator('[data-panel]').evaluateAll((all) => all.map((one) => one.getAttribute('data-panel'))),
  ).toEqual(titles);
  expect(await tab.page.locator('.made-note').count()).toBe(0);

  // Changed on disk: seen in the tab that is open, and said.
  const [title = ''] = titles;
  await save(file, text.replace(`title: ${title}`, 'title: Seen so far'));
  await tab.page.locator('[data-panel="Seen so far"]').waitFor();
  await until(async () =>
    expect(await tab.page.getByRole('status').allTextContents()).toContainEqual(
      expect.stringContaining('was changed on disk'),
    ),
  );

  // Broken: what was good stays, and what is wrong is told with its line; mended: told no more.
  await save(file, text.replace(/\bw: \d+/, 'w: 25'));
  const problem = tab.page.locator('.file-problem');
  await problem.waitFor();
  expect(await problem.locator('summary').textContent()).toContain('The last good version is shown.');
  expect(await problem.locator('li').first().textContent()).toMatch(/user_events\.yaml:\d+:\d+ panels.*\.w: found 25/);
  await tab.page.locator('[data-panel="Seen so far"]').waitFor();
  await save(file, text);
  await until(async () => expect(await problem.count()).toBe(0));
  await tab.page.locator(`[data-panel="${title}"]`).waitFor();
  expect(tab.errors).toEqual([]);
  expect(made.errors).toEqual([]);
});
