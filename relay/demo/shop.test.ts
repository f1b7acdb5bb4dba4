import { expect, test } from 'vitest';
import { Agenda } from './agenda.ts';
import { createRandom } from './random.ts';
import { createShop, type ShopEvent } from './shop.ts';

const START_MS = Date.UTC(2025, 3, 4);
const HOUR_MS = 3_600_000;

function events(
  seed: number,
  rate: number,
  hours: number,
): { event: ShopEvent; timeMs: number; deliveredMs: number }[] {
  const shop = createShop({ seed, rate, startMs: START_MS });
  const all = [];
  for (let deliveredMs = START_MS; deliveredMs < START_MS + hours * HOUR_MS; deliveredMs += 1_000)
    for (const { event } of shop.until(deliveredMs))
      all.push({ event, timeMs: Date.parse(event.timestamp), deliveredMs });
  return all;
}
const day = events(42, 5, 24);

test('the same seed gives the same shop, however it is stepped; another seed another', () => {
  const whole = createShop({ seed: 7, rate: 50, startMs: START_MS }).until(START_MS + 60_000);
  const stepped = createShop({ seed: 7, rate: 50, startMs: START_MS });
  const steps = [];
  for (let ms = 0; ms <= 60_000; ms += 250) steps.push(...stepped.until(START_MS + ms));
  expect(steps).toEqual(whole);
  expect(createShop({ seed: 8, rate: 50, startMs: START_MS }).until(START_MS + 60_000)).not.toEqual(whole);
});

test('over a day it makes the rate asked for, more in the evening than at night', () => {
  expect(day.length / (24 * 3600)).toBeGreaterThan(4.5);
  expect(day.length / (24 * 3600)).toBeLessThan(5.5);
  const hourly = (hour: number) => day.filter(({ timeMs }) => new Date(timeMs).getUTCHours() === hour).length;
  expect(hourly(20)).toBeGreaterThan(2 * hourly(7));
});

test('a few in a hundred visits buy, along search, click, cart and purchase', () => {
  const count = (action: ShopEvent['action']) => day.filter(({ event }) => event.action === action).length;
  const visits = day.length / 3.25;
  expect(count('purchase') / visits).toBeGreaterThan(0.02);
  expect(count('purchase') / visits).toBeLessThan(0.07);
  expect(count('cart')).toBeGreaterThan(2 * count('purchase'));
  expect(count('click')).toBeGreaterThan(5 * count('cart'));
});

test('most events are delivered in order; some late, few by half a minute, very few by minutes', () => {
  const share = (fromMs: number, toMs: number) =>
    day.filter(({ timeMs, deliveredMs }) => deliveredMs - timeMs >= fromMs && deliveredMs - timeMs < toMs).length /
    day.length;
  expect(share(1_000, 10_000)).toBeGreaterThan(0.012);
  expect(share(1_000, 10_000)).toBeLessThan(0.025);
  expect(share(30_000, 62_000)).toBeGreaterThan(0.001);
  expect(share(30_000, 62_000)).toBeLessThan(0.003);
  expect(share(170_000, 600_000)).toBeGreaterThan(1 / 9_000);
  expect(share(170_000, 600_000)).toBeLessThan(1 / 1_000);
});

test('prices, stock and payment are where they belong', () => {
  const ids = new Set(day.map(({ event }) => event.event_id));
  expect(ids.size).toBe(day.length);
  const wrong = day.filter(
    ({ event }) =>
      'price' in event !== (event.action === 'cart' || event.action === 'purchase') ||
      ('payment' in event && 'stock_left' in event) !== (event.action === 'purchase') ||
      !(event.latency_ms > 0),
  );
  expect(wrong).toEqual([]);
});

test('stock falls by one with each purchase and rises again by restocking', () => {
  const bySku = Map.groupBy(
    day.filter(({ event }) => event.payment === 'ok').sort((left, right) => left.timeMs - right.timeMs),
    ({ event }) => event.product,
  );
  let restocks = 0;
  for (const purchases of bySku.values())
    for (const [index, { event }] of purchases.entries()) {
      const before = purchases[index - 1]?.event.stock_left;
      expect(event.stock_left).toBeGreaterThanOrEqual(0);
      if (before === undefined || event.stock_left === before - 1) continue;
      restocks++;
      expect(event.stock_left).toBeGreaterThan(before);
    }
  expect(restocks).toBeGreaterThan(0);
});

test('an agenda gives what is due in order of time, and of adding where times are equal', () => {
  const random = createRandom(1);
  const agenda = new Agenda<number>();
  const expected = Array.from({ length: 500 }, (_, index) => ({
    atMs: Math.floor(random.between(0, 50)),
    item: index,
  }));
  for (const { atMs, item } of expected) agenda.add(atMs, item);
  const taken = expected.map(() => agenda.take()).map((entry) => ({ atMs: entry?.atMs, item: entry?.item }));
  expect(taken).toEqual(expected.toSorted((left, right) => left.atMs - right.atMs));
  expect(agenda.take()).toBeUndefined();
});
