import { expect, test } from 'vitest';
import { type Panel, PanelSchema } from '../../../contract/spec/panel.ts';
import type { PictureTime } from '../../../contract/worker-api.ts';
import { tableOf } from './picture-table.ts';

const panel = (spec: object): Panel => PanelSchema.parse({ title: 'P', w: 4, h: 4, ...spec });
const times: PictureTime = {
  fromUs: null,
  untilUs: null,
  unfiltered: [],
  stream: 'shop',
  maxEventTimeUs: 20e6,
  watermarkUs: 15e6,
  receivedAtMs: 0,
  sealedAtMs: 0,
};

test('V30 windows of a chart are rows, newest first, each with how it stands to the watermark', () => {
  const table = tableOf(panel({ kind: 'timeseries', window: 'w', y: ['rate'], unit: 'eps' }), {
    kind: 'series',
    ...times,
    windowSizeUs: 5e6,
    stepUs: 5e6,
    xSeconds: new Float64Array([5, 10, 15]),
    series: [{ name: 'search', values: new Float64Array([1, Number.NaN, 3]) }],
    revised: new Uint8Array([1, 0, 0]),
    hiddenSeries: 2,
    relativeError: 0.01,
    keptFromUs: null,
    coarseBeforeUs: null,
  });
  expect(table?.columns.map(({ name }) => name)).toEqual(['window start', 'window end', 'search', 'state']);
  expect(table?.rows).toEqual([
    [15e6, 20e6, 3, 'provisional'],
    [10e6, 15e6, null, 'final'],
    [5e6, 10e6, 1, 'revised'],
  ]);
  expect(table?.notes).toEqual([
    'Approximate: each value is within ± 1 % of the exact one.',
    '2 more series are not shown: they are smaller.',
  ]);
});

test('V30 of windows that overlap each row begins where its window does', () => {
  const table = tableOf(panel({ kind: 'timeseries', window: 'w', y: ['rate'] }), {
    kind: 'series',
    ...times,
    windowSizeUs: 10e6,
    stepUs: 5e6,
    xSeconds: new Float64Array([10]),
    series: [{ name: 'rate', values: new Float64Array([1]) }],
    revised: new Uint8Array(1),
    hiddenSeries: 0,
    relativeError: 0,
    keptFromUs: null,
    coarseBeforeUs: null,
  });
  expect(table?.rows[0]?.slice(0, 2)).toEqual([5e6, 15e6]);
});

const fold = {
  kind: 'fold',
  ...times,
  windowSizeUs: 5e6,
  stepUs: 5e6,
  versus: null,
  spark: null,
  relativeError: 0,
} as const;

test('V30 bars are rows with what is left over; a filter that does not hold is told', () => {
  const table = tableOf(panel({ kind: 'barlist', window: 'w', value: 'orders', label: 'campaign' }), {
    ...fold,
    unfiltered: ['country'],
    rows: [{ key: 'spring', value: 4 }],
    rest: { keys: 3, value: 7 },
  });
  expect(table?.columns.map(({ name }) => name)).toEqual(['campaign', 'orders']);
  expect(table?.rows).toEqual([
    ['spring', 4],
    ['(3 more)', 7],
  ]);
  expect(table?.notes.at(-1)).toBe('It is not filtered by country: it shows all of them.');
});

test('V30 behind a number stand the windows of its sparkline, and the number itself', () => {
  const table = tableOf(panel({ kind: 'stat', window: 'w', value: 'orders', over: '5m' }), {
    ...fold,
    rows: [{ key: '', value: 12 }],
    rest: { keys: 0, value: null },
    spark: { xSeconds: new Float64Array([5, 10]), values: new Float64Array([7, 5]) },
  });
  expect(table?.rows).toEqual([
    [10e6, 5],
    [5e6, 7],
  ]);
  expect(table?.notes).toEqual(['The number itself, folded: 12.']);
  const plain = tableOf(panel({ kind: 'gauge', window: 'w', value: 'orders', max: 10 }), {
    ...fold,
    rows: [{ key: '', value: 12 }],
    rest: { keys: 0, value: null },
  });
  expect(plain).toMatchObject({ columns: [{ name: 'orders' }], rows: [[12]] });
});

test('V30 states, groups and rows are tables as well; an error is none', () => {
  const states = tableOf(panel({ kind: 'state-timeline', window: 'w', value: 'state', rows: 'machine' }), {
    kind: 'states',
    ...times,
    windowSizeUs: 5e6,
    stepUs: 5e6,
    hiddenRows: 0,
    keptFromUs: null,
    rows: [
      {
        key: 'press',
        stretches: [
          { fromUs: 0, untilUs: 5e6, state: 'running', provisional: false, revised: true },
          { fromUs: 5e6, untilUs: 20e6, state: 'fault', provisional: true, revised: false },
        ],
      },
    ],
  });
  expect(states?.rows).toEqual([
    ['press', 5e6, 20e6, 'fault', 'provisional'],
    ['press', 0, 5e6, 'running', 'revised'],
  ]);
  const groups = tableOf(panel({ kind: 'scatter', window: 'w', label: 'product', x: 'views', y: 'orders' }), {
    kind: 'groups',
    ...times,
    windowSizeUs: 5e6,
    stepUs: 5e6,
    columns: [
      { name: 'product', role: 'group', isNumber: false },
      { name: 'views', role: 'measure', isNumber: true },
    ],
    rows: [{ cells: ['lamp', 3] }],
    restGroups: 1,
    relativeError: 0,
    keptFromUs: null,
  });
  expect(groups).toMatchObject({ rows: [['lamp', 3]], notes: ['1 more groups are not shown.'] });
  const rows = tableOf(panel({ kind: 'table', stream: 'shop' }), {
    kind: 'rows',
    ...times,
    columns: [
      { name: 'user_id', type: 'int64', unit: null },
      { name: 'tags', type: 'list', unit: null },
    ],
    rows: [{ eventTimeUs: 3, state: 'late', cells: [7n, ['a']] }],
  });
  expect(rows?.rows).toEqual([[3, '7', '["a"]', 'late']]);
  expect(tableOf(panel({ kind: 'table', stream: 'shop' }), { kind: 'error', message: '', fix: '' })).toBeNull();
});
