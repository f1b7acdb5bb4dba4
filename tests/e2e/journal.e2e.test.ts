import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, type CDPSession, chromium } from 'playwright';
import { expect, onTestFinished, test } from 'vitest';
import { type BoardTab, CHROMIUM_FLAGS, openBoardIn } from '../support/chromium.ts';
import { AWAY, relayForTest, until } from '../support/for-test.ts';
import { findChromium } from '../support/tools.ts';
import { type Order, ordersOnTime, WINDOWS_SQL, windowsOf, writeOrdersConfig } from './orders.ts';

/**
 * A tab that is reloaded, killed, or whose whole browser is killed while rows come: opened again it goes on from what it
 * kept, and in the end every row is there once. The rows are those of a file, replayed by their event time.
 */
const COUNT = 6000;
/** So fast that the file lasts some twenty seconds. */
const SPEED = 60;

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
  await writeFile(join(folder, 'orders.jsonl'), linesOf(orders));
  const config = await writeOrdersConfig(`file:${join(folder, 'orders.jsonl')}`, { speed: SPEED });
  const relay = await relayForTest('--config', config, '--data', 'none');
  return { relay, orders, profile: join(folder, 'profile') };
}

function linesOf(orders: readonly Order[]): string {
  return orders
    .map(({ timeMs, user, action, price }) =>
      JSON.stringify({ user_id: user, action, price, timestamp: new Date(timeMs).toISOString() }),
    )
    .join('\n');
}

const open = (profile: Profile, url: string) => openBoardIn(profile.context, url, AWAY);

const receivedOf = async (tab: BoardTab) => (await tab.status()).streams.orders?.received ?? 0;

/** Rows are coming, and some are there. */
const flowing = (tab: BoardTab, count: number) =>
  until(async () => expect(await receivedOf(tab)).toBeGreaterThan(count));

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
  const { relay, orders, profile } = await start();
  const tab = await open(await openProfile(profile), relay.url);
  await flowing(tab, 500);
  for (let time = 0; time < 2; time++) {
    const before = await receivedOf(tab);
    await tab.page.reload();
    await tab.page.waitForFunction(() => 'highwater' in window);
    await expectResumed(tab, before);
    await flowing(tab, before + 500);
  }
  await expectAll(tab, orders);
  expect(tab.errors).toEqual([]);
}, 180_000);

test('J1 a tab whose process is killed in the middle goes on from what it kept, and so does one of a killed browser', async () => {
  const { relay, orders, profile } = await start();
  const first = await openProfile(profile);
  const killed = await open(first, relay.url);
  await flowing(killed, 500);
  const crashed = new Promise((resolve) => killed.page.once('crash', resolve));
  const beforeKill = await receivedOf(killed);
  await kill(first, 'renderer');
  await crashed;
  const again = await open(first, relay.url);
  await expectResumed(again, beforeKill);
  await flowing(again, beforeKill + 500);
  const beforeEnd = await receivedOf(again);
  const closed = new Promise((resolve) => first.context.once('close', resolve));
  await kill(first, 'browser');
  await closed;
  const last = await open(await openProfile(profile), relay.url);
  await expectResumed(last, beforeEnd);
  await expectAll(last, orders);
  expect(last.errors).toEqual([]);
}, 180_000);
