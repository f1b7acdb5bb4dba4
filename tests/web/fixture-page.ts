import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Locator, Page } from 'playwright';
import { build, preview } from 'vite';
import solid from 'vite-plugin-solid';
import { afterAll, beforeAll, expect } from 'vitest';
import { launchChromium } from '../support/chromium.ts';

/** The real page over known pictures (fixture/main.tsx), built and served, in a real Chromium. */
export interface FixturePage {
  /** Opens the page and waits until every panel in sight has its picture on the screen. */
  open(query: string, size?: { width: number; height: number }): Promise<Page>;
  /** Opens the page and waits for nothing. */
  visit(query: string): Promise<Page>;
  close(): Promise<void>;
}

/** The fixture of a test file: there before its first test, gone after its last. */
export function useFixture(): Pick<FixturePage, 'open' | 'visit'> {
  let started: FixturePage | null = null;
  beforeAll(async () => {
    started = await startFixture();
  });
  afterAll(() => started?.close());
  const fixture = () => {
    if (!started) throw new Error('the fixture is there within tests, not before');
    return started;
  };
  return {
    open: (query, size) => fixture().open(query, size),
    visit: (query) => fixture().visit(query),
  };
}

export function panelOf(page: Page, title: string): Locator {
  return page.locator(`[data-panel="${title}"]`);
}

async function startFixture(): Promise<FixturePage> {
  const root = resolve(import.meta.dirname, 'fixture');
  const outDir = mkdtempSync(join(tmpdir(), 'highwater-panels-'));
  const shared = { configFile: false, root, logLevel: 'warn' } as const;
  await build({ ...shared, plugins: [solid()], build: { outDir, emptyOutDir: true, target: 'es2022' } });
  const server = await preview({ ...shared, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } });
  const url = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`;
  const browser = await launchChromium();
  return {
    async open(query, size = { width: 1440, height: 1100 }) {
      const page = await browser.newPage({ viewport: size, timezoneId: 'UTC', locale: 'en-US' });
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      await page.goto(`${url}?${query}`);
      await page.waitForSelector('.panel .panel-body > :not(.skeleton)');
      await page.evaluate(() => document.fonts.ready.then(() => new Promise((done) => requestAnimationFrame(done))));
      expect(problems).toEqual([]);
      return page;
    },
    async visit(query) {
      const page = await browser.newPage();
      await page.goto(`${url}?${query}`);
      return page;
    },
    async close() {
      await browser.close();
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    },
  };
}
