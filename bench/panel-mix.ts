import type { WindowSpec } from '../contract/spec/window.ts';
import type { PanelRequest } from '../contract/worker-api.ts';
import type { TickCase } from './page/tick-cases.ts';

/**
 * Boards over the bench's events `(time, user_id, action, price)`: the kinds of windows and pictures that a board of
 * many panels mixes, in the order a board would grow.
 */

const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const USERS = 50_000;
const WIDTH_PX = 600;

function window(window: string, by: readonly string[], select: Record<string, string>, where?: string): WindowSpec {
  return {
    from: 'events',
    window,
    by: [...by],
    select,
    late: { allow: '0s' },
    ...(where === undefined ? {} : { where }),
  };
}

const WINDOWS: Readonly<Record<string, WindowSpec>> = {
  second: window('tumble(1s)', ['action'], { events: 'count()', revenue: 'sum(price)', mean: 'avg(price)' }),
  minute: window('tumble(1m)', ['action'], {
    events: 'count()',
    revenue: 'sum(price)',
    users: 'count_distinct(user_id)',
  }),
  latency: window('tumble(10s)', ['action'], { p50: 'median(price)', p95: 'quantile(price, 0.95)' }),
  hop: window('hop(1m, 10s)', ['action'], { events: 'count()', users: 'count_distinct(user_id)' }),
  slow: window('hop(5m, 1m)', [], { p95: 'quantile(price, 0.95)', deviation: 'stddev(price)' }),
  day: window('cumulate(1h, 1m)', ['action'], { events: 'count()', revenue: 'sum(price)' }),
  visits: window('session(30s)', ['user_id'], { events: 'count()', spent: 'sum(price)' }),
  orders: window('tumble(10s)', [], { orders: 'count()', revenue: 'sum(price)' }, "action = 'purchase'"),
  shares: window('tumble(10s)', [], {
    conversion: "ratio(action = 'purchase')",
    carts: "count_if(action = 'cart')",
    buyers: "count_distinct(user_id) filter(action = 'purchase')",
  }),
  dear: window('hop(1m, 5s)', ['action'], { most: 'max(price)', user: 'arg_max(user_id, price)' }),
  top: window('tumble(1m)', ['action'], { users: 'top_k(user_id, 5)', spread: 'max(price) - min(price)' }),
  ever: window('global()', ['action'], { events: 'count()', revenue: 'sum(price)' }),
};

function of(
  window: string,
  span = SPAN,
): Pick<Extract<PanelRequest, { kind: 'series' }>, 'window' | 'view' | 'filters'> {
  return { window, view: { span, until: 'newest', earlierUs: 0 }, filters: [] };
}

function series(window: string, measure: string, seriesBy: string | null, span: number): PanelRequest {
  return {
    kind: 'series',
    ...of(window, span),
    measures: [measure],
    seriesBy,
    order: [],
    maxSeries: 12,
    widthPx: WIDTH_PX,
  };
}

function stat(window: string, measure: string, over: number | null, sparkSpan: number | null): PanelRequest {
  return { kind: 'fold', ...of(window), measure, by: null, over, top: 1, sort: 'descending', order: [], sparkSpan };
}

function bars(window: string, measure: string, by: string, over: number | null): PanelRequest {
  return { kind: 'fold', ...of(window), measure, by, over, top: 10, sort: 'descending', order: [], sparkSpan: null };
}

const SPAN = 5 * MINUTE;
const PANELS: readonly PanelRequest[] = [
  series('second', 'events', 'action', SPAN),
  stat('shares', 'conversion', MINUTE, SPAN),
  series('latency', 'p95', 'action', SPAN),
  bars('minute', 'users', 'action', null),
  series('hop', 'users', 'action', SPAN),
  stat('orders', 'revenue', MINUTE, SPAN),
  series('day', 'revenue', 'action', SPAN),
  bars('visits', 'spent', 'user_id', null),
  series('dear', 'most', 'action', SPAN),
  stat('slow', 'p95', null, SPAN),
  bars('ever', 'revenue', 'action', null),
  { kind: 'rows', stream: 'events', columns: null, limit: 10, filters: [] },

  series('second', 'revenue', 'action', SPAN),
  series('second', 'mean', null, SPAN),
  series('hop', 'events', 'action', SPAN),
  series('latency', 'p50', null, SPAN),
  series('orders', 'orders', null, SPAN),
  series('shares', 'buyers', null, SPAN),
  series('slow', 'deviation', null, SPAN),
  series('day', 'events', null, SPAN),
  series('top', 'spread', 'action', SPAN),
  bars('minute', 'revenue', 'action', SPAN),
  bars('second', 'events', 'action', MINUTE),
  bars('dear', 'most', 'action', null),
  bars('latency', 'p95', 'action', SPAN),
  bars('ever', 'events', 'action', null),
  stat('second', 'events', MINUTE, SPAN),
  stat('second', 'revenue', SPAN, SPAN),
  stat('minute', 'users', null, SPAN),
  stat('hop', 'users', null, SPAN),
  stat('latency', 'p50', MINUTE, SPAN),
  stat('orders', 'orders', MINUTE, SPAN),
  stat('shares', 'carts', MINUTE, SPAN),
  stat('shares', 'buyers', SPAN, null),
  stat('day', 'revenue', null, null),
  stat('slow', 'deviation', null, null),
  stat('visits', 'events', null, null),
  stat('ever', 'revenue', null, null),
  series('second', 'events', null, MINUTE),
  { kind: 'rows', stream: 'events', columns: ['action', 'price'], limit: 10, filters: [] },
];

/** A board of the first `count` panels, and the windows they need. */
export function boardOf(count: number): TickCase {
  const requests = PANELS.slice(0, count);
  if (requests.length < count) throw new Error(`there are ${PANELS.length} panels`);
  const used = new Set(requests.flatMap((request) => (request.kind === 'rows' ? [] : [request.window])));
  const windows = Object.fromEntries(Object.entries(WINDOWS).filter(([name]) => used.has(name)));
  return { name: `${count} ${count === 1 ? 'panel' : 'panels'}`, windows, requests, users: USERS };
}

/** Count and sum of each of `users` users in windows of 10 s: the ten largest of the newest minute, and the total over time. */
export function keyed(name: string, users: number): TickCase {
  return {
    name,
    windows: { keyed: window('tumble(10s)', ['user_id'], { events: 'count()', spent: 'sum(price)' }) },
    requests: [bars('keyed', 'spent', 'user_id', MINUTE), series('keyed', 'events', null, SPAN)],
    users,
  };
}

/** One measure in 1 s windows by action, the last five minutes, and folded over them. */
export function measured(name: string, expression: string): TickCase {
  return {
    name,
    windows: { panel: window('tumble(1s)', ['action'], { value: expression }) },
    requests: [series('panel', 'value', 'action', SPAN), bars('panel', 'value', 'action', SPAN)],
    users: USERS,
  };
}

/** One measure in overlapping windows by action, the last five minutes. */
export function overlapping(shape: string, expression: string): TickCase {
  return {
    name: `${expression} in ${shape}`,
    windows: { panel: window(shape, ['action'], { value: expression }) },
    requests: [series('panel', 'value', 'action', SPAN)],
    users: USERS,
  };
}
