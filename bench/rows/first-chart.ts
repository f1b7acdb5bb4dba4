import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContext } from 'playwright';
import { type Harness, median, type Row, root, round, samples } from '../harness.ts';
import { buildPage, type Surroundings, start, startRelay } from '../programs.ts';

/** As a new user sees it: from opening the page, and from `npm start`, to the first chart that shows data and moves. */
export async function firstChart(harness: Harness): Promise<Row> {
  buildPage();
  const repeats = harness.quick ? 3 : 5;
  const cold: Opening[] = [];
  const warm: Opening[] = [];
  const offline: Opening[] = [];
  const relay = await startRelay();
  const board = `${relay.url}/${BOARD}`;
  const visitors: BrowserContext[] = [];
  try {
    // Once the page says live, the demo has published its first quarter of an hour: what is measured then is the page.
    const first = await harness.browser.newContext();
    await open(first, board);
    await first.close();
    for (let i = 0; i < repeats; i++) {
      const context = await harness.browser.newContext({ viewport: { width: 1440, height: 900 } });
      visitors.push(context);
      cold.push(await open(context, board));
      warm.push(await open(context, board));
    }
    await relay.stop();
    // Nobody answers any more: the page comes of this browser's service worker, its rows of the journal.
    for (const context of visitors) {
      await context.setOffline(true);
      offline.push(await open(context, board, DATA));
    }
  } finally {
    await relay.stop();
    for (const context of visitors) await context.close();
  }
  const fromStart = await fromNpmStart(harness);
  const fromClone = await fromCleanClone(harness);
  const shell = await shellGzipBytes();
  const chartMs = (openings: readonly Opening[]) => openings.map((opening) => opening.chartMs);
  const liveMs = (openings: readonly Opening[]) => openings.map((opening) => opening.liveMs);
  const [coldMs, warmMs, offlineMs] = [median(chartMs(cold)), median(chartMs(warm)), median(chartMs(offline))];
  return {
    name: 'First chart with data: cold / warm, loopback / offline; shell',
    goal: '≤ 2.5 s / ≤ 1.0 s / none given; ≤ 200 KB gzip',
    result: `${round(coldMs / 1000)} s / ${round(warmMs / 1000)} s / ${round(offlineMs / 1000)} s; ${round(shell / 1000)} KB`,
    met: coldMs <= 2500 && warmMs <= 1000 && shell <= 200_000,
    method:
      'The shop of the four demos, their first quarter of an hour published. Cold: a new browser profile, so nothing cached ' +
      'and nothing compiled; warm: the same profile again, whose first chart is the last picture of before, shown as loading ' +
      'and with its age until the engine is as far; offline: once more, with the relay stopped and the network gone. From the start of navigation to the end of the frame that first shows a panel ' +
      'with data. It says live once the history is read too. The shell is every script and style the page ' +
      'itself loads; the engine’s worker and WebAssembly come after it.',
    losing:
      'Over a slow line the engine counts: its WebAssembly alone is 34 MB, 7.7 MB compressed, fetched once per version. ' +
      'Loopback hides that.',
    figures: {
      'cold: first chart': samples('ms', chartMs(cold)),
      'cold: says live': samples('ms', liveMs(cold)),
      'warm: first chart': samples('ms', chartMs(warm)),
      'warm: says live': samples('ms', liveMs(warm)),
      'offline: first chart': samples('ms', chartMs(offline)),
    },
    notes: {
      'npm start, installed, to the first moving chart (page built, relay started, new profile)': `${round(fromStart / 1000)} s`,
      'npm ci && npm start in a clean clone, empty home and npm cache, to the first moving chart': `${round((fromClone.installMs + fromClone.startMs) / 1000)} s, of which npm ci ${round(fromClone.installMs / 1000)} s`,
    },
  };
}

/** ms from navigation to the first panel with data, and to the first that says live. */
interface Opening {
  readonly chartMs: number;
  readonly liveMs: number;
}

/** The board that is opened: what `npm start` shows first is the list of them. */
const BOARD = '?board=shop';

/** A chart with data, whatever is said of how new it is. */
export const DATA = '[data-panel] .uplot';
const LIVE = '[data-state="live"]';

/** Of a page that is offline there is nothing live, and no service worker to wait for. */
async function open(context: BrowserContext, url: string, until = LIVE): Promise<Opening> {
  const page = await context.newPage();
  await page.addInitScript(
    (selectors) => {
      const wanted = new Set(selectors);
      const look = () => {
        for (const selector of wanted)
          if (document.querySelector(selector)) {
            wanted.delete(selector);
            setTimeout(() => performance.mark(selector));
          }
        if (wanted.size > 0) requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    },
    [DATA, LIVE],
  );
  await page.goto(url);
  await page.waitForFunction((mark) => performance.getEntriesByName(mark).length > 0, until, { timeout: 120_000 });
  const [chartMs, liveMs] = await page.evaluate(
    (marks) => marks.map((mark) => performance.getEntriesByName(mark)[0]?.startTime ?? Number.NaN),
    [DATA, LIVE],
  );
  if (until === LIVE) await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.close();
  return { chartMs: chartMs ?? Number.NaN, liveMs: liveMs ?? Number.NaN };
}

/** What a new user waits for. The machine's npm settings (its registry) are kept, nothing else of the home is. */
async function fromCleanClone(harness: Harness): Promise<{ installMs: number; startMs: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-clone-'));
  const cwd = join(folder, 'highwater');
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'));
  const env = {
    PATH: path.join(delimiter),
    HOME: folder,
    npm_config_userconfig: join(homedir(), '.npmrc'),
    npm_config_cache: join(folder, 'npm-cache'),
  };
  try {
    execFileSync('git', ['clone', '--quiet', root, cwd]);
    const startedMs = performance.now();
    execFileSync('npm', ['ci'], { cwd, env, stdio: 'ignore' });
    const installMs = performance.now() - startedMs;
    return { installMs, startMs: await fromNpmStart(harness, { cwd, env }) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function fromNpmStart(harness: Harness, where?: Surroundings): Promise<number> {
  const startedMs = performance.now();
  const relay = start('npm', ['start', '--', '--port', '0'], where);
  try {
    const [, url = ''] = await relay.says(/(http:\/\/[\w.]+:\d+)/);
    const servingMs = performance.now() - startedMs;
    const context = await harness.browser.newContext();
    const { chartMs } = await open(context, `${url}/${BOARD}`, DATA);
    await context.close();
    return servingMs + chartMs;
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
