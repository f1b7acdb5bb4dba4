import { expect, test } from 'vitest';
import type { SeriesPicture } from '../../contract/worker-api.ts';
import { makePlot, newestIndex, type PlotOptions } from './plot.ts';

const picture = (series: Record<string, number[]>, starts = [0, 60, 120]): SeriesPicture => ({
  windowSizeUs: 60e6,
  stepUs: 60e6,
  coarseBeforeUs: null,
  xSeconds: Float64Array.from(starts),
  series: Object.entries(series).map(([name, values]) => ({ name, values: Float64Array.from(values) })),
  revised: new Uint8Array(starts.length),
  hiddenSeries: 0,
  relativeError: 0,
  keptFromUs: null,
});
const options = (change: Partial<PlotOptions> = {}): PlotOptions => ({
  draw: 'area',
  stack: false,
  span: 'all',
  watermarkUs: 125e6,
  maxEventTimeUs: 135e6,
  slot: () => 0,
  ...change,
});

test('stacked series stand on each other; what is missing is nothing, not a hole', () => {
  const plot = makePlot(
    picture({ a: [1, 2, 3], b: [10, Number.NaN, 30], c: [100, 200, 300] }),
    options({ stack: true }),
  );
  expect(plot?.series.map(({ tops }) => [...tops])).toEqual([
    [1, 2, 3],
    [11, 2, 33],
    [111, 202, 333],
  ]);
  expect(plot?.series.map(({ bottoms }) => bottoms && [...bottoms])).toEqual([null, [1, 2, 3], [11, 2, 33]]);
  expect(plot?.range.max).toBeGreaterThanOrEqual(333);
});

test('W7 V3 final windows end left of the watermark, provisional ones right of it', () => {
  const plot = makePlot(picture({ a: [1, 2, 3] }), options());
  expect([...(plot?.xSeconds ?? [])]).toEqual([60, 120, 135]);
});

test('V3 every event is drawn: a window still filling is a point at the newest event, joined to nothing', () => {
  const starts = [0, 60, 120, 180];
  const plot = (nowS: number, change: Partial<PlotOptions> = {}) =>
    makePlot(picture({ a: [5, 5, 5, 1] }, starts), options({ maxEventTimeUs: nowS * 1e6, ...change }));
  for (const nowS of [180, 181, 239]) {
    const made = plot(nowS);
    expect([made?.soFar, made?.xSeconds.at(-1), made?.toS, made?.series[0]?.tops.length]).toEqual([
      true,
      nowS,
      nowS,
      4,
    ]);
  }
  expect(plot(240)?.soFar).toBe(false);
  // At the end of the input nothing fills any more.
  expect(plot(181, { watermarkUs: Number.POSITIVE_INFINITY })?.soFar).toBe(false);
  expect(plot(181, { draw: 'bars' })?.soFar).toBe(false);
});

test('V3 the legend has the values where the lines end', () => {
  const filling = makePlot(picture({ a: [1, 2, 3] }), options());
  expect(filling && newestIndex(filling)).toBe(1);
  const whole = makePlot(picture({ a: [1, 2, 3] }), options({ maxEventTimeUs: 180e6, watermarkUs: 65e6 }));
  expect(whole && newestIndex(whole)).toBe(2);
  const first = makePlot(picture({ a: [1] }, [0]), options({ maxEventTimeUs: 10e6 }));
  expect(first && newestIndex(first)).toBe(0);
});

test('bars keep their windows, from start to end', () => {
  const plot = makePlot(picture({ a: [1, 2, 3] }), options({ draw: 'bars' }));
  expect([plot?.fromS, plot?.toS]).toEqual([0, 180]);
});

test('a span reaches back from the newest, and not before the first window', () => {
  expect(makePlot(picture({ a: [1, 2, 3] }), options({ span: 70e6 }))?.fromS).toBe(65);
  expect(makePlot(picture({ a: [1, 2, 3] }), options({ span: 900e6 }))?.fromS).toBe(60);
});

test('no windows make no plot; one makes one with a width', () => {
  expect(makePlot(picture({ a: [] }, []), options())).toBeNull();
  const one = makePlot(picture({ a: [1] }, [0]), options({ maxEventTimeUs: 1e6 }));
  expect((one?.toS ?? 0) - (one?.fromS ?? 0)).toBeGreaterThan(0);
});
