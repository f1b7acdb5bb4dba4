import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContext } from 'playwright';
import { type Harness, median, type Row, root, round, samples } from '../harness.ts';
import { buildPage, start, startRelay } from '../programs.ts';

/** As a new user sees it: from opening the page, and from `npm start`, to the first chart that is drawn and live. */
export async function firstChart(harness: Harness): Promise<Row> {
  buildPage();
  const repeats = harness.quick ? 3 : 5;
  const cold: number[] = [];
  const warm: number[] = [];
  const relay = await startRelay();
  try {
    // The demo's first quarter of an hour is read by then; what is measured is the page.
    await opened(await harness.browser.newContext(), relay.url, true);
    for (let i = 0; i < repeats; i++) {
      const context = await harness.browser.newContext({ viewport: { width: 1440, height: 900 } });
      cold.push(await opened(context, relay.url, false));
      warm.push(await opened(context, relay.url, true));
    }
  } finally {
    await relay.stop();
  }
  const fromStart = await fromNpmStart(harness);
  const shell = await shellGzipBytes();
  return {
    name: 'First live chart: cold / warm, loopback; shell',
    goal: '≤ 2.5 s / ≤ 1.0 s; ≤ 200 KB gzip',
    result: `${round(median(cold) / 1000)} s / ${round(median(warm) / 1000)} s; ${round(shell / 1000)} KB`,
    met: median(cold) <= 2500 && median(warm) <= 1000 && shell <= 200_000,
    method:
      'The demo shop, running for some seconds. Cold: a new browser profile, so nothing cached and nothing compiled; warm: the ' +
      'same profile again. From the start of navigation to the first panel that says live, with its frame drawn. The shell is ' +
      'every script and style the page itself loads; the engine’s worker and WebAssembly come after it.',
    losing:
      'Over a slow line the engine counts: its WebAssembly alone is 34 MB, 7.7 MB compressed, fetched once per version.',
    figures: { cold: samples('ms', cold), warm: samples('ms', warm) },
    notes: {
      'npm start (installed, building the page) to the first live chart, new profile': `${round(fromStart / 1000)} s`,
    },
  };
}

/** ms from navigation to the first live panel, drawn. */
async function opened(context: BrowserContext, url: string, close: boolean): Promise<number> {
  const page = await context.newPage();
  await page.addInitScript(() => {
    const look = () => {
      if (document.querySelector('[data-state="live"]')) requestAnimationFrame(() => setTimeout(done));
      else requestAnimationFrame(look);
    };
    const done = () => performance.mark('first-live-chart');
    requestAnimationFrame(look);
  });
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName('first-live-chart').length > 0, undefined, {
    timeout: 60_000,
  });
  const ms = await page.evaluate(() => performance.getEntriesByName('first-live-chart')[0]?.startTime ?? Number.NaN);
  await page.close();
  if (close) await context.close();
  return ms;
}

async function fromNpmStart(harness: Harness): Promise<number> {
  const startedMs = performance.now();
  const relay = start('npm', ['start', '--', '--port', '0']);
  try {
    const [, url = ''] = await relay.says(/(http:\/\/[\w.]+:\d+)/);
    const servingMs = performance.now() - startedMs;
    return servingMs + (await opened(await harness.browser.newContext(), url, true));
  } finally {
    await relay.stop();
  }
}

/** The page's own scripts and styles, gzipped; not the worker's, which loads beside them. */
async function shellGzipBytes(): Promise<number> {
  const dist = join(root, 'dist');
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  const named = [...html.matchAll(/(?:src|href)="\.?\/?(assets\/[^"]+\.(?:js|css))"/g)].map(([, path = '']) => path);
  const imported: string[] = [];
  for (const path of named) {
    const text = await readFile(join(dist, path), 'utf8');
    const files = await readdir(join(dist, 'assets'));
    for (const file of files)
      if (
        file.endsWith('.js') &&
        new RegExp(`(?:from|import)\\s*["']\\./${file.replaceAll('.', '\\.')}["']`).test(text)
      )
        imported.push(`assets/${file}`);
  }
  let bytes = gzipSync(html).length;
  for (const path of new Set([...named, ...imported])) bytes += gzipSync(await readFile(join(dist, path))).length;
  return bytes;
}
