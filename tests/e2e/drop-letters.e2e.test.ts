import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../support/chromium.ts';
import { relayForTest, tabForTest, until } from '../support/for-test.ts';

/** Records of given files that are no rows: the relay's page of dead letters knows nothing of them. */
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

test('S13 X6 what of given files could not become rows is shown where they are, and downloaded whole', {
  timeout: 120_000,
}, async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '1');
  const tab = await tabForTest(browser, relay.url);
  await until(async () => expect((await tab.status()).connection.state).toBe('live'));
  const bad = (n: number) => n % 50 === 7;
  const line = (n: number) =>
    bad(n)
      ? `not json ${n} <b>é</b>`
      : JSON.stringify({ timestamp: new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString(), n, place: 'hall' });
  const text = Array.from({ length: 300 }, (_, n) => line(n)).join('\n');
  await tab.page.setInputFiles('input[type=file]', {
    name: 'shift.jsonl',
    mimeType: 'application/x-ndjson',
    buffer: Buffer.from(text),
  });
  await tab.page.getByRole('link', { name: /dead letters 6/ }).click();
  const dialog = tab.page.getByRole('dialog', { name: 'Dead letters' });
  await dialog.waitFor();
  expect(new URL(tab.page.url()).pathname).not.toContain('dead-letters');
  const words = (await dialog.textContent()) ?? '';
  expect(words).toContain('6 × the record is not JSON');
  for (let n = 0; n < 300; n++) if (bad(n)) expect(words).toContain(`record ${n + 1}: `);
  expect(words).toContain('not json 257 <b>é</b>');
  const [download] = await Promise.all([
    tab.page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Download 6' }).click(),
  ]);
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n');
  expect(lines.map((each) => JSON.parse(each).value)).toEqual(
    [257, 207, 157, 107, 57, 7].map((n) => `not json ${n} <b>é</b>`),
  );
  expect(tab.errors).toEqual([]);
});
