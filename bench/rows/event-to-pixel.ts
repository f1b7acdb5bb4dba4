import { type Harness, quantile, type Row, round, samples } from '../harness.ts';
import type { Probe } from '../page-probe.ts';
import { type Page, streamingShop } from '../streaming-shop.ts';

const RATE = 10_000;

/** DESIGN §7, fourth row: event published → pixel drawn, through a real broker, the relay as it is, and the page as it is. */
export async function eventToPixel(harness: Harness): Promise<Row> {
  return streamingShop(harness, RATE, async (page) => {
    const repeats = harness.quick ? 3 : 5;
    const runs: { probe: Probe; received: number; ms: number }[] = [];
    await wait(page, harness.quick ? 3_000 : 10_000);
    for (let i = 0; i < repeats; i++) {
      const before = await received(page);
      const startedMs = performance.now();
      await page.evaluate(() => {
        for (const list of [window.probe.draws, window.probe.frames, window.probe.longFrames]) list.length = 0;
      });
      await wait(page, harness.quick ? 3_000 : 10_000);
      const probe = await page.evaluate(() => window.probe);
      const ms = performance.now() - startedMs;
      runs.push({ probe, received: (await received(page)) - before, ms });
    }
    return row(runs, await page.evaluate(() => window.highwater.status()));
  });
}

type PageStatus = Awaited<ReturnType<Window['highwater']['status']>>;

const wait = (page: Page, ms: number) => page.waitForTimeout(ms);

function received(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { streams } = await window.highwater.status();
    return Object.values(streams).reduce((sum, stream) => sum + stream.received, 0);
  });
}

function row(runs: readonly { probe: Probe; received: number; ms: number }[], status: PageStatus): Row {
  const latencies = runs.map(({ probe }) => latenciesMs(probe));
  const at = (rank: number) => latencies.map((sorted) => quantile(sorted, rank));
  const p50 = samples('ms', at(0.5));
  const p99 = samples('ms', at(0.99));
  const frames = runs.flatMap(({ probe }) => probe.frames);
  const over50 = frames.filter((ms) => ms > 50).length;
  const longFrames = runs.flatMap(({ probe }) => probe.longFrames);
  return {
    name: 'Event published → pixel drawn, 10k events/s',
    goal: 'p50 ≤ 50 ms, p99 ≤ 120 ms',
    result: `p50 ${round(p50.median)} ms, p99 ${round(p99.median)} ms`,
    met: p50.median <= 50 && p99.median <= 120,
    method:
      'A publisher process sends 10,000 shop events a second, evenly, each carrying the time of its publication, to a real ' +
      'mosquitto over MQTT; the relay reads them and the page with boards/shop.yaml draws them in Chromium, all on this one ' +
      'machine and its one clock. An event is drawn when the first animation frame that shows a picture with an event as new ' +
      'as it has ended (a task after that frame). Counted for every event, not only for the newest of each frame. A sample is ' +
      'one stretch of 10 s.',
    losing:
      'Publisher, broker, relay and browser share these cores. A headless Chromium without a GPU paints on the CPU and shows ' +
      'nothing on a screen: a display’s own delay, up to one refresh, is not in it.',
    figures: {
      p50,
      p99,
      'newest event of each frame, p50': samples(
        'ms',
        runs.map(({ probe }) =>
          quantile(probe.draws.map(({ atMs, newestMs }) => atMs - newestMs).sort(ascending), 0.5),
        ),
      ),
      'frames with news': samples(
        'per s',
        runs.map(({ probe, ms }) => (probe.draws.length / ms) * 1000),
      ),
      'events counted in the tab': samples(
        'per s',
        runs.map(({ received, ms }) => (received / ms) * 1000),
      ),
    },
    notes: {
      'the page’s own figure (newest event of each draw)': `p50 ${status.drawn.p50Ms?.toFixed(0)} ms, p99 ${status.drawn.p99Ms?.toFixed(0)} ms`,
      'animation frames later than 50 ms': `${over50} of ${frames.length} (${((100 * over50) / frames.length).toFixed(2)} %)`,
      'long animation frames (browser’s own count)': `${longFrames.length}, longest ${Math.round(Math.max(0, ...longFrames))} ms`,
      'engine memory at the end': `${Math.round(status.memory.usedBytes / 1e6)} MB, ${status.rows} rows`,
    },
  };
}

/**
 * Publications are evenly spread, so every millisecond of event time weighs the same: those between the newest event of
 * one draw and of the next were first seen in the latter.
 */
function latenciesMs({ draws }: Probe): number[] {
  const latencies: number[] = [];
  for (const [index, { atMs, newestMs }] of draws.entries()) {
    const before = draws[index - 1];
    if (before) for (let eventMs = before.newestMs + 1; eventMs <= newestMs; eventMs++) latencies.push(atMs - eventMs);
  }
  return latencies.sort(ascending);
}

function ascending(a: number, b: number): number {
  return a - b;
}
