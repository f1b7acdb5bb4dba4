import { expect, test } from 'vitest';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import { RateMeter } from './rates.ts';

const base = shopStatus(0, { state: 'live', sinceMs: 0, transport: 'websocket' });
const name = Object.keys(base.streams)[0] ?? '';
function status(received: number, change: { catchingUp?: boolean; live?: boolean } = {}) {
  const stream = base.streams[name];
  if (!stream) throw new Error('the fixture has a stream');
  const { catchingUp = false, live = true } = change;
  const connection = live ? base.connection : ({ state: 'connecting', attempt: 2, sinceMs: 0 } as const);
  return { ...base, connection, streams: { [name]: { ...stream, received, catchingUp } } };
}

test('V35 rows a second are of the last five seconds, kept each ten', () => {
  const meter = new RateMeter();
  let rates = meter.add(status(1_000_000), 0);
  expect(rates[name]).toEqual({ perSecond: null, history: [] });
  for (let ms = 500; ms <= 20_000; ms += 500) rates = meter.add(status(1_000_000 + ms / 5), ms);
  expect(rates[name]?.perSecond).toBeCloseTo(200);
  expect(rates[name]?.history).toHaveLength(2);
  rates = meter.add(status(1_004_000 + 1200), 24_000);
  expect(rates[name]?.perSecond).toBeCloseTo(((1_004_000 + 1200 - (1_000_000 + 19_000 / 5)) / 5000) * 1000);
});

test('V35 history that is read, no connection, and a count that begins anew are no rates', () => {
  const meter = new RateMeter();
  meter.add(status(0), 0);
  expect(meter.add(status(500_000, { catchingUp: true }), 2000)[name]?.perSecond).toBeNull();
  expect(meter.add(status(500_000), 2500)[name]?.perSecond).toBeNull();
  expect(meter.add(status(500_200), 4500)[name]?.perSecond).toBe(100);
  expect(meter.add(status(500_200, { live: false }), 5000)[name]?.perSecond).toBeNull();
  meter.add(status(600_000), 6000);
  expect(meter.add(status(10), 8000)[name]?.perSecond).toBeNull();
  expect(meter.add({ ...base, streams: {} }, 9000)).toEqual({});
});
