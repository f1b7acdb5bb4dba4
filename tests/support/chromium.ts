import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright';
import type { Highwater } from '../../web/data/window-highwater.ts';
import { findChromium } from './tools.ts';

/** A real Chromium, as it comes, without what it does of its own accord on the network. */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: await findChromium(), args: CHROMIUM_FLAGS });
}

/** A board in a tab. */
export interface BoardTab {
  readonly page: Page;
  /** Errors of the page and its worker so far; a test ends by expecting none. */
  readonly errors: string[];
  query(sql: string): Promise<Record<string, unknown>[]>;
  status(): ReturnType<Highwater['status']>;
  /** `data-state` of every panel by its title. */
  panelStates(): Promise<Record<string, string | null>>;
  /** Full-precision value of a stat, null when it shows none. */
  stat(title: string): Promise<number | null>;
  /** Full-precision values of a bar list. */
  bars(title: string): Promise<Record<string, number | null>>;
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Errors that the test provokes: what the browser says of a relay that is away. */
  readonly expected?: RegExp;
  readonly context?: BrowserContextOptions;
}

export async function openBoard(browser: Browser, url: string, options: OpenOptions = {}): Promise<BoardTab> {
  // What a service worker keeps is tested where it is what is tested: elsewhere 40 MB would be kept for each context.
  const context = await browser.newContext({ serviceWorkers: 'block', ...options.context });
  return { ...(await openBoardIn(context, url, options.expected)), close: () => context.close() };
}

/** Another tab of the same browser profile: those share their engine. Closing it closes the tab alone. */
export async function openBoardIn(context: BrowserContext, url: string, expected?: RegExp): Promise<BoardTab> {
  const page = await context.newPage();
  const errors: string[] = [];
  const keep = (text: string) => {
    if (!expected?.test(text)) errors.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') keep(message.text());
  });
  page.on('pageerror', (error) => keep(error.message));
  await page.goto(url);
  // Where there are files alone no engine is started before it is given something.
  await page.waitForFunction(() => 'highwater' in window || document.querySelector('[data-no-relay]') !== null);
  const panel = (title: string) => page.locator(`[data-panel="${title}"]`);
  return {
    page,
    errors,
    query: (sql) => page.evaluate((text) => window.highwater.query(text), sql),
    status: () => page.evaluate(() => window.highwater.status()),
    panelStates: () =>
      page
        .locator('[data-panel]')
        .evaluateAll((panels) =>
          Object.fromEntries(panels.map((one) => [one.getAttribute('data-panel'), one.getAttribute('data-state')])),
        ),
    async stat(title) {
      const found = panel(title).locator('[data-value]');
      return (await found.count()) === 0 ? null : numberOf(await found.first().getAttribute('data-value'));
    },
    async bars(title) {
      const rows = await panel(title)
        .locator('[data-key]')
        .evaluateAll((bars) =>
          bars.map((bar) => [bar.getAttribute('data-key') ?? '', bar.getAttribute('data-value')] as const),
        );
      return Object.fromEntries(rows.map(([key, value]) => [key, numberOf(value)]));
    },
    close: () => page.close(),
  };
}

function numberOf(text: string | null): number | null {
  return text === null || text === '' ? null : Number(text);
}
