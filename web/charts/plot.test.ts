import { expect, test } from 'vitest';
import type { SeriesPicture } from '../../contract/worker-api.ts';
import { type Draw, earlierAt, makePlot, newestIndex, type PlotOptions, type SeriesLook, stopsOf } from './plot.ts';

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
const look =
  (draw: Draw, change: Partial<SeriesLook> = {}) =>
  (name: string): SeriesLook => ({
    title: name,
    color: 1,
    draw,
    right: false,
    dashed: false,
    unit: undefined,
    decimals: undefined,
    ...change,
  });
const options = (change: Partial<PlotOptions> = {}): PlotOptions => ({
  stack: false,
  span: 'all',
  watermarkUs: 125e6,
  maxEventTimeUs: 135e6,
  look: look('area'),
  shown: () => true,
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
    expect([made?.soFar, made?.xSeconds.at(-1), made?.own.toS, made?.series[0]?.tops.length]).toEqual([
      true,
      nowS,
      nowS,
      4,
    ]);
  }
  expect(plot(240)?.soFar).toBe(false);
  // At the end of the input nothing fills any more.
  expect(plot(181, { watermarkUs: Number.POSITIVE_INFINITY })?.soFar).toBe(false);
  expect(plot(181, { look: look('bars') })?.soFar).toBe(false);
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
  const plot = makePlot(picture({ a: [1, 2, 3] }), options({ look: look('bars') }));
  expect([plot?.own.fromS, plot?.own.toS]).toEqual([0, 180]);
});

test('a span reaches back from the newest, and not before the first window', () => {
  expect(makePlot(picture({ a: [1, 2, 3] }), options({ span: 70e6 }))?.own.fromS).toBe(65);
  expect(makePlot(picture({ a: [1, 2, 3] }), options({ span: 900e6 }))?.own.fromS).toBe(60);
});

test('no windows make no plot; one makes one with a width', () => {
  expect(makePlot(picture({ a: [] }, []), options())).toBeNull();
  const one = makePlot(picture({ a: [1] }, [0]), options({ maxEventTimeUs: 1e6 }));
  expect((one?.own.toS ?? 0) - (one?.own.fromS ?? 0)).toBeGreaterThan(0);
});

test('a hidden series is no part of the stack; one on the right has an axis of its own', () => {
  const values = { a: [1, 2, 3], b: [10, 20, 30], c: [100, 200, 300] };
  const hidden = makePlot(picture(values), options({ stack: true, shown: (name) => name !== 'a' }));
  expect(hidden?.series.map(({ tops }) => [...tops])).toEqual([
    [10, 20, 30],
    [110, 220, 330],
  ]);
  const two = makePlot(
    picture({ a: [1, 2, 3], share: [0.2, 0.4, 0.3] }),
    options({ look: (name) => look('line', { right: name === 'share' })(name) }),
  );
  expect([two?.range.max, two?.rightRange?.max]).toEqual([3.5, 0.45]);
  expect(makePlot(picture(values), options())?.rightRange).toBeNull();
});

test('a window without a value is a gap, or 0 where that is asked for', () => {
  const holes = { a: [1, Number.NaN, 3] };
  expect([...(makePlot(picture(holes), options({ nulls: 'zero' }))?.series[0]?.tops ?? [])]).toEqual([1, 0, 3]);
  expect([...(makePlot(picture(holes), options())?.series[0]?.tops ?? [])]).toEqual([1, Number.NaN, 3]);
});

test('ends that are given are kept; a limit is in view where it leaves the values half of the height', () => {
  const range = (change: Partial<PlotOptions>) => makePlot(picture({ a: [4, 8, 6] }), options(change))?.range;
  expect(range({ min: 0, max: 100 })).toMatchObject({ min: 0, max: 100, step: 20 });
  expect(range({ max: 5 })).toMatchObject({ min: 0, max: 5 });
  const limit = (value: number) => ({ limits: [{ value, level: 'warn' as const, side: 'above' as const }] });
  expect(range(limit(15))?.max).toBeGreaterThanOrEqual(15);
  expect(range(limit(40))?.max).toBeLessThan(10);
});

test('the edges of a band are filled between, and are no lines of their own', () => {
  const plot = makePlot(
    picture({ p50: [2, 3, 4], p10: [1, 1, 1], p90: [5, 9, 20] }),
    options({
      look: look('line'),
      bands: [{ title: 'p10 – p90', color: 2, low: 'p10', high: 'p90' }],
      edges: new Set(['p10', 'p90']),
    }),
  );
  expect(plot?.series.map(({ name }) => name)).toEqual(['p50']);
  expect(plot?.bands.map(({ low, high }) => [[...low], [...high]])).toEqual([
    [
      [1, 1, 1],
      [5, 9, 20],
    ],
  ]);
  expect(plot?.range.max).toBeGreaterThanOrEqual(20);
});

test('V41 what was before stands at the time it is compared with: one series muted, a stack as its sum', () => {
  const before = { ...picture({ a: [7, 8, 9], b: [1, 1, 1] }), xSeconds: Float64Array.from([-3600, -3540, -3480]) };
  const earlier = { picture: before, earlierUs: 3600e6 };
  const one = makePlot(picture({ a: [1, 2, 3] }), options({ earlier }));
  expect(one?.earlier.map(({ name, color, values }) => [name, color, [...values]])).toEqual([['a', null, [7, 8, 9]]]);
  expect([...(one?.earlier[0]?.xSeconds ?? [])]).toEqual([60, 120, 180]);
  const line = one?.earlier[0];
  expect(line && [30, 60, 100, 180, 240].map((at) => earlierAt(line, at, 60))).toEqual([
    Number.NaN,
    7,
    7,
    9,
    Number.NaN,
  ]);
  const sum = makePlot(picture({ a: [1, 2, 3], b: [1, 2, 3] }), options({ stack: true, earlier }));
  expect(sum?.earlier.map(({ name, values }) => [name, [...values]])).toEqual([[null, [8, 9, 10]]]);
});

test('V41 the sum of a stack before: a gap where nothing is known, and with what has gone since', () => {
  const before = {
    ...picture({ a: [7, Number.NaN, Number.NaN], gone: [1, 2, Number.NaN] }),
    xSeconds: Float64Array.from([-3600, -3540, -3480]),
  };
  const sums = (change: Partial<PlotOptions>) => {
    const earlier = { picture: before, earlierUs: 3600e6 };
    const plot = makePlot(picture({ a: [1, 2, 3], b: [1, 2, 3] }), options({ stack: true, earlier, ...change }));
    return plot?.earlier.map(({ values }) => [...values]);
  };
  expect(sums({})).toEqual([[8, 2, Number.NaN]]);
  expect(sums({ nulls: 'zero' })).toEqual([[8, 2, 0]]);
  // One alone is compared with itself.
  expect(sums({ shown: (name) => name !== 'b' })).toEqual([[7, Number.NaN, Number.NaN]]);
});

test('the cursor stands where the points are: at the ends of windows, and in the middle of bars', () => {
  const stops = (draw: Draw) => {
    const plot = makePlot(picture({ a: [1, 2, 3] }), options({ look: look(draw), maxEventTimeUs: 180e6 }));
    return plot && [...stopsOf(plot)];
  };
  expect(stops('line')).toEqual([60, 120, 180]);
  expect(stops('bars')).toEqual([30, 90, 150]);
});
