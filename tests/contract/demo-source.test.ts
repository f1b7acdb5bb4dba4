import { expect, test } from 'vitest';
import { systemClock as clock } from '../../contract/clock.ts';
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
  expect(new Set(shop.map(({ event_id }) => event_id)).size).toBe(shop.length);
  expect(recordsOf(events).every(({ topic }, index) => topic === `shop/${shop[index].country}/events`)).toBe(true);
  expect(ofKind(events, 'opened')[0]?.position).toEqual({ epoch: 'run-1', next: { 0: 0 } });
  expectUnbroken(events);
  await following.stop();
});

test('the demo broker speaks 3.1.1 only, which the client falls back to; closing ends everything', async () => {
  const demo = await startDemo({ seed: 1, rate: 10, backfillMinutes: 0, clock });
  const link = await connectMqtt(demo.mqttUrl);
  expect(link.protocolVersion).toBe(4);
  await demo.close();
  expect(await link.lost).toBeInstanceOf(Error);
  await expect(connectMqtt(demo.mqttUrl)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('the demo shop lives on after its connections were lost', async () => {
  const demo = await startDemo({ seed: 1, rate: 200, backfillMinutes: 0, clock });
  const seen: string[] = [];
  const subscriber = await connectMqtt(demo.mqttUrl);
  const first = new Promise<void>((resolve) => {
    void subscriber.subscribe(demo.filter, async ({ payload }) => {
      seen.push(Buffer.from(payload).toString());
      resolve();
    });
  });
  await first;
  demo.dropConnections();
  await subscriber.lost;
  const again = await connectMqtt(demo.mqttUrl);
  const second = new Promise<string>((resolve) => {
    void again.subscribe(demo.filter, async ({ payload }) => resolve(Buffer.from(payload).toString()));
  });
  expect(seen).not.toContain(await second);
  await again.close();
  await demo.close();
});
