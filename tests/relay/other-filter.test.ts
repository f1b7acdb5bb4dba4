import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import { createMqttSource } from '../../relay/sources/mqtt.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { textMemory } from '../support/text-memory.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

test('S10 L7 with another filter of the same broker the log goes on: its rows stay, and one gap is told', async () => {
  const broker = await startMosquitto();
  onTestFinished(() => broker.stop());
  const client = await connectAsync(broker.url, { protocolVersion: 5 });
  onTestFinished(() => client.endAsync(true));
  const data = mkdtempSync(join(tmpdir(), 'highwater-filter-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const memory = textMemory();
  const begin = (filter: string, written: string) => {
    const source = createMqttSource({ url: broker.url, filter, epoch: 'run', clock: systemClock, memory });
    return startTestRelay(source, { data, spec: { source: `${written}/${filter}`, time: { field: 'timestamp' } } });
  };
  const publish = async (topic: string, first: number) => {
    for (const row of numbered(first, 5)) await client.publishAsync(topic, JSON.stringify(row), { qos: 2 });
  };

  const first = await begin('a/#', broker.url);
  await expect.poll(() => first.feeds.get('events')?.state.state, { timeout: 10_000 }).toBe('live');
  await publish('a/x', 0);
  const tab = await Tab.open(first.port);
  tab.subscribe('events');
  await tab.rowsAtLeast(5);
  await tab.cut();
  await first.close();

  const second = await begin('b/+', broker.url.toUpperCase());
  await expect.poll(() => second.feeds.get('events')?.state.state, { timeout: 10_000 }).toBe('live');
  await publish('b/x', 5);
  const back = await Tab.open(second.port);
  onTestFinished(() => back.cut());
  back.subscribe('events', tab.position ?? 'start');
  await back.rowsAtLeast(5);
  expect((await back.message('subscribed')).outcome).toBe('resumed');
  expect(back.all('gap')).toMatchObject([{ reason: expect.stringMatching(/filter was changed/) }]);
  const fresh = await Tab.open(second.port);
  onTestFinished(() => fresh.cut());
  fresh.subscribe('events');
  await fresh.rowsAtLeast(10);
  expect([...fresh.rows.values()]).toEqual(numbered(0, 10).map(({ n }) => n));
  expect(readdirSync(join(data, 'events')).filter((name) => name.startsWith('log'))).toEqual(['log']);
});
