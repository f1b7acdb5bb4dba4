import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { parse, stringify } from 'yaml';
import { pssBytes, rssBytes, withDescendants } from '../tests/faults/kit/process-figures.ts';
import { writeReliability } from '../tests/faults/report.ts';
import { CHROMIUM_FLAGS } from '../tests/support/chromium.ts';
import { startMosquitto } from '../tests/support/mosquitto.ts';
import { freePorts } from '../tests/support/ports.ts';
import { startRelayProcess } from '../tests/support/relay-process.ts';
import { findChromium } from '../tests/support/tools.ts';
import { root } from './harness.ts';
import { start } from './programs.ts';
import { type Devtools, openDevtools } from './soak/devtools.ts';
import { plot } from './soak/plot.ts';
import type { Sample, Soak } from './soak/sample.ts';
import { surroundings } from './soak/surroundings.ts';

/**
 * A kiosk that stays on: `npm run soak -- --minutes 60 [--rate 5000] [--playlist]`. The shop board, or a playlist of the four
 * boards that ship, in a real Chromium, a real relay, a real MQTT broker, and bounds on everything that is kept, small
 * enough to be reached many times. Every ten seconds it looks at all of it; at the end it writes docs/soak.json (of a
 * playlist docs/playlist.json), its picture and docs/reliability.md.
 *
 *     publisher ─▶ mosquitto ─▶ relay (log 32 MiB) ─▶ Chromium (rows of 2 min, panes 32 MiB, journal 32 MiB) ─▶ frames
 */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    rate: { type: 'string', default: '5000' },
    playlist: { type: 'boolean', default: false },
    /** For trying it out: writes elsewhere than into docs. */
    out: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);
const SAMPLE_MS = Math.min(10_000, minutes * 1_000);
const LOG_BYTES = 32 * 2 ** 20;
/** Of each stream that is simulated, in memory: some ten minutes. */
const MEMORY_LOG = '4MiB';
const LOOKS_PER_LINE = 6;
/** How long each board of the playlist is shown. */
const TURN_S = 15;
const FILE = values.playlist ? 'playlist' : 'soak';
const out = values.out ?? join(root, 'docs');
const pictures = values.out ?? join(root, 'docs/pictures');
const RETENTION = `rows of 2 min in the tab, panes of 32 MiB, a journal of 32 MiB in the browser, a log of 32 MiB at the relay${values.playlist ? ` (of the three streams that are simulated ${MEMORY_LOG} each, in memory)` : ''}`;

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(130));

const folder = await mkdtemp(join(tmpdir(), 'highwater-soak-'));
for (const made of [out, pictures]) await mkdir(made, { recursive: true });
const data = join(folder, 'data');
const config = join(folder, 'highwater.yaml');
const broker = await startMosquitto();
await writeFile(config, values.playlist ? await playlistConfig(broker.url) : boardConfig(broker.url));
const relay = await startRelayProcess(['--config', config, '--data', data, '--log-level', 'warn']);
const publisher = start(process.execPath, ['bench/publisher.ts', broker.url, String(rate)]);
const [debugPort = 0] = await freePorts(1);
const browser = await chromium.launchServer({
  executablePath: await findChromium(),
  args: [...CHROMIUM_FLAGS, `--remote-debugging-port=${debugPort}`, '--disable-background-timer-throttling'],
});
const context = await (await chromium.connect(browser.wsEndpoint())).newContext({
  viewport: { width: 1280, height: 800 },
});
const page = await context.newPage();
page.on('pageerror', (error) => console.error(`page: ${error.message}`));
await page.addInitScript(watchFrames);
await publisher.says(/publishing/);
const shown = values.playlist ? `playlist=wall&every=${TURN_S}s` : 'board=shop';
await page.goto(`${relay.url}/?${shown}&kiosk&journal=32MiB&panes=32MiB`);
await page.waitForFunction(async () => (await window.highwater.status()).eventsPerSecond > 0, undefined, {
  timeout: 60_000,
});
const devtools = await openDevtools(debugPort);
const dom = await context.newCDPSession(page);

const startedMs = performance.now();
let looks = 0;
const samples: Sample[] = [];
while (performance.now() - startedMs < minutes * 60_000) {
  const dueMs = startedMs + ++looks * SAMPLE_MS;
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
  // A look that fails is a hole in the plot, not the end of the run.
  const sample = await look(page, devtools).catch((error: unknown) => console.error(error));
  if (!sample) continue;
  samples.push(sample);
  if (samples.length % LOOKS_PER_LINE !== 1) continue;
  console.log(line(sample));
  await write();
}
const soak = await write();
if (values.out === undefined) await writeReliability();
console.log(`${soak.events} events, the relay’s log turned over ${soak.logTurnedOver} times`);
devtools.close();
await browser.close();
await publisher.stop();
await relay.stop();
await broker.stop();
await rm(folder, { recursive: true, force: true });
process.exit();

/** What there is until now: an hour is not lost with its last minute. */
async function write(): Promise<Soak> {
  const frameBytes = Number(/frame_bytes_total\{[^}]*\} (\d+)/.exec(await metrics())?.[1] ?? 0);
  const soak: Soak = {
    ...(values.playlist && { shown: `a playlist of the four boards that ship, each for ${TURN_S} s,` }),
    command: `npm run soak -- --minutes ${minutes}${rate === 5_000 ? '' : ` --rate ${rate}`}${values.playlist ? ' --playlist' : ''}`,
    ...surroundings(),
    minutes: Math.round((performance.now() - startedMs) / 60_000),
    eventsPerSecond: rate,
    retention: RETENTION,
    events: await received(page),
    logTurnedOver: Number((frameBytes / LOG_BYTES).toFixed(1)),
    samples,
  };
  await writeFile(join(out, `${FILE}.json`), `${JSON.stringify(soak)}\n`);
  const title = `${values.playlist ? 'A playlist' : 'A kiosk'} at ${rate.toLocaleString('en')} events/s for ${soak.minutes} minutes`;
  await writeFile(join(pictures, `${FILE}.svg`), plot(samples, title));
  return soak;
}

