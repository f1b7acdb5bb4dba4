import { expect, test } from 'vitest';
import type { SeriesPicture } from '../../contract/worker-api.ts';
import { colorCells, makeHeat, shareOf, sortedRows } from './heat.ts';

const picture = (series: Record<string, number[]>, starts: number[]): SeriesPicture => ({
  windowSizeUs: 10e6,
  stepUs: 10e6,
  coarseBeforeUs: null,
  keptFromUs: null,
  xSeconds: Float64Array.from(starts),
  series: Object.entries(series).map(([name, values]) => ({ name, values: Float64Array.from(values) })),
  revised: new Uint8Array(starts.length),
  hiddenSeries: 0,
  relativeError: 0,
});

test.each([
  [
    ['10', '9', '100', '-3'],
    ['100', '10', '9', '-3'],
  ],
  [
    ['10-20', '0-10', '20-50'],
    ['20-50', '10-20', '0-10'],
  ],
  [
    ['≤ 5', '5–10', '> 100', '10–100'],
    ['> 100', '10–100', '5–10', '≤ 5'],
  ],
  [
    ['+Inf', '1', '0.5'],
    ['+Inf', '1', '0.5'],
  ],
  [
    ['Press 10', 'Lathe', 'Press 2'],
    ['Lathe', 'Press 2', 'Press 10'],
  ],
])('rows %j stand in their order, the lowest number below', (names, sorted) => {
  expect(sortedRows(names).map((at) => names[at])).toEqual(sorted);
});

test('a window that is missing is an empty column, not a narrower picture', () => {
  const heat = makeHeat(picture({ 1: [1, 2, 4], 2: [8, Number.NaN, 16] }, [0, 10, 30]), {
    log: false,
    mostColumns: 100,
  });
  expect(heat?.rows).toEqual(['2', '1']);
  expect([...(heat?.values ?? [])]).toEqual([8, Number.NaN, Number.NaN, 16, 1, 2, Number.NaN, 4]);
  expect(heat?.range).toEqual({ min: 1, max: 16 });
});

test('V43 more windows than there is room for are their means, in columns that stand still while time goes on', () => {
  const starts = Array.from({ length: 12 }, (_, index) => 30 + index * 10);
  const values = starts.map((start) => start);
  const heat = makeHeat(picture({ a: values }, starts), { log: false, mostColumns: 5 });
  expect([heat?.perColumn, heat?.columnS, heat?.firstS]).toEqual([3, 30, 30]);
  expect([...(heat?.values ?? [])]).toEqual([40, 70, 100, 130]);
  const later = makeHeat(picture({ a: values.slice(1) }, starts.slice(1)), { log: false, mostColumns: 5 });
  expect(later?.firstS).toBe(30);
  expect([...(later?.values ?? [])]).toEqual([45, 70, 100, 130]);
});

test('a logarithmic scale counts decades; what it cannot hold is at its lower end', () => {
  const heat = makeHeat(picture({ a: [1, 10, 100, 0] }, [0, 10, 20, 30]), { log: true, mostColumns: 100 });
  expect(heat?.range).toEqual({ min: 1, max: 100 });
  expect(heat && [1, 10, 100, 0].map((value) => shareOf(heat, value))).toEqual([0, 0.5, 1, 0]);
  const four = makeHeat(picture({ a: [1, 10, 10_000, 0] }, [0, 10, 20, 30]), { log: true, mostColumns: 100 });
  const palette = Uint32Array.from({ length: 256 }, (_, index) => index + 1);
  const pixels = new Uint32Array(4);
  if (four) colorCells(four, palette, pixels);
  expect([...pixels]).toEqual([1, 65, 256, 1]);
});

test('no windows make no picture; a value that is not there has no colour', () => {
  expect(makeHeat(picture({}, []), { log: false, mostColumns: 9 })).toBeNull();
  const heat = makeHeat(picture({ a: [Number.NaN, 3] }, [0, 10]), { log: false, mostColumns: 9 });
  const pixels = new Uint32Array(2);
  if (heat) colorCells(heat, new Uint32Array(256).fill(7), pixels);
  expect([...pixels]).toEqual([0, 7]);
});
