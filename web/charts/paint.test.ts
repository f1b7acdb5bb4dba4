import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Ink } from './ink.ts';
import { paintPlot } from './paint.ts';
import { makePlot, type PlotOptions, type SeriesLook } from './plot.ts';

const INK: Ink = {
  surface: '',
  grid: '',
  text: '',
  faint: '',
  muted: '',
  accent: '',
  series: ['s'],
  tones: { good: '', warn: '', alarm: '', off: '' },
  font: '',
  scale: 1,
};
const RADIUS = 2;

interface Sides {
  readonly left: number;
  readonly right: number;
}

/** A canvas that remembers where points were put, and what was cut off around them. */
function fakeContext() {
  const points: { x: number; y: number; cut: boolean }[] = [];
  const lines: string[] = [];
  let clip: Sides | null = null;
  let rect: Sides = { left: 0, right: 0 };
  const saved: (Sides | null)[] = [];
  const context = {
    save: () => saved.push(clip),
    restore: () => {
      clip = saved.pop() ?? null;
    },
    rect: (left: number, _top: number, width: number) => {
      rect = { left, right: left + width };
    },
    clip: () => {
      clip = rect;
    },
    arc: (x: number, y: number) =>
      points.push({ x, y, cut: clip !== null && (x - RADIUS < clip.left || x + RADIUS > clip.right) }),
    stroke: (path?: { readonly steps: string }) => path && lines.push(path.steps),
    beginPath() {},
    fill() {},
    fillRect() {},
    moveTo() {},
    lineTo() {},
    setLineDash() {},
  };
  return { context: context as unknown as CanvasRenderingContext2D, points, lines };
}

class FakePath {
  steps = '';
  moveTo(x: number) {
    this.steps += `M${x}`;
  }
  lineTo(x: number) {
    this.steps += `L${x}`;
  }
  closePath() {}
}

beforeEach(() => void vi.stubGlobal('Path2D', FakePath));
afterEach(() => void vi.unstubAllGlobals());

const LOOK = (): SeriesLook => ({
  title: 'a',
  color: 1,
  draw: 'line',
  right: false,
  dashed: false,
  unit: undefined,
  decimals: undefined,
});

/** One pixel a second, 0 s at the left edge. */
function painted(values: readonly number[], change: Partial<PlotOptions> = {}) {
  const plot = makePlot(
    {
      windowSizeUs: 60e6,
      stepUs: 60e6,
      coarseBeforeUs: null,
      keptFromUs: null,
      xSeconds: Float64Array.from(values, (_, at) => at * 60),
      series: [{ name: 'a', values: Float64Array.from(values) }],
      revised: new Uint8Array(values.length),
      hiddenSeries: 0,
      relativeError: 0,
    },
    { stack: false, span: 'all', watermarkUs: null, maxEventTimeUs: 1e15, look: LOOK, shown: () => true, ...change },
  );
  if (!plot) throw new Error('there are windows');
  const { context, points, lines } = fakeContext();
  const { fromS, toS } = plot.own;
  const [left, width] = [fromS, toS - fromS];
  const place = { left, top: 0, width, height: 100, unit: 1, fromS, toS };
  const y = (value: number) => 100 - value;
  paintPlot({ context, ...place, x: (seconds) => seconds, y, yRight: y }, plot, INK);
  return { points, lines, left, right: left + width };
}

test('V3 points at the edges of a chart are whole', () => {
  const { points, left } = painted([5, Number.NaN, 7, Number.NaN, 9], { maxEventTimeUs: 300e6 });
  expect(points).toEqual([
    { x: 60, y: 95, cut: false },
    { x: 180, y: 93, cut: false },
    { x: 300, y: 91, cut: false },
  ]);
  expect(left).toBe(60);
});

test('V3 what a window has so far is a point at the newest event, and the line ends before it', () => {
  const { points, lines, right } = painted([5, 6, 7, 1], { maxEventTimeUs: 200e6, watermarkUs: 190e6 });
  expect(points).toEqual([{ x: 200, y: 99, cut: false }]);
  expect(right).toBe(200);
  expect(new Set(lines)).toEqual(new Set(['M60L120L180']));
});

test('V3 the first event of a stream is on its chart', () => {
  expect(painted([1], { maxEventTimeUs: 10e6 }).points).toEqual([{ x: 10, y: 99, cut: false }]);
});