async function look(page: Page, devtools: Devtools): Promise<Sample> {
  const counts = looks % LOOKS_PER_LINE === 1;
  const seen = await page.evaluate(async (counts) => {
    const frames = window.soakFrames.splice(0);
    const [status, storage, rows] = await Promise.all([
      window.highwater.status(),
      navigator.storage.estimate(),
      counts
        ? window.highwater.query(
            'SELECT min(CAST(substr(event_id, 2) AS BIGINT)) AS low, max(CAST(substr(event_id, 2) AS BIGINT)) AS high, count(*) AS held FROM shop_events',
          )
        : [],
    ]);
    return { frames, status, storageBytes: storage.usage ?? 0, kept: rows[0] };
  }, counts);
  const heaps = await devtools.heaps();
  const { nodes, jsEventListeners } = await dom.send('Memory.getDOMCounters');
  const stream = seen.status.streams.shop_events;
  const sorted = seen.frames.toSorted((a, b) => a - b);
  const rank = (at: number) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(at * sorted.length))] ?? 0).toFixed(1));
  const browserPid = browser.process().pid;
  const sizes = browserPid === undefined ? [] : withDescendants(browserPid).map(pssBytes);
  return {
    atMs: Math.round(performance.now() - startedMs),
    wasmHeapBytes: seen.status.memory.usedBytes,
    pageHeapBytes: heaps.pageBytes,
    workerHeapBytes: heaps.workerBytes,
    domNodes: nodes,
    listeners: jsEventListeners,
    paneBytes: seen.status.panes.usedBytes,
    browserPssBytes: sizes.length === 0 ? null : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0),
    relayRssBytes: relay.pid === null ? null : rssBytes(relay.pid),
    opfsBytes: seen.storageBytes,
    journalBytes: seen.status.journal.bytes,
    logBytes: await bytesUnder(data),
    rows: seen.status.rows,
    eventsPerSecond: Math.round(seen.status.eventsPerSecond),
    frameP50Ms: rank(0.5),
    frameP99Ms: rank(0.99),
    lateFrames: Number((sorted.filter((ms) => ms > 50).length / Math.max(1, sorted.length)).toFixed(4)),
    losses: stream?.losses.length ?? 0,
    restarts: seen.status.restarts.length,
    missing: seen.kept ? Number(seen.kept.high) - Number(seen.kept.low) + 1 - Number(seen.kept.held) : null,
  };
}

function boardConfig(brokerUrl: string): string {
  return `streams:
  shop_events:
    source: ${brokerUrl}/shop/+/events
    time: { field: timestamp }
    keep: 2m
    log: { max_bytes: 32MiB }
boards: ${join(root, 'boards/shop.yaml')}
`;
}

/** What `npm start` runs, with a shop that is as busy as asked for. */
async function playlistConfig(brokerUrl: string): Promise<string> {
  const demo = parse(await readFile(join(root, 'boards/demo.yaml'), 'utf8'));
  const { shop_events, ...others } = demo.streams;
  const streams = {
    shop_events: { ...shop_events, source: `${brokerUrl}/shop/+/events`, log: { max_bytes: '32MiB' } },
    ...others,
  };
  return stringify({
    ...demo,
    streams: Object.fromEntries(
      Object.entries(streams).map(([name, spec]) => [
        name,
        { log: { max_bytes: MEMORY_LOG }, ...(spec as object), keep: '2m' },
      ]),
    ),
    boards: demo.boards.map((name: string) => join(root, 'boards', name)),
  });
}

function received(page: Page): Promise<number> {
  return page.evaluate(async () => (await window.highwater.status()).streams.shop_events?.received ?? 0);
}

async function metrics(): Promise<string> {
  return (await fetch(`${relay.url}/metrics`)).text();
}

async function bytesUnder(path: string): Promise<number> {
  const names = await readdir(path, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(path, name)).then(
        (found) => (found.isFile() ? found.size : 0),
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function line(sample: Sample): string {
  const mb = (bytes: number | null) => (bytes === null ? '?' : Math.round(bytes / 1e6));
  return `${Math.round(sample.atMs / 1000)} s: ${sample.eventsPerSecond} events/s, wasm ${mb(sample.wasmHeapBytes)}, workers ${mb(sample.workerHeapBytes)}, page ${mb(sample.pageHeapBytes)}, browser ${mb(sample.browserPssBytes)}, relay ${mb(sample.relayRssBytes)}, OPFS ${mb(sample.opfsBytes)}, log ${mb(sample.logBytes)} MB, ${sample.rows} rows, frames p99 ${sample.frameP99Ms} ms, losses ${sample.losses}, missing ${sample.missing}`;
}

/** In the page: ms between animation frames, until they are taken. */
function watchFrames(): void {
  window.soakFrames = [];
  let lastMs = performance.now();
  const frame = (atMs: number) => {
    window.soakFrames.push(atMs - lastMs);
    lastMs = atMs;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

declare global {
  interface Window {
    soakFrames: number[];
  }
}
