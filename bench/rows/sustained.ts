import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requestsOf, shopBoard } from '../board.ts';
import { call, type Harness, median, pageFolder, type Row, round, samples } from '../harness.ts';
import { shopFrames } from '../shop-frames.ts';

/** The shop's own rate; the run is played as fast as it goes, as a tab does that catches up. */
const SHOP_RATE = 20_000;
const PICTURE_EVERY_MS = 250;
const FRAMES_PER_APPLY = 8;
const PACE_SHARE = 0.85;

/** DESIGN §7, third row: rows per second in a tab with a full board, and no backlog at the rate claimed. */
export async function sustained(harness: Harness): Promise<Row> {
  const board = await shopBoard();
  const requests = requestsOf(board);
  const { schema, frames, bytes, spanUs, rows } = shopFrames(harness.quick ? 200_000 : 500_000, SHOP_RATE);
  await writeFile(join(pageFolder, 'shop-frames.bin'), bytes);

  const page = await harness.page();
  const { free, pace, paced, storeOnly, facts } = await call(page, 'sustain', {
    setup: {
      schema,
      windows: board.windows ?? {},
      requests,
      frames,
      spanUs,
      rawBudgetBytes: 512 * 2 ** 20,
      framesPerApply: FRAMES_PER_APPLY,
      pictureEveryMs: PICTURE_EVERY_MS,
    },
    bytesUrl: 'shop-frames.bin',
    warmUpMs: harness.quick ? 2_000 : 4_000,
    runMs: harness.quick ? 2_000 : 4_000,
    repeats: harness.quick ? 3 : 5,
    paceShare: PACE_SHARE,
  });
  await page.close();

  const rate = median(free.map(({ rowsPerSecond }) => rowsPerSecond));
  const storeRate = median(storeOnly.map(({ rowsPerSecond }) => rowsPerSecond));
  const backlogMs = Math.max(...paced.map(({ maxBacklogMs }) => maxBacklogMs));
  const held = median(paced.map(({ rowsPerSecond }) => rowsPerSecond)) >= 0.98 * pace;
  const share = (of: 'applyShare' | 'pictureShare') => `${Math.round(100 * median(free.map((run) => run[of])))} %`;
  return {
    name: `Sustained rows/s in a tab with a ${requests.length}-panel board, zero backlog`,
    goal: '≥ 1 M',
    result: `${round(rate / 1e6)} M rows/s; at ${round(pace / 1e6)} M ${held ? 'held' : 'not held'}, at most ${round(backlogMs)} ms behind`,
    met: rate >= 1e6 && held,
    method:
      `The engine alone in a module worker under boards/shop.yaml: ${Object.keys(board.windows ?? {}).length} windows, with exact ` +
      `distinct counts and quantiles, ${requests.length} panels asked for every ${PICTURE_EVERY_MS} ms. ${rows.toLocaleString('en')} rows of the demo shop ` +
      `at ${SHOP_RATE.toLocaleString('en')} events/s, ten fields, ${Math.round(bytes.length / rows)} B a row, late rows among them, encoded beforehand in frames of 8,192 and ` +
      `played over and over, up to ${FRAMES_PER_APPLY} frames an apply; event time runs as much faster than the shop as the rate is higher. ` +
      `Then the same at ${PACE_SHARE} of that rate by the clock: rows due and not yet committed are the backlog.`,
    losing:
      `This is the engine alone: no socket and no drawing shares the core. Storing the rows alone, with no window and no ` +
      `panel, runs at ${round(storeRate / 1e6)} M rows/s: that is the ceiling until rows are stored more cheaply.`,
    figures: {
      'as fast as it goes': samples(
        'M rows/s',
        free.map(({ rowsPerSecond }) => rowsPerSecond / 1e6),
      ),
      'rows stored, no windows, no panels': samples(
        'M rows/s',
        storeOnly.map(({ rowsPerSecond }) => rowsPerSecond / 1e6),
      ),
      'one round of all pictures': samples(
        'ms',
        free.map(({ pictureMs }) => pictureMs),
      ),
      'paced: committed': samples(
        'M rows/s',
        paced.map(({ rowsPerSecond }) => rowsPerSecond / 1e6),
      ),
      'paced: backlog at its worst': samples(
        'ms',
        paced.map(({ maxBacklogMs }) => maxBacklogMs),
      ),
      'paced: backlog at the end': samples(
        'ms',
        paced.map(({ endBacklogMs }) => endBacklogMs),
      ),
    },
    notes: {
      'time in apply, in pictures': `${share('applyShare')}, ${share('pictureShare')}`,
      'rows committed in the run': facts.received,
      'rows kept': `${facts.rows}, ${round(facts.rawBytes / facts.rows)} B each by the engine’s estimate`,
      memory: `${Math.round(facts.memoryBytes / 1e6)} MB`,
    },
  };
}
