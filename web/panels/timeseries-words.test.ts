import { expect, test } from 'vitest';
import { makePlot } from '../charts/plot.ts';
import { marksIn, missingWords, stateWord, valuesAt, windowTimes } from './timeseries-words.ts';

const UTC = { timeZone: 'UTC' };
const START_S = Date.UTC(2026, 10, 22, 12, 0, 0) / 1000;

function plotOf(watermarkS: number, newestS: number) {
  const plot = makePlot(
    {
      windowSizeUs: 60e6,
      stepUs: 60e6,
      coarseBeforeUs: null,
      keptFromUs: null,
      xSeconds: Float64Array.from([0, 60, 120, 180], (at) => START_S + at),
      series: [{ name: 'a', values: Float64Array.from([1, 2, 3, 4]) }],
      revised: Uint8Array.from([1, 0, 0, 0]),
      hiddenSeries: 0,
      relativeError: 0,
    },
    {
      stack: false,
      span: 'all',
      watermarkUs: (START_S + watermarkS) * 1e6,
      maxEventTimeUs: (START_S + newestS) * 1e6,
      look: () => ({
        title: 'a',
        color: 1,
        draw: 'line',
        right: false,
        dashed: false,
        unit: undefined,
        decimals: undefined,
      }),
      shown: () => true,
    },
  );
  if (!plot) throw new Error('there are windows');
  return plot;
}

test('V3 a window says what it is: revised, final, provisional, or filling', () => {
  const plot = plotOf(120, 200);
  expect([0, 1, 2, 3].map((index) => stateWord(plot, index))).toEqual(['revised', null, 'provisional', 'so far']);
  expect(windowTimes(plot, 2, START_S + 200, null, UTC)).toBe('12:02 – 12:03 · provisional');
  expect(windowTimes(plot, 1, START_S + 90_000, null, UTC)).toBe('12:01 – 12:02, 2026-11-22');
  expect(valuesAt(plot, 2, true, null, UTC)).toBe('at 12:03:00');
  expect(valuesAt(plot, 3, true, null, UTC)).toBe('so far, 12:03:20');
});

test('what happened in a window is said with it', () => {
  const plot = plotOf(120, 240);
  const mark = (from: number, until: number | null, text: string) => ({
    fromUs: (START_S + from) * 1e6,
    untilUs: until === null ? null : (START_S + until) * 1e6,
    text,
    tone: null,
  });
  const marks = [mark(61, null, 'deployed'), mark(30, 70, 'outage'), mark(120, null, 'later')];
  expect(marksIn(plot, 1, marks)).toEqual(['deployed', 'outage']);
  expect(marksIn(plot, 2, marks)).toEqual(['later']);
});

test('what is missing is said', () => {
  const picture = { hiddenSeries: 3, keptFromUs: START_S * 1e6, coarseBeforeUs: null };
  expect(missingWords(picture, START_S - 1, START_S * 1000, UTC)).toBe('+ 3 more, not drawn · complete since 12:00:00');
  expect(missingWords({ ...picture, hiddenSeries: 0 }, START_S + 1, START_S * 1000, UTC)).toBe('');
});
