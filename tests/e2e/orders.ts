import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KafkaBroker, KafkaRecord } from '../support/kafka-broker.ts';

/**
 * Orders whose every sum is known: 20 minutes of event time over three partitions, out of order within the delay, then
 * records behind the watermark. Prices are quarters, so that sums are exact in any order.
 */
export interface Order {
  readonly timeMs: number;
  readonly partition: number;
  readonly user: number;
  readonly action: string;
  /** null: said to be null, or not said. */
  readonly price: number | null;
}

export const START_MS = Date.UTC(2025, 3, 4, 10, 0, 0);
export const SPAN_MS = 20 * 60_000;
export const DELAY_MS = 10_000;
export const ALLOW_MS = 60_000;
const WINDOW_MS = 60_000;
const ACTIONS = ['search', 'click', 'cart', 'purchase'];

/** A small generator of numbers below 2^32, the same for the same seed (mulberry32). */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Ends, in each partition, with a record of the very end of the span: then the watermark is known. */
export function ordersOnTime(count: number, seed: number): Order[] {
  const below = numbers(seed);
  const orders = Array.from({ length: count - 3 }, (_, index) => {
    const disorderMs = below(8000);
    const timeMs = START_MS + Math.max(0, Math.floor((index * SPAN_MS) / count) - disorderMs);
    return order(timeMs, below(3), below);
  });
  return [...orders, ...[0, 1, 2].map((partition) => order(START_MS + SPAN_MS, partition, below))];
}

/** Behind the watermark of the above, `count` that still count and `count` that are too late for their window. */
export function ordersLate(count: number, seed: number): { readonly late: Order[]; readonly tooLate: Order[] } {
  const below = numbers(seed);
  const watermarkMs = START_MS + SPAN_MS - DELAY_MS;
  // The last window that is closed for good ends here.
  const closedMs = Math.floor((watermarkMs - ALLOW_MS - START_MS) / WINDOW_MS) * WINDOW_MS + START_MS;
  const make = (fromMs: number, toMs: number) =>
    Array.from({ length: count }, () => order(fromMs + below(toMs - fromMs), below(3), below));
  return { late: make(closedMs, watermarkMs), tooLate: make(START_MS, closedMs) };
}

function order(timeMs: number, partition: number, below: (limit: number) => number): Order {
  const action = ACTIONS[below(ACTIONS.length)] ?? '';
  const priced = action === 'purchase' && below(10) > 0;
  return { timeMs, partition, user: 1000 + below(500), action, price: priced ? (1 + below(400)) / 4 : null };
}

function recordsOf(orders: readonly Order[]): KafkaRecord[] {
  return orders.map(({ timeMs, partition, user, action, price }, index) => {
    const said = price !== null || index % 2 === 0 ? { price } : {};
    return {
      partition,
      value: JSON.stringify({ user_id: user, action, ...said, timestamp: new Date(timeMs).toISOString() }),
    };
  });
}

/**
 * One partition after the other: what a producer sends again, when a partition of a new topic has no leader yet, is
 * then never a request of which other partitions had taken their part.
 */
export async function produceOrders(broker: KafkaBroker, topic: string, orders: readonly Order[]): Promise<void> {
  for (const records of Map.groupBy(recordsOf(orders), ({ partition }) => partition).values())
    await broker.produce(topic, records);
}

export interface ExpectedWindow {
  readonly start: string;
  readonly action: string;
  readonly events: number;
  readonly users: number;
  readonly revenue: number | null;
}

/** One minute by action, in the plainest way. */
export function windowsOf(orders: readonly Order[]): ExpectedWindow[] {
  const groups = Map.groupBy(orders, ({ timeMs, action }) => {
    const start = new Date(Math.floor(timeMs / WINDOW_MS) * WINDOW_MS).toISOString();
    return `${start} ${action}`;
  });
  return [...groups]
    .map(([key, group]) => {
      const [start = '', action = ''] = key.split(' ');
      return { start, action, events: group.length, users: usersOf(group), revenue: revenueOf(group) };
    })
    .sort((a, b) => (a.start + a.action < b.start + b.action ? -1 : 1));
}

export function usersOf(orders: readonly Order[]): number {
  return new Set(orders.map(({ user }) => user)).size;
}

export function revenueOf(orders: readonly Order[]): number | null {
  const prices = orders.flatMap(({ price }) => (price === null ? [] : [price]));
  return prices.length === 0 ? null : prices.reduce((sum, price) => sum + price, 0);
}

export function countsOf(orders: readonly Order[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(orders, ({ action }) => action)].map(([action, of]) => [action, of.length]),
  );
}

/** The same as `windowsOf`, asked of the tab. */
export const WINDOWS_SQL = `SELECT strftime(window_start, '%Y-%m-%dT%H:%M:%S.000Z') AS start, action, events, users, revenue
  FROM orders_by_minute ORDER BY start || action`;

/** A configuration file with one stream `orders`, one window and a board over it; its path. */
export async function writeOrdersConfig(source: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-e2e-'));
  const over = '1d';
  const place = { w: 6, h: 8 };
  const board = {
    title: 'Orders',
    range: 'all',
    panels: [
      { kind: 'stat', title: 'Events', ...place, window: 'orders_by_minute', value: 'events', over },
      { kind: 'stat', title: 'Users', ...place, window: 'orders_by_minute', value: 'users', over },
      {
        kind: 'stat',
        title: 'Revenue',
        ...place,
        window: 'orders_by_minute',
        value: 'revenue',
        over,
        unit: 'currencyUSD',
      },
      {
        kind: 'barlist',
        title: 'By action',
        ...place,
        window: 'orders_by_minute',
        value: 'events',
        label: 'action',
        over,
      },
      {
        kind: 'timeseries',
        title: 'Over time',
        w: 12,
        h: 8,
        window: 'orders_by_minute',
        y: ['events'],
        series: 'action',
      },
      { kind: 'table', title: 'Latest', w: 12, h: 8, stream: 'orders' },
    ],
  };
  const config = {
    streams: {
      orders: {
        source,
        // Records come partition by partition: on a busy machine one may wait long for its own.
        time: { field: 'timestamp', delay: '10s', idle: '5m' },
      },
    },
    windows: {
      orders_by_minute: {
        from: 'orders',
        window: 'tumble(1m)',
        by: ['action'],
        select: { events: 'count()', users: 'count_distinct(user_id)', revenue: 'sum(price)' },
        late: { allow: '1m' },
      },
    },
    boards: 'orders.json',
  };
  await writeFile(join(folder, 'orders.json'), JSON.stringify(board, null, 2));
  await writeFile(join(folder, 'highwater.yaml'), JSON.stringify(config, null, 2));
  return join(folder, 'highwater.yaml');
}
