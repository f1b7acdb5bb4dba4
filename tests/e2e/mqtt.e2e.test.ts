import { connectAsync } from 'mqtt';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BoardTab, launchChromium } from '../support/chromium.ts';
import { AWAY, relayForTest, tabForTest, until } from '../support/for-test.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';

/** From a real mosquitto, with nothing written for it: topics become columns, and what MQTT cannot give back is said. */
let broker: Mosquitto;
let browser: Browser;
beforeAll(async () => {
  [broker, browser] = await Promise.all([startMosquitto(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await broker.stop();
});

const received = (tab: BoardTab, count: number) =>
  until(async () => expect((await tab.status()).streams.line?.received).toBe(count));
const live = (tab: BoardTab) =>
  until(async () => expect((await tab.status()).streams.line?.source.state).toMatch(/live|idle/));

async function open(...args: readonly string[]) {
  const relay = await relayForTest('--mqtt', broker.url, '--topic', 'line/#', ...args);
  const tab = await tabForTest(browser, relay.url, { expected: AWAY });
  await live(tab);
  return { relay, tab };
}

/** Resolves when the broker has them all. Of QoS 2 it takes no more than 20 at once. */
async function publish(
  messages: readonly { readonly topic: string; readonly value: object }[],
  qos: 1 | 2 = 1,
): Promise<void> {
  const client = await connectAsync(broker.url);
  const step = qos === 2 ? 15 : messages.length;
  for (let at = 0; at < messages.length; at += step)
    await Promise.all(
      messages
        .slice(at, at + step)
        .map(({ topic, value }) => client.publishAsync(topic, JSON.stringify(value), { qos })),
    );
  await client.endAsync();
}

const readings = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({
    topic: `line/${1 + (index % 3)}/${index % 2 === 0 ? 'press' : 'oven'}`,
    value: {
      temp: (from + index) / 4,
      ok: index % 5 !== 0,
      timestamp: new Date(Date.UTC(2026, 0, 1) + (from + index) * 100).toISOString(),
    },
  }));

const BY_TOPIC = `SELECT topic, topic_2, topic_3, count(*) AS rows, sum(temp) AS temp, count(*) FILTER (ok) AS ok
  FROM line GROUP BY ALL ORDER BY topic`;

function byTopic(sent: ReturnType<typeof readings>) {
  return [...Map.groupBy(sent, ({ topic }) => topic)]
    .map(([topic, of]) => {
      const [, level2, level3] = topic.split('/');
      return {
        topic,
        topic_2: level2,
        topic_3: level3,
        rows: of.length,
        temp: of.reduce((sum, { value }) => sum + value.temp, 0),
        ok: of.filter(({ value }) => value.ok).length,
      };
    })
    .sort((a, b) => (a.topic < b.topic ? -1 : 1));
}

test('D6 every message is a row, topic levels are its columns, and a board is made of its fields', async () => {
  const { tab } = await open();
  const sent = readings(1200);
  await publish(sent);
  await received(tab, 1200);
  expect(await tab.query(BY_TOPIC)).toEqual(byTopic(sent));
  await until(async () => {
    const states = await tab.panelStates();
    expect(Object.keys(states).length).toBeGreaterThan(4);
    expect(Object.values(states)).not.toContain('error');
    expect(Object.values(states)).toContain('replay');
  });

  await tab.page.reload();
  await received(tab, 1200);
  expect(await tab.query(BY_TOPIC)).toEqual(byTopic(sent));
  expect(tab.errors).toEqual([]);
});

test('S10 what is published while the relay is dead comes when it is back, each once, and nothing is told', async () => {
  const { relay, tab } = await open();
  await publish(readings(300), 2);
  await received(tab, 300);
  await relay.kill();
  await publish(readings(50, 300), 2);
  await relay.start();
  await publish(readings(150, 350), 2);
  await received(tab, 500);
  expect(await tab.query('SELECT count(*) AS rows, count(DISTINCT temp) AS readings FROM line')).toEqual([
    { rows: 500, readings: 500 },
  ]);
  expect((await tab.status()).streams.line?.losses).toEqual([]);
  expect(tab.errors).toEqual([]);
});

test('P5 a restarted relay without a data folder has no past: rows before it stay, rows after it come, and the gap is on the page', async () => {
  const { relay, tab } = await open('--data', 'none');
  await publish(readings(300));
  await received(tab, 300);
  await relay.kill();
  await publish(readings(50, 300));
  await relay.start();
  await until(async () => expect((await tab.status()).connection.state).toBe('live'));
  await live(tab);
  await publish(readings(200, 350));
  await received(tab, 500);
  expect(await tab.query('SELECT count(*) AS rows, count(DISTINCT temp) AS readings FROM line')).toEqual([
    { rows: 500, readings: 500 },
  ]);
  expect((await tab.status()).streams.line?.losses).toMatchObject([{ kind: 'gap', missing: null }]);
  await until(async () => expect(await tab.page.locator('body').textContent()).toContain('Gap in line'));
  expect(tab.errors).toEqual([]);
});

test('D3 a restarted relay that has seen other fields adds them; no row is lost', async () => {
  const { relay, tab } = await open();
  const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
  await publish([{ topic: 'line/1/press', value: { temp: 1.5, note: 'before', timestamp: at(0) } }]);
  await received(tab, 1);
  await publish([{ topic: 'line/1/press', value: { temp: 2.5, hum: 40, timestamp: at(1) } }]);
  await received(tab, 2);
  await relay.kill();
  await relay.start();
  await until(async () => expect((await tab.status()).connection.state).toBe('live'));
  await live(tab);
  await publish([{ topic: 'line/1/press', value: { temp: 3.5, rpm: 900, timestamp: at(2) } }]);
  await received(tab, 3);
  expect(await tab.query('SELECT temp, rpm FROM line ORDER BY _event_time')).toEqual([
    { temp: 1.5, rpm: null },
    { temp: 2.5, rpm: null },
    { temp: 3.5, rpm: 900 },
  ]);
  expect(tab.errors).toEqual([]);
});
