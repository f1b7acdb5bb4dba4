import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { BrowserContext, Page } from 'playwright';
import { createShop } from '../../relay/demo/shop.ts';
import { startMosquitto } from '../../tests/support/mosquitto.ts';
import { type RelayProcess, startRelayProcess } from '../../tests/support/relay-process.ts';
import { type Harness, type Row, round, samples } from '../harness.ts';
import { start } from '../programs.ts';
import { DATA } from './first-chart.ts';

const RATE = 5_000;

/** How long a tab is without news when the relay is killed; how fast history comes to a new tab, and to one that was there. */
export async function comingBack(harness: Harness): Promise<Row[]> {
  return [await resumeAfterKill(harness), ...(await backfillAndReload(harness))];
}

async function resumeAfterKill(harness: Harness): Promise<Row> {
  const repeats = harness.quick ? 2 : 7;
  const broker = await startMosquitto();
  const data = await mkdtemp(join(tmpdir(), 'highwater-bench-'));
  const relay = await startRelayProcess([
    '--mqtt',
    broker.url,
    '--topic',
    'shop/+/events',
    '--data',
    data,
    '--log-level',
    'warn',
  ]);
  const publisher = start(process.execPath, ['bench/publisher.ts', broker.url, String(RATE)]);
  const fromKill: number[] = [];
  const fromServing: number[] = [];
  const serving: number[] = [];
  const outcomes = new Set<string>();
  try {
    await publisher.says(/publishing/);
    const page = await harness.browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(relay.url);
    await counted(page, RATE);
    for (let run = 0; run < repeats; run++) {
      const killedMs = performance.now();
      await relay.kill();
      const before = await received(page);
      await relay.start();
      const servingMs = performance.now();
      // What is received beyond what was in flight came over the new socket.
      await counted(page, before + 1, 5);
      const backMs = performance.now();
      serving.push(servingMs - killedMs);
      fromKill.push(backMs - killedMs);
      fromServing.push(backMs - servingMs);
      for (const outcome of await deliveries(page)) outcomes.add(outcome);
      await page.waitForTimeout(6_000);
    }
    await page.close();
  } finally {
    await publisher.stop();
    await relay.stop();
    await broker.stop();
    await rm(data, { recursive: true, force: true });
  }
  const back = samples('ms', fromServing);
  return {
    name: 'Relay killed (kill -9) and started again: to the first new rows in the tab',
    goal: '< 5 s from the kill',
    result: `${round(samples('', fromKill).median / 1000)} s from the kill, ${round(back.median / 1000)} s from when it serves again`,
    met: samples('', fromKill).median < 5_000,
    method:
      `A real mosquitto at ${RATE.toLocaleString('en')} events/s, the relay with its log on disk, the first board in Chromium. The relay is killed and started at once ` +
      'with the same folder; the tab finds it by its own backoff (full jitter, 0.5 s doubling).',
    losing:
      'Half of it is Node starting and the log being read; the other half is chance, for a thousand tabs must not come at once.',
    figures: {
      'kill → new rows': samples('ms', fromKill),
      'kill → serving': samples('ms', serving),
      'serving → new rows': back,
    },
    notes: { 'how the tab was answered': [...outcomes].join(', ') },
  };
}

