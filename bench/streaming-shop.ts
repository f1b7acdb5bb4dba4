import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startMosquitto } from '../tests/support/mosquitto.ts';
import { type Harness, root } from './harness.ts';
import { installProbe } from './page-probe.ts';
import { buildPage, start, startRelay } from './programs.ts';

export type Page = Awaited<ReturnType<Harness['page']>>;

/**
 * The page with boards/shop.yaml, looked on by `window.probe`, while a publisher sends so many shop events a second:
 *
 *     publisher ─▶ mosquitto ─▶ relay ─▶ Chromium 1440 × 900
 */
export async function streamingShop<T>(harness: Harness, rate: number, look: (page: Page) => Promise<T>): Promise<T> {
  buildPage();
  const folder = join(root, '.cache/bench-relay');
  await mkdir(folder, { recursive: true });
  const broker = await startMosquitto();
  const source = `${broker.url}/shop/+/events`;
  const boards = ['boards/shop.yaml', 'boards/shop-campaign.yaml'].map((path) => join(root, path));
  await writeFile(
    join(folder, 'highwater.yaml'),
    `streams:\n  shop_events:\n    source: ${source}\n    time: { field: timestamp }\nboards: [${boards.join(', ')}]\n`,
  );
  const relay = await startRelay('--config', join(folder, 'highwater.yaml'));
  const publisher = start(process.execPath, ['bench/publisher.ts', broker.url, String(rate)]);
  try {
    await publisher.says(/publishing/);
    const page = await harness.browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(installProbe);
    await page.goto(`${relay.url}/?board=shop`);
    await page.waitForFunction(() => window.probe.draws.length > 20, undefined, { timeout: 60_000 });
    const seen = await look(page);
    await page.close();
    return seen;
  } finally {
    await publisher.stop();
    await relay.stop();
    await broker.stop();
  }
}
