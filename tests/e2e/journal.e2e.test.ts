import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type CDPSession, chromium } from 'playwright';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type BoardTab, CHROMIUM_FLAGS, openBoardIn } from '../support/chromium.ts';
import { AWAY, relayForTest } from '../support/for-test.ts';
import { findChromium } from '../support/tools.ts';
import { type Order, ordersOnTime, WINDOWS_SQL, windowsOf, writeOrdersConfig } from './orders.ts';

/**
 * A tab that is reloaded, killed, or whose whole browser is killed while rows come: opened again it goes on from what it
 * kept, and in the end every row is there once. The rows are those of a file that grows.
 */
const COUNT = 6000;

/** A browser with a profile on disk. */
interface Profile {
  readonly context: BrowserContext;
  readonly session: CDPSession;
}

async function openProfile(folder: string): Promise<Profile> {
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: await findChromium(),
    args: CHROMIUM_FLAGS,
  });
  onTestFinished(() => context.close().catch(() => undefined));
  const browser = context.browser();
  if (!browser) throw new Error('a profile without a browser');
  return { context, session: await browser.newBrowserCDPSession() };
}

/** kill -9 of the processes of a kind. */
async function kill({ session }: Profile, kind: 'renderer' | 'browser'): Promise<void> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  for (const { id, type } of processInfo) if (type === kind) process.kill(id, 'SIGKILL');
}

async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-journal-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const orders = ordersOnTime(COUNT, 7).toSorted((left, right) => left.timeMs - right.timeMs);
  const path = join(folder, 'orders.jsonl');
  const lines = orders.map(lineOf);
  let written = 0;
  /** Appends the next orders, few at a time. */
  const grow = async (count: number) => {
    for (const end = written + count; written < end; written += 25) {
      await appendFile(path, lines.slice(written, Math.min(end, written + 25)).join(''));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  await writeFile(path, '');
  await grow(1000);
  const relay = await relayForTest('--config', await writeOrdersConfig(`file:${path}`), '--data', 'none');
  return { relay, orders, grow, profile: join(folder, 'profile') };
}

function lineOf({ timeMs, user, action, price }: Order): string {
  return `${JSON.stringify({ user_id: user, action, price, timestamp: new Date(timeMs).toISOString() })}\n`;
}

const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 90_000, interval: 50 });

const open = (profile: Profile, url: string) => openBoardIn(profile.context, url, AWAY);

const receivedOf = async (tab: BoardTab) => (await tab.status()).streams.orders?.received ?? 0;

const flowing = (tab: BoardTab, count: number) =>
  until(async () => expect(await receivedOf(tab)).toBeGreaterThanOrEqual(count));

/** It went on from what it kept: nothing was lost, nothing was read from the beginning. */
async function expectResumed(tab: BoardTab, atLeast: number): Promise<void> {
  await until(async () => expect((await tab.status()).streams.orders?.delivery?.outcome).toBe('resumed'));
  const { journal, streams } = await tab.status();
  expect(journal).toMatchObject({ state: 'on', message: null });
  expect(journal.restoredRows).toBeGreaterThanOrEqual(atLeast);
  expect(streams.orders?.losses).toEqual([]);
}

async function expectAll(tab: BoardTab, orders: readonly Order[]): Promise<void> {
  await until(async () => expect(await receivedOf(tab)).toBe(COUNT));
  expect(await tab.query('SELECT count(*) AS rows, count(DISTINCT _offset) AS offsets FROM orders')).toEqual([
    { rows: COUNT, offsets: COUNT },
  ]);
  expect(await tab.query(WINDOWS_SQL)).toEqual(windowsOf(orders));
}

test('J1 a tab that is reloaded goes on from what it kept', async () => {
  const { relay, orders, grow, profile } = await start();
  const tab = await open(await openProfile(profile), relay.url);
  await flowing(tab, 1000);
  for (const reload of [1, 2]) {
    const growing = grow(2000);
    await flowing(tab, reload * 2000 - 900);
    const before = await receivedOf(tab);
    await tab.page.reload();
    await tab.page.waitForFunction(() => 'highwater' in window);
    await expectResumed(tab, before);
    await growing;
    await flowing(tab, 1000 + reload * 2000);
  }
  await grow(1000);
  await expectAll(tab, orders);
  expect(tab.errors).toEqual([]);
}, 240_000);

test('J1 a tab whose process is killed in the middle goes on from what it kept, and so does one of a killed browser', async () => {
  const { relay, orders, grow, profile } = await start();
  const first = await openProfile(profile);
  const killed = await open(first, relay.url);
  let growing = grow(2000);
  await flowing(killed, 1100);
  const crashed = new Promise((resolve) => killed.page.once('crash', resolve));
  const beforeKill = await receivedOf(killed);
  await kill(first, 'renderer');
  await crashed;
  const again = await open(first, relay.url);
  await expectResumed(again, beforeKill);
  await growing;
  await flowing(again, 3000);
  growing = grow(3000);
  await flowing(again, 3100);
  const beforeEnd = await receivedOf(again);
  const closed = new Promise((resolve) => first.context.once('close', resolve));
  await kill(first, 'browser');
  await closed;
  const last = await open(await openProfile(profile), relay.url);
  await expectResumed(last, beforeEnd);
  await growing;
  await expectAll(last, orders);
  expect(last.errors).toEqual([]);
}, 240_000);

test('J7 the browser is asked to keep it at the first gesture, and its answer is told', async () => {
  const { relay, profile } = await start();
  const browser = await openProfile(profile);
  const tab = await open(browser, relay.url);
  await until(async () => expect((await tab.status()).journal).toMatchObject({ state: 'on', persisted: false }));
  await browser.session.send('Browser.grantPermissions', { permissions: ['durableStorage'], origin: relay.url });
  await tab.page.keyboard.press('Shift');
  await until(async () => expect((await tab.status()).journal.persisted).toBe(true));
  await tab.page.reload();
  await tab.page.waitForFunction(() => 'highwater' in window);
  await until(async () => expect((await tab.status()).journal.persisted).toBe(true));
  expect(tab.errors).toEqual([]);
}, 120_000);
