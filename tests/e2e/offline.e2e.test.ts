import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type BoardTab, launchChromium, openBoardIn } from '../support/chromium.ts';
import { AWAY, relayForTest } from '../support/for-test.ts';
import { builtPage } from '../support/relay-process.ts';
import { startStaticSite } from '../support/static-site.ts';

/** After one visit all of the page is in this browser: it opens with the network unplugged and the relay gone. */
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** A browser that keeps 40 MB beside its charts takes its time on a busy machine. */
const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 120_000, interval: 200 });

/** What a browser says of what is not there. */
const GONE = new RegExp(`${AWAY.source}|ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket connection to|404 \\(`);

async function profile(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1600 }, ...options });
  onTestFinished(() => context.close());
  return context;
}

/** The service worker has everything. */
const kept = (tab: BoardTab) =>
  until(async () =>
    expect(
      await tab.page.evaluate(async () => {
        const registration = await navigator.serviceWorker.getRegistration();
        return [registration?.active?.state, navigator.serviceWorker.controller !== null];
      }),
    ).toEqual(['activated', true]),
  );

const live = (tab: BoardTab) =>
  until(async () => {
    expect((await tab.status()).connection.state).toBe('live');
    expect((await tab.status()).streams.shop_events).toMatchObject({ catchingUp: false });
    const states = Object.values(await tab.panelStates());
    expect(states.length).toBeGreaterThan(5);
    expect(states.filter((state) => state !== 'live' && state !== 'asleep')).toEqual([]);
  });

test('K10 unplugged, the page opens with the last data and its age, or runs the demo; plugged in, it goes on', {
  timeout: 480_000,
}, async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '30');
  const context = await profile();
  const first = await openBoardIn(context, relay.url, GONE);
  await live(first);
  await kept(first);
  const { received = 0 } = (await first.status()).streams.shop_events ?? {};
  expect(received).toBeGreaterThan(1_000);
  await first.close();

  await context.setOffline(true);
  await relay.kill();
  const second = await openBoardIn(context, `${relay.url}/?board=shop`, GONE);
  await until(async () => {
    const { streams, journal, connection } = await second.status();
    expect(connection.state).not.toBe('live');
    // All that was on disk, which is all but the last half second at most.
    expect(streams.shop_events?.rows).toBeGreaterThanOrEqual(received);
    expect(journal.restoredRows).toBe(streams.shop_events?.rows);
  });
  await until(async () => {
    const panels = await second.page.locator('[data-panel]').evaluateAll((all) =>
      all.map((panel) => ({
        state: (panel as HTMLElement).dataset.state,
        hatched: (panel as HTMLElement).dataset.faded !== undefined,
      })),
    );
    expect(panels.length).toBeGreaterThan(5);
    const seen = panels.filter(({ state }) => state !== 'asleep');
    expect(seen.filter(({ state, hatched }) => state !== 'disconnected' || !hatched)).toEqual([]);
    expect(await second.page.locator('.panel .state').first().getAttribute('title')).toMatch(/as of .*\d\d:\d\d:\d\d/);
  });
  expect(second.errors).toEqual([]);
  await second.close();

  const demo = await openBoardIn(context, `${relay.url}/?demo=shop&rate=10`, GONE);
  await live(demo);
  expect(demo.errors).toEqual([]);
  await demo.close();

  await relay.start();
  await context.setOffline(false);
  const third = await openBoardIn(context, relay.url, GONE);
  await live(third);
  expect(third.errors).toEqual([]);
});

test('K10 what only a relay answers is never the page this browser keeps', { timeout: 360_000 }, async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '10');
  const context = await profile();
  const tab = await openBoardIn(context, relay.url, GONE);
  await kept(tab);
  await tab.page.reload();
  const answers = await tab.page.evaluate(() =>
    Promise.all(
      ['/healthz', '/version', '/metrics', '/dead-letters'].map(async (path) => {
        const answer = await fetch(path);
        return [path, answer.status, answer.headers.get('content-type')?.split(';')[0]];
      }),
    ),
  );
  expect(answers).toEqual([
    ['/healthz', 200, 'text/plain'],
    ['/version', 200, 'application/json'],
    ['/metrics', 200, 'text/plain'],
    ['/dead-letters', 200, expect.stringMatching(/json|html/)],
  ]);
  await tab.page.goto(`${relay.url}/healthz`);
  expect(await tab.page.locator('body').textContent()).toBe('ok\n');
  await tab.page.goto(`${relay.url}/dead-letters`);
  expect(await tab.page.locator('h1').textContent()).toMatch(/dead letters/i);
});

