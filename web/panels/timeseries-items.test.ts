import { expect, test } from 'vitest';
import type { TimeseriesPanel } from '../../contract/spec/panel.ts';
import { TimeseriesSchema } from '../../contract/spec/panels/over-time.ts';
import type { SeriesPicture } from '../../contract/worker-api.ts';
import { makePlot, newestIndex } from '../charts/plot.ts';
import { gravestOf, legendItems, type Reading, tooltipRows } from './timeseries-items.ts';
import { limitsOf, looksOf } from './timeseries-looks.ts';
import { legendStat } from './timeseries-stats.ts';

const panelOf = (change: Record<string, unknown>): TimeseriesPanel =>
  TimeseriesSchema.parse({ kind: 'timeseries', title: 'T', window: 'w', y: ['a'], w: 12, h: 8, ...change });
const picture = (series: Record<string, number[]>, change: Partial<SeriesPicture> = {}): SeriesPicture => ({
  windowSizeUs: 60e6,
  stepUs: 60e6,
  coarseBeforeUs: null,
  keptFromUs: null,
  xSeconds: Float64Array.from(Object.values(series)[0] ?? [], (_, index) => index * 60),
  series: Object.entries(series).map(([name, values]) => ({ name, values: Float64Array.from(values) })),
  revised: new Uint8Array(Object.values(series)[0]?.length ?? 0),
  hiddenSeries: 0,
  relativeError: 0,
  ...change,
});

function read(panel: TimeseriesPanel, made: SeriesPicture, change: Partial<Reading> = {}): Reading {
  const looks = looksOf(panel, (name) => (name.length % 8) + 1);
  const names = made.series.map(({ name }) => name);
  const plot = makePlot(made, {
    stack: panel.stack,
    span: 'all',
    watermarkUs: 1e15,
    maxEventTimeUs: 1e15,
    look: looks.look,
    shown: change.isShown ?? (() => true),
    bands: looks.bands(names),
    edges: looks.edges(names),
    limits: limitsOf(panel),
  });
  if (!plot) throw new Error('there are windows');
  return {
    panel,
    picture: made,
    plot,
    looks,
    edges: looks.edges(names),
    extent: plot.own,
    index: newestIndex(plot),
    pointed: false,
    isShown: () => true,
    earlierWords: null,
    ...change,
  };
}
const said = (reading: Reading) =>
  legendItems(reading).map(({ title, values }) => [title, ...values.map(({ word, text }) => `${word} ${text}`.trim())]);

test('V42 a legend says what it was asked to say; at the crosshair what is there, and no more than before', () => {
  const panel = panelOf({ legend: ['min', 'max', 'mean', 'sum'] });
  const made = picture({ a: [4, Number.NaN, 2] });
  expect(said(read(panel, made))).toEqual([['a', 'min 2', 'max 4', 'mean 3', 'sum 6']]);
  expect(said(read(panel, made, { pointed: true, index: 0 }))).toEqual([['a', '4', 'max 4', 'mean 3', 'sum 6']]);
  expect(said(read(panelOf({}), made))).toEqual([['a', '2']]);
  expect(said(read(panelOf({ legend: [] }), made, { pointed: true }))).toEqual([['a']]);
});

test('V42 of windows folded into longer ones there is no sum', () => {
  const { plot } = read(panelOf({}), picture({ a: [1, 2, 3] }));
  const values = Float64Array.from([1, 2, 3]);
  expect(legendStat(plot, values, 'sum', plot.own, true)).toBe(6);
  expect(legendStat(plot, values, 'sum', plot.own, false)).toBeNaN();
  expect(legendStat(plot, values, 'mean', { fromS: 0, toS: 61 }, false)).toBe(1);
});

test('a series has the title, colour, unit and axis that its board gives it, by the name in the legend', () => {
  const panel = panelOf({
    y: ['temp', 'kw'],
    unit: 'celsius',
    overrides: { kw: { title: 'Power', unit: 'kwatt', axis: 'right', color: 'warn', dashed: true } },
  });
  const [temp, power] = legendItems(read(panel, picture({ temp: [20], kw: [7] })));
  expect([temp?.title, temp?.values[0]?.text, temp?.right]).toEqual(['temp', '20 °C', false]);
  expect([power?.title, power?.values[0]?.text, power?.right, power?.color, power?.shape]).toEqual([
    'Power',
    '7 kW',
    true,
    'var(--late)',
    'dashed',
  ]);
});

test('V42 the gravest threshold speaks, by name where there are several; those on the right have none', () => {
  const limits = { warnAbove: 5, alarmAbove: 9 };
  const alarm = (series: Record<string, number[]>, change: Record<string, unknown> = {}) => {
    const panel = panelOf({ y: Object.keys(series), ...limits, ...change });
    return gravestOf(panel, read(panel, picture(series)).plot);
  };
  expect(alarm({ a: [6] })).toEqual({ level: 'warn', word: 'above 5', short: 'high' });
  expect(alarm({ a: [6], b: [12] })).toEqual({ level: 'alarm', word: 'b above 9', short: 'high' });
  expect(alarm({ a: [1], b: [12] }, { overrides: { b: { axis: 'right' } } })).toBeNull();
  expect(alarm({ a: [1, 12, 1] })).toBeNull();
});

test('what is under the crosshair wears the mark of the limit it has passed itself', () => {
  const panel = panelOf({ y: ['a'], warnAbove: 5 });
  const passed = (index: number) => {
    const made = picture({ a: [1, 6, 1, 8] });
    return legendItems(read(panel, made, { index, pointed: true })).map((item) => item.passed?.word ?? null);
  };
  expect([0, 1, 2, 3].map((index) => passed(index)[0])).toEqual([null, 'above 5', null, 'above 5']);
});

test('bands are in the legend, their edges are not; with a by-column each of its values has its own', () => {
  const panel = panelOf({ y: ['p50'], bands: [{ low: 'p10', high: 'p90' }] });
  expect(said(read(panel, picture({ p50: [5], p10: [1], p90: [9] })))).toEqual([
    ['p50', '5'],
    ['p10 – p90', '1 – 9'],
  ]);
  const by = panelOf({ y: ['p50'], series: 'line', bands: [{ low: 'p10', high: 'p90', title: 'most' }] });
  const made = picture({
    'A · p50': [5],
    'A · p10': [1],
    'A · p90': [9],
    'B · p50': [6],
    'B · p10': [2],
    'B · p90': [8],
  });
  expect(said(read(by, made))).toEqual([
    ['A', '5'],
    ['B', '6'],
    ['A, most', '1 – 9'],
    ['B, most', '2 – 8'],
  ]);
});

test('a tooltip lists what is drawn, of a stack from the top', () => {
  const made = picture({ a: [1, 2], b: [3, 4] });
  const rows = (panel: TimeseriesPanel, change: Partial<Reading> = {}) =>
    tooltipRows(read(panel, made, change)).map(({ name, value }) => `${name} ${value}`);
  expect(rows(panelOf({ y: ['a', 'b'] }), { index: 0 })).toEqual(['a 1', 'b 3']);
  expect(rows(panelOf({ y: ['a', 'b'], stack: true }))).toEqual(['b 4', 'a 2']);
  expect(rows(panelOf({ y: ['a', 'b'] }), { isShown: (name) => name === 'b' })).toEqual(['b 4']);
});
