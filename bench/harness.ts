import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { cpus, loadavg, totalmem } from 'node:os';
import { extname, join, normalize, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { CHROMIUM_FLAGS } from '../tests/support/chromium.ts';
import { findChromium } from '../tests/support/tools.ts';
import type { Bench } from './page/main.ts';

/** Built page, server and browser of one bench run. Rows open as many pages as they like. */
export interface Harness {
  readonly browser: Browser;
  readonly quick: boolean;
  /** A fresh bench page, with its `window.bench` ready. */
  page(): Promise<Page>;
  close(): Promise<void>;
}

const FLAGS = [
  ...CHROMIUM_FLAGS,
  '--enable-precise-memory-info',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

export const root = resolve(import.meta.dirname, '..');
/** Where the bench page is built and everything it fetches lies. */
export const pageFolder = join(root, '.cache/bench-page');

export async function openHarness(quick: boolean): Promise<Harness> {
  await build({ configFile: join(root, 'bench/page/vite.config.ts'), logLevel: 'error' });
  const server = await serve(pageFolder);
  const browser = await chromium.launch({ executablePath: await findChromium(), args: FLAGS });
  return {
    browser,
    quick,
    async page() {
      const page = await browser.newPage();
      page.on('pageerror', (error) => console.error(`  page: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error') console.error(`  page: ${message.text()}`);
      });
      await page.goto(`http://127.0.0.1:${portOf(server)}/index.html`);
      await page.waitForFunction(() => 'bench' in window);
      return page;
    },
    async close() {
      await browser.close();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Calls one function of the bench page and waits for its answer, however long it takes. */
export async function call<Name extends keyof Bench>(
  page: Page,
  name: Name,
  ...args: Parameters<Bench[Name]>
): Promise<Awaited<ReturnType<Bench[Name]>>> {
  const answer = await page.evaluate(
    ({ name, args }) => (window.bench[name] as (...all: unknown[]) => Promise<unknown>)(...args),
    { name, args },
  );
  return answer as Awaited<ReturnType<Bench[Name]>>;
}

// -- Figures --------------------------------------------------------------------------------------------------------

/** One measured thing, with every sample. */
export interface Samples {
  readonly unit: string;
  readonly samples: readonly number[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function samples(unit: string, values: readonly number[]): Samples {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    unit,
    samples: values.map(round),
    median: round(quantile(sorted, 0.5)),
    min: round(sorted[0] ?? Number.NaN),
    max: round(sorted.at(-1) ?? Number.NaN),
  };
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** The value at `rank` in [0, 1] of ascending values, between neighbours where it falls between them. */
export function quantile(sorted: readonly number[], rank: number): number {
  const at = rank * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? Number.NaN;
  const above = sorted[Math.ceil(at)] ?? Number.NaN;
  return below + (above - below) * (at - Math.floor(at));
}

export function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** A row of the table: what was measured, what was aimed at, and where it does not come out well. */
export interface Row {
  readonly name: string;
  readonly goal: string;
  readonly result: string;
  /** Whether the goal was met; null where there is no single figure to judge. */
  readonly met: boolean | null;
  readonly method: string;
  /** Where we lose, or what the figure does not say. */
  readonly losing: string;
  readonly figures: Readonly<Record<string, Samples>>;
  readonly notes: Readonly<Record<string, string | number>>;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly os: string;
  readonly node: string;
  readonly browser: string;
  readonly commit: string;
  readonly date: string;
  readonly command: string;
  /** One-minute load average before the row began: well above 0 means others were using the machine. */
  readonly loadBefore: number;
}

export function machine(browser: Browser, date: Date, loadBefore: number): Machine {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'contract', 'relay', 'worker', 'web') === '' ? '' : ' + changes';
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    os: `${process.platform} ${process.arch}`,
    node: process.version,
    browser: `Chromium ${browser.version()}`,
    commit: git('rev-parse', '--short', 'HEAD') + changed,
    date: date.toISOString(),
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(' '),
    loadBefore: round(loadBefore),
  };
}

export function load(): number {
  return loadavg()[0] ?? Number.NaN;
}

// -- Serving --------------------------------------------------------------------------------------------------------

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
};

/** Cross-origin isolated, so that the browser's clock has 5 µs steps instead of 100. */
async function serve(folder: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname));
    try {
      const body = await readFile(join(folder, path));
      response.writeHead(200, {
        'content-type': TYPES[extname(path)] ?? 'application/octet-stream',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-embedder-policy': 'require-corp',
      });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the bench server is not listening');
  return address.port;
}
