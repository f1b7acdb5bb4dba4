import { expect, test } from 'vitest';
import type { PanelPicture } from '../../contract/worker-api.ts';
import { makePlot, newestIndex } from '../../web/charts/plot.ts';
import { openHeadless } from '../../worker/headless.ts';
import { testFrame, testSchema } from '../support/frames.ts';
import { pictureOf, seriesOf } from '../support/requests.ts';

const look = (title: string) =>
  ({ title, color: 1, draw: 'line', right: false, dashed: false, unit: undefined, decimals: undefined }) as const;
const STEP_US = 5_000_000;
/** Events of a full window, or one more. */
const FULL = 3;

/** At each of the widths, so many windows, the newest of which has one event so far. */
async function picturesOf(
  windows: number,
  widthsPx: readonly number[],
): Promise<Extract<PanelPicture, { kind: 'series' }>[]> {
  const engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => 0 });
  const schema = testSchema('s', { n: 'int64' });
  engine.schema(schema);
  engine.begin('s', 'fresh', { epoch: 'e1', next: {} });
  engine.windows({
    w: { from: 's', window: 'tumble(5s)', by: [], select: { n: 'count()' }, late: { allow: '1m' } },
  });
  const rows = Array.from({ length: windows }, (_, at) => {
    const events = at === windows - 1 ? 1 : FULL + (at % 2);
    return Array.from({ length: events }, (_, event) => ({ timeUs: at * STEP_US + (event + 1) * 1e6, n: event }));
  }).flat();
  engine.apply([testFrame(schema, rows, { firstOffset: 0 })], 0);
  engine.progress('s', {}, (rows.at(-1)?.timeUs ?? 0) - 10e6);
  const pictures = widthsPx.map((widthPx) => pictureOf(engine, seriesOf('w', ['n'], { widthPx })));
  engine.close();
  return pictures;
}

test('V3 however few the pixels, what a window has so far is its own point alone, and the legend has a full one', async () => {
  for (const windows of [2, 12, 402]) {
    const pictures = await picturesOf(windows, [700, 101, 100, 70, 1]);
    expect(pictures).toHaveLength(5);
    for (const picture of pictures) {
      const { maxEventTimeUs, watermarkUs } = picture;
      const times = { span: 'all', maxEventTimeUs, watermarkUs } as const;
      const plot = makePlot(picture, { stack: false, ...times, look, shown: () => true });
      if (!plot) throw new Error('there are windows');
      const values = [...(plot.series[0]?.values ?? [])];
      expect([plot.soFar, values.at(-1)]).toEqual([true, 1]);
      // The line is what is left of the last point.
      expect(Math.min(...values.slice(0, -1))).toBe(FULL);
      const legend = newestIndex(plot);
      expect([plot.startSeconds[legend], values[legend]]).toEqual([(windows - 2) * 5, FULL + (windows % 2)]);
    }
  }
});
