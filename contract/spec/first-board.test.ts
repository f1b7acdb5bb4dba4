import { expect, test } from 'vitest';
import type { StreamSchema } from '../protocol/down.ts';
import type { Field } from './field.ts';
import { firstBoard } from './first-board.ts';
import { loadBoard } from './load.ts';
import { dataOf } from './panel-uses.ts';
import { parseWindow, WindowSpecSchema } from './window.ts';

const field = (
  name: string,
  role: Field['role'],
  type: Field['type'] = 'string',
  unit: string | null = null,
): Field => ({ name, type, role, unit });

function schemaOf(...fields: Field[]): StreamSchema {
  return { type: 'schema', stream: 'user_events', version: 1, timeField: 'timestamp', inferred: true, fields };
}

test.each([
  ['nothing but time', schemaOf(field('timestamp', 'time', 'timestamp'))],
  [
    'what a producer sends',
    schemaOf(field('timestamp', 'time'), field('user_id', 'id', 'int64'), field('action', 'dimension')),
  ],
  [
    'names that are no SQL names',
    schemaOf(
      field('order', 'dimension'),
      field('a b"c', 'dimension'),
      field('ä-ö', 'measure', 'float64'),
      field('1', 'id'),
      field('a_b_c', 'dimension'),
    ),
  ],
  [
    'names that its windows have themselves',
    schemaOf(field('state', 'dimension'), field('Events', 'dimension'), field('window_start', 'dimension')),
  ],
  [
    'much of everything',
    schemaOf(
      ...Array.from({ length: 9 }, (_, n) => [
        field(`d${n}`, 'dimension'),
        field(`m${n}`, 'measure', 'float64', 'ms'),
        field(`i${n}`, 'id'),
      ]).flat(),
    ),
  ],
])('a first board of %s is a good board', (_what, schema) => {
  const { windows, board } = firstBoard(schema);
  for (const window of Object.values(windows)) expect(parseWindow(window)).toHaveProperty('window');
  expect(loadBoard(JSON.stringify(board), { streams: ['user_events'], windows })).toHaveProperty('board');
  // Rows of the board are full: no ragged edge.
  let filled = 0;
  for (const { w } of board.panels) {
    filled += w;
    expect(filled % 24 === 0 || Math.floor(filled / 24) === Math.floor((filled - w) / 24)).toBe(true);
  }
  expect(filled % 24).toBe(0);
  expect(board.range).toBe('all');
});

test('events by each dimension, distinct ids, sums or means and quantiles with their units', () => {
  const { windows, board } = firstBoard(
    schemaOf(
      field('user_id', 'id', 'int64'),
      field('action', 'dimension'),
      field('price', 'measure', 'float64'),
      field('latency_ms', 'measure', 'int64', 'ms'),
    ),
  );
  expect(windows.user_events_by_minute?.select).toEqual({
    events: 'count()',
    distinct_user_id: 'count_distinct(user_id)',
    sum_price: 'sum(price)',
    p50_price: 'quantile(price, 0.5)',
    p95_price: 'quantile(price, 0.95)',
    mean_latency_ms: 'avg(latency_ms)',
    p50_latency_ms: 'quantile(latency_ms, 0.5)',
    p95_latency_ms: 'quantile(latency_ms, 0.95)',
  });
  expect(windows.user_events_by_action?.by).toEqual(['action']);
  expect(board.panels.map(({ kind, title, w }) => `${kind} ${title} ${w}`)).toEqual([
    'stat Events 5',
    'stat Events in the last minute 5',
    'stat Sum of price 5',
    'stat Mean of latency_ms 5',
    'stat Distinct user_id 4',
    'timeseries Events per minute 12',
    'timeseries Events per minute by action 12',
    'timeseries price, median and 95th percentile 12',
    'timeseries latency_ms, median and 95th percentile 12',
    'table Latest events 24',
  ]);
  expect(board.panels[3]).toMatchObject({ unit: 'ms' });
});

test('B2 each declared window is shown, before what is made', () => {
  const windows = Object.fromEntries(
    Object.entries({
      sales: {
        from: 'user_events',
        window: 'tumble(5m)',
        by: ['action'],
        select: { top: 'top_k(item, 3)', n: 'count()' },
      },
      slow: { from: 'user_events', window: 'hop(1h, 5m)', select: { p99: 'quantile(latency_ms, 0.99)', n: 'count()' } },
      visits: {
        from: 'user_events',
        window: 'session(30m)',
        by: ['user_id'],
        select: { last: 'max(action)', n: 'count()' },
      },
      ever: { from: 'user_events', window: 'global()', select: { n: 'count()' } },
      per_action: { from: 'user_events', window: 'global()', by: ['action'], select: { n: 'count()' } },
      busiest: { from: 'sales', window: 'tumble(1h)', select: { most: 'max(n)' } },
    }).map(([name, spec]) => [name, WindowSpecSchema.parse(spec)] as const),
  );
  const schema = schemaOf(field('action', 'dimension'), field('latency_ms', 'measure', 'float64', 'ms'));
  const made = firstBoard(schema, [], windows);
  const all = { ...windows, ...made.windows };
  expect(loadBoard(JSON.stringify(made.board), { streams: ['user_events'], windows: all })).toHaveProperty('board');
  const own = made.board.panels.filter((panel) => {
    const data = dataOf(panel);
    return data.of === 'window' && Object.hasOwn(windows, data.window);
  });
  expect(own.map(({ kind, title }) => `${kind} ${title}`)).toEqual([
    'timeseries sales: n by action',
    'timeseries slow: p99',
    'timeseries slow: n',
    'timeseries visits: n by user_id',
    'stat ever: n',
    'barlist per_action: n by action',
    'timeseries busiest: most',
  ]);
  expect(own[0]).toMatchObject({ series: 'action', draw: 'area', stack: true });
  expect(own[1]).toMatchObject({ unit: 'ms', draw: 'line' });
  const first = made.board.panels.findIndex(({ kind }) => kind === 'timeseries');
  expect(made.board.panels[first]?.title).toBe('sales: n by action');
});

test('D8 no window of a first board is named as another table but for its case', () => {
  const schema = schemaOf(field('Action', 'dimension'), field('action-', 'dimension'));
  const { windows } = firstBoard(schema, ['USER_EVENTS_BY_MINUTE', 'user_events_by_Action']);
  const names = Object.keys(windows).map((name) => name.toLowerCase());
  expect(names).toEqual(['user_events_by_minute_2', 'user_events_by_action_2', 'user_events_by_action_']);
});
