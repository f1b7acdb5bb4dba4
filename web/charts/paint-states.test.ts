import { expect, test } from 'vitest';
import type { Canvas } from './canvas.ts';
import type { Ink } from './ink.ts';
import { paintStates } from './paint-states.ts';

/** A canvas that remembers its texts and how high its stretches are. */
function fakeContext() {
  const texts: { text: string; font: string }[] = [];
  const heights = new Set<number>();
  let font = '';
  const context = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === 'fillText') return (text: string) => void texts.push({ text, font });
        if (name === 'measureText')
          return (text: string) => ({ width: text.length * 0.6 * Number(/[\d.]+px/.exec(font)?.[0].slice(0, -2)) });
        if (name === 'fillRect')
          return (_x: number, _y: number, _width: number, height: number) => void heights.add(height);
        return () => undefined;
      },
      set: (_, name, value) => {
        if (name === 'font') font = value;
        return true;
      },
    },
  );
  return { context: context as CanvasRenderingContext2D, texts, heights };
}

const INK = { surface: '', muted: '', text: '', series: ['c'], tones: {} } as unknown as Ink;

/** Words of a row that is so high, and how high its stretches are, in CSS pixels on a screen of 96 dpi. */
function painted(laneHigh: number, font: string, scale: number) {
  const { context, texts, heights } = fakeContext();
  const canvas: Canvas = {
    context,
    left: 0,
    top: 0,
    width: 800,
    height: 2 * laneHigh,
    unit: scale,
    fromS: 0,
    toS: 800,
    x: (seconds) => seconds,
    y: () => 0,
    yRight: () => 0,
  };
  const stretches = [
    { fromUs: 0, untilUs: 700e6, state: 'running' },
    { fromUs: 700e6, untilUs: 740e6, state: 'changeover' },
  ];
  const rows = ['a', 'b'].map((name) => ({ name, stretches }));
  const look = (state: string | number) => ({ text: String(state), color: 1 as const });
  paintStates(canvas, { rows: rows as never, look, watermarkS: null }, { ...INK, font, scale });
  return {
    words: [...new Set(texts.map(({ text, font: of }) => `${text} ${Number.parseFloat(of.slice(4))}`))],
    heights,
  };
}

test('words of states are as large as those of the axes where their row is high enough, and smaller before they are left out', () => {
  expect(painted(40, '12px sans', 1).words).toEqual(['running 12']);
  // A wall of 1080 lines: rows are taller for their words.
  expect(painted(30, '20px sans', 1.316).words).toEqual(['running 20']);
  expect(painted(24, '20px sans', 1.316).words).toEqual(['running 16.5']);
  expect(painted(14, '20px sans', 1.316).words).toEqual([]);
});

test('of whatever is said, nothing is higher than its row', () => {
  for (const high of [4, 14, 20, 26, 30, 60])
    for (const height of painted(high, '20px sans', 1.316).heights)
      expect(height).toBeLessThanOrEqual(0.88 * high + 1e-9);
});
