import { expect, test } from 'vitest';
import { moved } from './cursor-moves.ts';
import type { Scene } from './scene.ts';

const AXIS = { min: 0, max: 1, ticks: [], label: () => '', grid: false };
const SCENE: Scene = {
  extent: { fromS: 15, toS: 45 },
  stops: Float64Array.from([10, 20, 30, 40, 50]),
  left: AXIS,
  right: null,
  rows: 3,
  paint: () => undefined,
};
const go = (at: { seconds: number; row: number } | null, key: Parameters<typeof moved>[3], scene = SCENE) =>
  moved(scene, SCENE.extent, at, key);

test('V40 the cursor begins at the newest window in view, steps from one to the next, and stays in view', () => {
  expect(go(null, { do: 'step', by: -1 })).toEqual({ seconds: 40, row: 0 });
  expect(go({ seconds: 40, row: 0 }, { do: 'step', by: -1 })).toEqual({ seconds: 30, row: 0 });
  expect(go({ seconds: 40, row: 0 }, { do: 'step', by: 10 })).toEqual({ seconds: 40, row: 0 });
  expect(go({ seconds: 40, row: 2 }, { do: 'end', by: -1 })).toEqual({ seconds: 20, row: 2 });
});

test('V40 rows are moved between where there are some', () => {
  expect(go({ seconds: 30, row: 0 }, { do: 'row', by: 1 })).toEqual({ seconds: 30, row: 1 });
  expect(go({ seconds: 30, row: 2 }, { do: 'row', by: 1 })).toEqual({ seconds: 30, row: 2 });
  const own = { ...SCENE, next: (seconds: number, row: number, by: 1 | -1) => seconds + by * (row + 1) };
  expect(go({ seconds: 30, row: 1 }, { do: 'step', by: -2 }, own)).toEqual({ seconds: 26, row: 1 });
});