async function backfillAndReload(harness: Harness): Promise<Row[]> {
  const rows = harness.quick ? 100_000 : 1_000_000;
  const repeats = harness.quick ? 2 : 5;
  const data = await mkdtemp(join(tmpdir(), 'highwater-bench-'));
  const file = join(data, 'shop.jsonl');
  await writeShop(file, rows);
  const relay = await startRelayProcess(['--file', file, '--data', join(data, 'log'), '--log-level', 'warn']);
  const fresh: Opening[] = [];
  const again: Opening[] = [];
  try {
    await open(await harness.browser.newContext(), relay, rows).then(({ context }) => context.close());
    for (let run = 0; run < repeats; run++) {
      const first = await open(
        await harness.browser.newContext({ viewport: { width: 1440, height: 900 } }),
        relay,
        rows,
      );
      fresh.push(first);
      // The journal is written behind the rows: what is measured is reading it.
      await first.page.waitForTimeout(3_000);
      await first.page.close();
      const second = await open(first.context, relay, rows);
      again.push(second);
      await second.context.close();
    }
  } finally {
    await relay.stop();
    await rm(data, { recursive: true, force: true });
  }
  const rate = samples(
    'rows/s',
    fresh.map(({ chartMs, allMs }) => (rows / Math.max(1, allMs - chartMs)) * 1000),
  );
  const chart = samples(
    'ms',
    again.map(({ chartMs }) => chartMs),
  );
  const all = samples(
    'ms',
    again.map(({ allMs }) => allMs),
  );
  return [
    {
      name: `Backfill: ${rows.toLocaleString('en')} rows from the relay’s log into a new tab`,
      goal: 'none stated',
      result: `${round(rate.median / 1e6)} M rows/s`,
      met: null,
      method:
        'A file of shop events the relay has read into its log on disk; a new browser profile opens the first board. From the first chart ' +
        'with data to the last row counted, windows and tables kept as they come.',
      losing: 'Relay, browser and the journal’s writing share these cores.',
      figures: {
        'rows per second': rate,
        'opening → first chart': samples(
          'ms',
          fresh.map(({ chartMs }) => chartMs),
        ),
        'opening → every row': samples(
          'ms',
          fresh.map(({ allMs }) => allMs),
        ),
      },
      notes: {},
    },
    {
      name: `Reload with ${rows.toLocaleString('en')} rows in the browser’s own storage: to the first chart; to every row`,
      goal: 'none stated',
      result: `${round(chart.median / 1000)} s; ${round(all.median / 1000)} s`,
      met: null,
      method:
        'The same profile again: rows come from its journal (OPFS), and the relay only answers that nothing is missing.',
      losing: 'Rows are put through the engine again, windows and all: the journal keeps frames, not results.',
      figures: {
        'reload → first chart': chart,
        'reload → every row': all,
        'read back from the journal': samples(
          'rows',
          again.map(({ restored }) => restored),
        ),
      },
      notes: {},
    },
  ];
}

interface Opening {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly chartMs: number;
  readonly allMs: number;
  readonly restored: number;
}

/** Opens the board and waits for every row; ms since the navigation began. */
async function open(context: BrowserContext, relay: RelayProcess, rows: number): Promise<Opening> {
  const page = await context.newPage();
  await page.addInitScript((drawn) => {
    const look = () => {
      if (document.querySelector(drawn)) setTimeout(() => performance.mark('chart'));
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, DATA);
  await page.goto(relay.url);
  await page.waitForFunction(() => 'highwater' in window);
  await counted(page, rows, 10);
  const allMs = await page.evaluate(() => performance.now());
  await page.waitForFunction(() => performance.getEntriesByName('chart').length > 0);
  const chartMs = await page.evaluate(() => performance.getEntriesByName('chart')[0]?.startTime ?? Number.NaN);
  const restored = await page.evaluate(async () => (await window.highwater.status()).journal.restoredRows);
  return { context, page, chartMs, allMs, restored };
}

async function writeShop(path: string, rows: number): Promise<void> {
  const startMs = Date.UTC(2026, 10, 22, 9);
  const rate = 1_000;
  const shop = createShop({ seed: 1, rate, startMs });
  const out = createWriteStream(path);
  for (let written = 0, untilMs = startMs; written < rows; ) {
    untilMs += 10_000;
    const events = shop.until(untilMs).slice(0, rows - written);
    written += events.length;
    if (!out.write(`${events.map(({ event }) => JSON.stringify(event)).join('\n')}\n`))
      await new Promise<void>((resolve) => out.once('drain', () => resolve()));
  }
  out.end();
  await finished(out);
}

function received(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { streams } = await window.highwater.status();
    return Object.values(streams).reduce((sum, stream) => sum + stream.received, 0);
  });
}

async function counted(page: Page, least: number, stepMs = 50): Promise<void> {
  while ((await received(page)) < least) await page.waitForTimeout(stepMs);
}

function deliveries(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const { streams } = await window.highwater.status();
    return Object.values(streams).map(({ delivery }) => delivery?.outcome ?? 'none');
  });
}
