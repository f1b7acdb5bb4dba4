import { connectAsync } from 'mqtt';
import { expect, onTestFinished, test } from 'vitest';
import { relayForTest } from '../support/for-test.ts';
import { startKafkaBroker } from '../support/kafka-broker.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { numbered } from './start.ts';
import { Tab } from './tab.ts';

test('P8 F7 kill -9 of the relay while Kafka is written to: tabs resume, every record once, and nothing is read twice', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`kill test: SEED=${seed}`);
  const broker = await startKafkaBroker();
  onTestFinished(() => broker.stop());
  await broker.createTopic('events', 2);
  const relay = await relayForTest('--kafka', broker.address, '--topic', 'events', '--log-level', 'silent');
  const rows = new Map<string, unknown>();
  const outcomes: string[] = [];
  let tab = await Tab.open(relay.port);
  tab.subscribe('events');
  let written = 0;
  for (let crash = 0; crash < 4; crash++) {
    const writing = (async () => {
      for (let burst = 0; burst < 5; burst++, written += 100)
        await broker.produce(
          'events',
          numbered(written, 100).map((row) => ({ partition: row.n % 2, value: JSON.stringify(row) })),
        );
    })();
    // At some moment of the five.
    await tab.rowsAtLeast((seed >> (crash * 4)) % 300);
    await relay.kill();
    await tab.until(() => tab.closeCode ?? undefined).catch(() => undefined);
    for (const [key, n] of tab.rows) {
      expect(rows.has(key)).toBe(false);
      rows.set(key, n);
    }
    const position = tab.position ?? 'start';
    await writing;
    await relay.start();
    tab = await Tab.open(relay.port);
    tab.subscribe('events', position);
    outcomes.push((await tab.message('subscribed')).outcome);
  }
  await tab.rowsAtLeast(written - rows.size);
  for (const [key, n] of tab.rows) rows.set(key, n);
  expect([...rows.values()].map(Number).sort((a, b) => a - b)).toEqual(numbered(0, written).map(({ n }) => n));
  expect(tab.all('gap')).toEqual([]);
  expect(outcomes.slice(1)).toEqual(outcomes.slice(1).map(() => 'resumed'));

  const fresh = await Tab.open(relay.port);
  onTestFinished(() => fresh.cut());
  fresh.subscribe('events');
  await fresh.rowsAtLeast(written);
  expect(new Map([...fresh.rows].sort())).toEqual(new Map([...rows].sort()));
  // This start of the relay has read what came after its head only: the rest came from the disk.
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  const read = Number(/^highwater_relay_messages_total\{[^}]*\} (\d+)/m.exec(metrics)?.[1]);
  expect(read).toBeLessThan(written / 2);
}, 120_000);

test('P8 S8 F7 kill -9 of the relay while MQTT is written to: nothing that was acknowledged is missing, no offset changes its row', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`kill test, MQTT: SEED=${seed}`);
  const broker = await startMosquitto();
  onTestFinished(() => broker.stop());
  const relay = await relayForTest('--mqtt', broker.url, '--topic', 'events', '--log-level', 'silent');
  const publisher = await connectAsync(broker.url);
  onTestFinished(() => publisher.endAsync(true));
  const rows = new Map<string, unknown>();
  let tab = await Tab.open(relay.port);
  tab.subscribe('events');
  await tab.until(() => (tab.all('stats').at(-1)?.streams.events?.source.state === 'live' ? true : undefined));
  let written = 0;
  for (let crash = 0; crash < 4; crash++) {
    const writing = (async () => {
      for (let burst = 0; burst < 20; burst++, written += 20)
        await Promise.all(
          numbered(written, 20).map((row) => publisher.publishAsync('events', JSON.stringify(row), { qos: 1 })),
        );
    })();
    await tab.rowsAtLeast((seed >> (crash * 4)) % 300);
    await relay.kill();
    await tab.until(() => tab.closeCode ?? undefined).catch(() => undefined);
    for (const [key, n] of tab.rows) {
      expect(rows.has(key)).toBe(false);
      rows.set(key, n);
    }
    const position = tab.position ?? 'start';
    await writing;
    await relay.start();
    tab = await Tab.open(relay.port);
    tab.subscribe('events', position);
    expect(['resumed', 'fresh']).toContain((await tab.message('subscribed')).outcome);
  }
  await tab.until(() => (new Set([...rows.values(), ...tab.rows.values()]).size === written ? true : undefined));
  for (const [key, n] of tab.rows) rows.set(key, n);
  expect(tab.all('gap')).toEqual([]);
  const fresh = await Tab.open(relay.port);
  onTestFinished(() => fresh.cut());
  fresh.subscribe('events');
  await fresh.rowsAtLeast(rows.size);
  expect(new Map([...fresh.rows].sort())).toEqual(new Map([...rows].sort()));
  console.log(`${written} published, ${rows.size} rows: ${rows.size - written} came again`);
}, 120_000);
