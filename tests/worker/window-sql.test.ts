import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { BoardSchema } from '../../contract/spec/board.ts';
import { type WindowSpec, WindowSpecSchema } from '../../contract/spec/window.ts';
import { windowSql } from '../../contract/spec/window-sql.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { testFrame, testSchema } from '../support/frames.ts';

/** The SQL the page shows for a window, run over the rows it was fed: the same rows as the window has. */

let engine: Engine;
beforeAll(async () => {
  engine = await openHeadless({ rawBudgetBytes: 64 * 2 ** 20, nowMs: () => performance.now() });
});
afterAll(() => engine.close());

const ROOT = join(import.meta.dirname, '../..');
const board = BoardSchema.parse(parse(readFileSync(join(ROOT, 'boards/shop.yaml'), 'utf8')));
const shopWindows = board.windows ?? {};

/** Every field any of the board's windows may name, as the demo's shop sends them. */
const schema = testSchema('shop_events', {
  user_id: 'int64',
  action: 'string',
  campaign: 'string',
  country: 'string',
  product: 'string',
  price: 'float64',
  payment: 'string',
  latency_ms: 'float64',
  stock_left: 'int64',
});
const SECOND = 1_000_000;
const START_US = 1_700_000_003 * SECOND;
const ACTIONS = ['search', 'click', 'cart', 'purchase'];
const rows = Array.from({ length: 240 }, (_, index) => {
  const action = ACTIONS[index % 4] ?? '';
  const bought = action === 'purchase';
  return {
    timeUs: START_US + index * 1_234_567,
    user_id: (index * 7) % 23,
    action,
    campaign: index % 9 === 0 ? null : `c${index % 3}`,
    country: 'DE',
    product: `p${index % 5}`,
    price: bought ? (index % 13) / 4 : null,
    payment: bought ? (index % 5 === 0 ? 'failed' : 'ok') : null,
    latency_ms: index % 6 === 0 ? null : (index * 37) % 211,
    stock_left: bought ? 500 - index : null,
  };
});

let loaded = false;
async function answers(name: string, spec: WindowSpec, windows: Readonly<Record<string, WindowSpec>>) {
  if (!loaded) {
    engine.schema(schema);
    engine.begin('shop_events', 'fresh', { epoch: 'e1', next: {} });
    engine.apply([testFrame(schema, rows)], 0);
    loaded = true;
  }
  expect(engine.windows({ ...windows, [name]: spec })).toEqual([]);
  const { ofWindow, ofRows } = windowSql(name, spec, windows);
  const kept = await engine.query(ofWindow);
  const again = await engine.query(ofRows ?? 'SELECT 1 AS none');
  return { kept: kept.map(comparable).sort(), again: again.map(comparable).sort() };
}

/** Without what only the engine knows, and floats to what their sums agree in. */
function comparable(row: Record<string, unknown>): string {
  const { state: _, revision: __, ...rest } = row;
  return JSON.stringify(rest, (_key, value) =>
    typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? Number(value.toPrecision(9)) : value,
  );
}

const ofShopEvents = Object.entries(shopWindows).filter(([, { from }]) => from === 'shop_events');

test('V31 the shop board has windows to compare', () => expect(ofShopEvents.length).toBeGreaterThan(3));

test.each(ofShopEvents)(
  'V31 the SQL of %s, of the shop that ships, gives the rows the engine keeps',
  async (name, spec) => {
    const { kept, again } = await answers(name, spec, {});
    expect(kept.length).toBeGreaterThan(0);
    expect(again).toEqual(kept);
  },
);

const shapes: [string, object][] = [
  ['a tumble with an offset', { window: 'tumble(1m, 15s)', by: ['action'], select: { n: 'count()' } }],
  ['a hop', { window: 'hop(1m, 20s)', by: { low: 'lower(action)' }, select: { n: 'count()', r: 'rate()' } }],
  ['a hop that does not divide', { window: 'hop(50s, 20s)', select: { n: 'sum(price)' } }],
  ['a cumulation', { window: 'cumulate(2m, 30s)', by: ['campaign'], select: { n: 'count()', m: 'max(price)' } }],
  ['days', { window: 'tumble(day, UTC)', select: { n: 'count()' } }],
  ['sessions', { window: 'session(12s)', by: ['product', 'action'], select: { n: 'count()', f: 'first(user_id)' } }],
  ['all of time', { window: 'global()', by: ['action'], select: { n: 'count()', users: 'count_distinct(user_id)' } }],
  [
    'grouping sets',
    {
      window: 'tumble(1m)',
      by: ['action', 'product'],
      grouping_sets: [['action'], ['product'], []],
      select: { n: 'count()' },
    },
  ],
  ['the first of each', { window: 'tumble(1m)', dedup: { by: ['user_id', 'action'] }, select: { n: 'count()' } }],
  [
    'all aggregates',
    {
      window: 'tumble(1m)',
      compute: { eur: 'price * 0.9' },
      where: "action <> 'search'",
      select: {
        share: "ratio(action = 'purchase')",
        mean: 'avg(eur) filter (eur > 1)',
        spread: 'stddev(latency_ms)',
        last: 'last(stock_left)',
        who: 'arg_max(user_id, latency_ms)',
        half: 'median(latency_ms)',
        odd: '(share - 1) * 2 / (mean - mean)',
      },
    },
  ],
];

test.each(shapes)('V31 the SQL of %s gives the rows the engine keeps', async (_, given) => {
  const spec = WindowSpecSchema.parse({ from: 'shop_events', ...given });
  const { kept, again } = await answers('shape', spec, {});
  expect(kept.length).toBeGreaterThan(0);
  expect(again).toEqual(kept);
});

test('V31 where plain SQL cannot say it, a note says so; approximations are told', () => {
  const spec = (given: object) => WindowSpecSchema.parse({ from: 'shop_events', select: { n: 'count()' }, ...given });
  expect(windowSql('w', spec({ window: 'tumble(day, Europe/Berlin)' }))).toMatchObject({
    ofRows: null,
    notes: [expect.stringContaining('Europe/Berlin'), expect.anything(), expect.anything()],
  });
  const { notes } = windowSql('w', spec({ window: 'tumble(1m)', select: { p: 'quantile(latency_ms, 0.9)' } }));
  expect(notes).toContain('Quantiles of more than 256 values are within 1 %, where this SQL is exact.');
  expect(windowSql('w', spec({ window: 'tumble(1' })).notes).toEqual(['The window has problems, and does not run.']);
});
