import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
import { SIMULATOR_NAMES } from '../../relay/demo/simulators.ts';
import { startDemo } from '../../relay/demo/start-demo.ts';
import { connectMqtt } from '../../relay/mqtt-client.ts';
import { createSource } from '../../relay/sources/create-source.ts';
import { follow, ofKind, recordsOf, valuesOf } from '../support/follow.ts';
import { expectUnbroken } from './source.contract.ts';

test('the demo shop publishes its past, then lives on, over real MQTT', async () => {
  const startMs = clock.nowMs();
  const demo = { seed: 3, rate: 50, backfillMinutes: 2 };
  const source = createSource('demo:shop', { clock, run: 'run-1', baseDir: '.', demo });
  const following = follow(source, 'earliest');
  const newest = (values: readonly (string | null)[]) =>
    Math.max(...values.map((value) => Date.parse(JSON.parse(value ?? '{}').timestamp)));
  const events = await following.until((all) =>
    recordsOf(all).length > 0 && newest(valuesOf(all.slice(-3))) > startMs + 500 ? all : undefined,
  );
  const shop = valuesOf(events).map((value) => JSON.parse(value ?? ''));
  expect(shop.length).toBeGreaterThan(2 * 60 * 50 * 0.3);
  expect(Date.parse(shop[0].timestamp)).toBeLessThan(startMs - 115_000);
  // Few come twice, as where a sender had not heard that they arrived.
  const twice = shop.length - new Set(shop.map(({ event_id }) => event_id)).size;
  expect(twice).toBeLessThan(shop.length / 500);
  expect(recordsOf(events).every(({ topic }, index) => topic === `shop/${shop[index].country}/events`)).toBe(true);
  expect(ofKind(events, 'opened')[0]?.position).toEqual({ epoch: 'run-1', next: { 0: 0 } });
  expectUnbroken(events);
  await following.stop();
});

test.each(SIMULATOR_NAMES)('demo:%s publishes as many as it is told to, at this time of day', async (name) => {
  const demo = { seed: 5, rate: 60, backfillMinutes: 3 };
  const source = createSource(`demo:${name}`, { clock, run: 'run-1', baseDir: '.', demo });
  const following = follow(source, 'earliest');
  const values = await following.until((all) => {
    const seen = valuesOf(all);
    return seen.length > 3 * 60 * 60 * 0.7 ? seen : undefined;
  });
  const times = values
    .map((value) => JSON.parse(value ?? '').timestamp)
    .filter((time) => !Number.isNaN(Date.parse(time)));
  expect(Date.parse(times[0])).toBeGreaterThan(clock.nowMs() - 4 * 60_000);
  expectUnbroken(await following.until((all) => all));
  await following.stop();
});

test('the demo broker speaks 3.1.1 only, which the client falls back to; closing ends everything', async () => {
  const demo = await startDemo({ name: 'shop', seed: 1, rate: 10, backfillMinutes: 0, clock });
  const link = await connectMqtt(demo.mqttUrl);
  expect(link.protocolVersion).toBe(4);
  await demo.close();
  expect(await link.lost).toBeInstanceOf(Error);
  await expect(connectMqtt(demo.mqttUrl)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('the demo shop lives on after its connections were lost', async () => {
  const demo = await startDemo({ name: 'shop', seed: 1, rate: 200, backfillMinutes: 0, clock });
  const seen = await nextOf(demo.mqttUrl, demo.filter, () => demo.dropConnections());
  const after = await nextOf(demo.mqttUrl, demo.filter, () => undefined);
  expect(after).not.toBe(seen);
  await demo.close();
});

/** The first message a new subscriber gets; `then` is done before it leaves. */
async function nextOf(url: string, filter: string, then: () => void): Promise<string> {
  const subscriber = await connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0 });
  const message = new Promise<string>((resolve) => {
    subscriber.on('message', (_, payload) => resolve(payload.toString()));
  });
  await subscriber.subscribeAsync(filter);
  const text = await message;
  then();
  await subscriber.endAsync(true);
  return text;
}
