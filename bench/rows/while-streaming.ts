import { type Harness, quantile, type Row, round, samples } from '../harness.ts';
import { type Page, streamingShop } from '../streaming-shop.ts';

const RATE = 10_000;
/** Of one stretch: about as much as a person does in a minute at a board. */
const ROUNDS = 4;

/** What a hand feels and an eye sees while 10,000 events a second stream into the panels of the shop. */
export async function whileStreaming(harness: Harness): Promise<Row> {
  const stretches: { frames: readonly number[]; interactionsMs: readonly number[] }[] = [];
  await streamingShop(harness, RATE, async (page) => {
    await page.waitForTimeout(harness.quick ? 2_000 : 8_000);
    await page.evaluate(watchInteractions);
    for (let stretch = 0; stretch < (harness.quick ? 2 : 5); stretch++) {
      await page.evaluate(() => {
        window.probe.frames.length = 0;
        window.interactions.clear();
      });
      await use(page, harness.quick ? 1 : ROUNDS);
      stretches.push(
        await page.evaluate(() => ({
          frames: window.probe.frames,
          interactionsMs: [...window.interactions.values()],
        })),
      );
    }
  });
  return row(stretches);
}

declare global {
  interface Window {
    /** Longest event of each interaction, ms, by the browser's number of it. */
    interactions: Map<number, number>;
  }
}

function watchInteractions(): void {
  window.interactions = new Map();
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceEventTiming[]) {
      const { interactionId = 0, duration } = entry as PerformanceEventTiming & { readonly interactionId?: number };
      if (interactionId === 0) continue;
      window.interactions.set(interactionId, Math.max(duration, window.interactions.get(interactionId) ?? 0));
    }
    // Shorter ones than 16 ms the browser never tells.
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
}

/** Opens the menu of ranges and chooses another, pauses and goes on, changes the theme, walks over the charts. */
async function use(page: Page, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await page.keyboard.press('Space');
    await page.waitForTimeout(400);
    await page.keyboard.press('Space');
    const theme = page.locator('.group.theme button');
    await theme.click();
    await page.waitForTimeout(400);
    await theme.click();
    for (const chart of (await page.locator('.chart').all()).slice(0, 3)) {
      await chart.hover();
      await chart.click({ position: { x: 120, y: 60 } });
      await page.waitForTimeout(300);
    }
    for (let key = 0; key < 8; key++) {
      await page.keyboard.press('Tab');
      await page.waitForTimeout(100);
    }
  }
}

function row(stretches: readonly { frames: readonly number[]; interactionsMs: readonly number[] }[]): Row {
  const share = samples(
    '%',
    stretches.map(({ frames }) => (100 * frames.filter((ms) => ms > 50).length) / frames.length),
  );
  const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
  // INP: of few interactions the longest, of many the 98th percentile. (web.dev/articles/inp)
  const inp = samples(
    'ms',
    stretches.map(({ interactionsMs }) => quantile(sorted(interactionsMs), interactionsMs.length < 50 ? 1 : 0.98)),
  );
  const all = stretches.flatMap(({ frames }) => frames);
  return {
    name: 'The page while 10k events/s stream into the shop board: frames over 50 ms / INP',
    goal: '< 1 % / ≤ 200 ms',
    result: `${round(share.median)} % / ${round(inp.median)} ms`,
    met: share.median < 1 && inp.median <= 200,
    method:
      'As in the row above, and meanwhile somebody uses the page: pauses and goes on, changes the theme, walks over charts ' +
      'with the pointer, clicks them, and goes on by Tab. A frame is the time from one animation frame to the next. An ' +
      'interaction is what the browser counts as one (Event Timing), from the input to the next paint; INP is the longest of ' +
      'a stretch. A sample is one stretch.',
    losing:
      'Publisher, broker, relay and browser share these cores, and a headless Chromium without a GPU paints on the CPU. A ' +
      'change of theme draws every chart anew in one frame.',
    figures: {
      'frames over 50 ms': share,
      INP: inp,
      'interactions, median': samples(
        'ms',
        stretches.map(({ interactionsMs }) => quantile(sorted(interactionsMs), 0.5)),
      ),
    },
    notes: {
      interactions: stretches.reduce((sum, { interactionsMs }) => sum + interactionsMs.length, 0),
      'frames over 16.7 ms': `${((100 * all.filter((ms) => ms > 17.5).length) / all.length).toFixed(1)} %`,
    },
  };
}