test('K10 Chromium would install it', { timeout: 360_000 }, async () => {
  const site = await startStaticSite(await builtPage(), { under: '/tools/' });
  onTestFinished(() => site.close());
  const context = await profile();
  const tab = await openBoardIn(context, `${site.url}?demo=shop&rate=10`, GONE);
  await kept(tab);
  const devtools = await context.newCDPSession(tab.page);
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  // A private window, which a test's profile is, installs nothing.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
  const { url, errors, data } = await devtools.send('Page.getAppManifest');
  expect(url).toBe(`${site.url}manifest.webmanifest`);
  expect(errors).toEqual([]);
  const icons: { readonly src: string; readonly sizes: string; readonly purpose: string }[] = JSON.parse(
    data ?? '{}',
  ).icons;
  expect(icons.filter(({ purpose }) => purpose === 'maskable')).toHaveLength(1);
  for (const { src, sizes } of icons) {
    const size = await tab.page.evaluate(async (from) => {
      const picture = new Image();
      picture.src = from;
      await picture.decode();
      return `${picture.naturalWidth}x${picture.naturalHeight}`;
    }, new URL(src, url).href);
    if (sizes !== 'any') expect(size, src).toBe(sizes);
  }
});

/** A copy of the built page, and a way to make it another build. */
async function builtCopy() {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-build-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(await builtPage(), folder, { recursive: true });
  const change = async (file: string, from: string | RegExp, to: string) => {
    const text = await readFile(join(folder, file), 'utf8');
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    await writeFile(join(folder, file), changed);
  };
  return {
    folder,
    async buildAnother() {
      await change('index.html', '<body>', '<body data-build="another">');
      await change('sw.js', /url:"index\.html",revision:"\w+"/, 'url:"index.html",revision:"0123456789abcdef"');
    },
  };
}

test('K10 a newer build waits until it is asked in; the page of before goes on meanwhile', {
  timeout: 360_000,
}, async () => {
  const built = await builtCopy();
  const site = await startStaticSite(built.folder);
  onTestFinished(() => site.close());
  const context = await profile();
  const first = await openBoardIn(context, `${site.url}?demo=shop&rate=10`, GONE);
  await kept(first);
  await first.close();
  await built.buildAnother();
  const tab = await openBoardIn(context, `${site.url}?demo=shop&rate=10`, GONE);
  const build = () => tab.page.evaluate(() => document.body.dataset.build ?? 'before');
  const note = tab.page.locator('.new-version');
  await until(async () => expect(await note.textContent()).toContain('A new version is ready'));
  expect([await build(), await note.getAttribute('role')]).toEqual(['before', 'status']);
  await live(tab);
  await note.getByRole('button', { name: 'Reload' }).press('Enter');
  await until(async () => expect(await build()).toBe('another'));
  await live(tab);
  expect(await note.textContent()).toBe('');
  expect(tab.errors).toEqual([]);
});

test('K10 where a part of the page did not come all of it is kept all the same, later', {
  timeout: 360_000,
}, async () => {
  const { folder } = await builtCopy();
  const part = join(folder, 'maskable-512.png');
  const bytes = await readFile(part);
  await rm(part);
  const site = await startStaticSite(folder);
  onTestFinished(() => site.close());
  const context = await profile();
  await context.addInitScript(() => {
    const container = ServiceWorkerContainer.prototype;
    const { register } = container;
    container.register = async function (...args) {
      const made = await register.apply(this, args);
      const { installing } = made;
      installing?.addEventListener('statechange', () => {
        document.documentElement.dataset.keeping = installing.state;
      });
      return made;
    };
  });
  const tab = await openBoardIn(context, `${site.url}?demo=shop&rate=10`, GONE);
  const keeping = () => tab.page.evaluate(() => document.documentElement.dataset.keeping);
  await until(async () => expect(await keeping()).toBe('redundant'));
  await writeFile(part, bytes);
  await kept(tab);
});

test('the relay lets files with a hash in their name be kept for good, and the others be asked for again', {
  timeout: 60_000,
}, async () => {
  const relay = await relayForTest('--demo', 'shop', '--demo-rate', '1');
  const html = await (await fetch(relay.url)).text();
  const [script = ''] = /assets\/index-[^"]+\.js/.exec(html) ?? [];
  const cacheOf = async (path: string) => {
    const answer = await fetch(`${relay.url}/${path}`, { method: 'HEAD' });
    return [answer.status, answer.headers.get('cache-control'), answer.headers.get('content-type')];
  };
  expect(await cacheOf(script)).toEqual([200, 'public, max-age=31536000, immutable', 'text/javascript; charset=utf-8']);
  for (const [path, type] of [
    ['', 'text/html; charset=utf-8'],
    ['sw.js', 'text/javascript; charset=utf-8'],
    ['manifest.webmanifest', 'application/manifest+json'],
    ['maskable-512.png', 'image/png'],
  ] as const)
    expect(await cacheOf(path), path).toEqual([200, 'no-cache', type]);
});
