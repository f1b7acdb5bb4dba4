import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WindowShape } from '../../contract/spec/window.ts';
import { gridOf } from './grid.ts';

const ALL = Number.NEGATIVE_INFINITY;
type GridShape = Exclude<WindowShape, { kind: 'session' }>;

function holding(shape: GridShape, timeUs: number): [number, number][] {
  return gridOf(shape)
    .holding(timeUs, ALL)
    .map(({ startUs, endUs }) => [startUs, endUs]);
}

test('W6 a hop holds a time in every window that starts at most its size before it, before 1970 too', () => {
  expect(holding({ kind: 'hop', sizeUs: 10, slideUs: 5, offsetUs: 0 }, 12)).toEqual([
    [5, 15],
    [10, 20],
  ]);
  expect(holding({ kind: 'hop', sizeUs: 10, slideUs: 5, offsetUs: 2 }, -1)).toEqual([
    [-8, 2],
    [-3, 7],
  ]);
  // A size that is no multiple of the slide: 3 or 4 windows.
  expect(holding({ kind: 'hop', sizeUs: 10, slideUs: 3, offsetUs: 0 }, 9)).toHaveLength(4);
  expect(holding({ kind: 'hop', sizeUs: 10, slideUs: 3, offsetUs: 0 }, 11)).toHaveLength(3);
});

test('W6 a cumulation holds a time in its windows that end after it', () => {
  const shape = { kind: 'cumulate', sizeUs: 15, stepUs: 5, offsetUs: 0 } as const;
  expect(holding(shape, 3)).toEqual([
    [0, 5],
    [0, 10],
    [0, 15],
  ]);
  expect(holding(shape, 14)).toEqual([[0, 15]]);
  expect(holding({ ...shape, offsetUs: 10 }, -1)).toEqual([
    [-5, 0],
    [-5, 5],
    [-5, 10],
  ]);
});

test('W6 the global window holds all of time', () => {
  expect(holding({ kind: 'global' }, 5)).toEqual([[Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]]);
});

const HOUR_US = 3600e6;
const DAY_US = 24 * HOUR_US;
const at = (text: string) => Date.parse(text) * 1000;

test('W6 calendar days have 23 and 25 hours where the clocks change', () => {
  const day: GridShape = {
    kind: 'calendar',
    size: 'day',
    slide: null,
    stepUs: null,
    zone: 'Europe/Berlin',
    offsetUs: 0,
  };
  const lengthOf = (text: string) => {
    const [window] = holding(day, at(text));
    return ((window?.[1] ?? 0) - (window?.[0] ?? 0)) / HOUR_US;
  };
  expect(['2026-03-29T12:00Z', '2026-07-01T12:00Z', '2026-10-25T12:00Z'].map(lengthOf)).toEqual([23, 24, 25]);
  const hours = holding({ ...day, stepUs: HOUR_US }, at('2026-10-24T22:00:00Z'));
  expect(hours).toHaveLength(25);
  expect(hours.at(-1)?.[1]).toBe(at('2026-10-25T23:00:00Z'));
});

test('W6 seven days by day, in a zone, are seven windows that hold each time', () => {
  const shape: GridShape = {
    kind: 'calendar',
    size: 'week',
    slide: 'day',
    stepUs: null,
    zone: 'Europe/Berlin',
    offsetUs: 0,
  };
  const windows = holding(shape, at('2026-10-25T12:00Z'));
  expect(windows).toHaveLength(7);
  expect(windows[0]).toEqual([at('2026-10-18T22:00:00Z'), at('2026-10-25T23:00:00Z')]);
  expect(windows[6]).toEqual([at('2026-10-24T22:00:00Z'), at('2026-10-31T23:00:00Z')]);
});

test('W6 a day or week of UTC is a fixed length, weeks from Monday', () => {
  const week: GridShape = { kind: 'calendar', size: 'week', slide: null, stepUs: null, zone: 'UTC', offsetUs: 0 };
  expect(holding(week, at('2026-11-22T23:59Z'))).toEqual([[at('2026-11-16T00:00Z'), at('2026-11-23T00:00Z')]]);
  expect(gridOf(week).fixed).toEqual({ grainUs: 7 * DAY_US, offsetUs: 4 * DAY_US, sizeUs: 7 * DAY_US });
});

test('W6 windows are runs of panes: every time of a pane is in the same windows', () => {
  const size = fc.integer({ min: 1, max: 40 });
  const shape = fc.oneof(
    fc.tuple(size, size, fc.nat(80)).map(([a, b, offset]) => ({
      kind: 'hop' as const,
      sizeUs: Math.max(a, b),
      slideUs: Math.min(a, b),
      offsetUs: offset % Math.min(a, b),
    })),
    fc.tuple(fc.integer({ min: 1, max: 9 }), size, fc.nat(400)).map(([steps, step, offset]) => ({
      kind: 'cumulate' as const,
      sizeUs: steps * step,
      stepUs: step,
      offsetUs: offset % (steps * step),
    })),
  );
  fc.assert(
    fc.property(shape, fc.integer({ min: -500, max: 500 }), fc.nat(200), (one, timeUs, later) => {
      const grid = gridOf(one);
      const startUs = grid.slices.startOf(timeUs);
      const endUs = grid.slices.endOf(startUs);
      expect(timeUs >= startUs && timeUs < endUs).toBe(true);
      const windows = grid.holding(timeUs, ALL);
      expect(grid.holding(startUs, ALL)).toEqual(windows);
      expect(grid.holding(endUs - 1, ALL)).toEqual(windows);
      for (const window of windows) expect(window.startUs <= startUs && window.endUs >= endUs).toBe(true);
      const after = timeUs - later;
      expect(grid.holding(timeUs, after)).toEqual(windows.filter((window) => window.startUs > after));
    }),
    { numRuns: 300 },
  );
});
