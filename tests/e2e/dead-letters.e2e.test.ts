import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { REPLAY_PARTITION } from '../../contract/protocol/position.ts';
import { launchChromium } from '../support/chromium.ts';
import { AWAY, relayForTest, tabForTest, until } from '../support/for-test.ts';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.ts';

/** Records that change their shape, from a real mosquitto to a real browser. */
let broker: Mosquitto;
let browser: Browser;
beforeAll(async () => {
  [broker, browser] = await Promise.all([startMosquitto(), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await broker.stop();
});

async function publish(topic: string, ...values: readonly object[]): Promise<void> {
  const client = await connectAsync(broker.url);
  for (const value of values) await client.publishAsync(topic, JSON.stringify(value), { qos: 1 });
  await client.endAsync();
}

const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString();

test('D10 a new field, one that is gone and one that is widened appear in an open tab; what does not fit is a dead letter by name', async () => {
  const relay = await relayForTest('--mqtt', broker.url, '--topic', 'shape/#');
  const tab = await tabForTest(browser, relay.url, { expected: AWAY });
  await until(async () => expect((await tab.status()).streams.shape?.source.state).toMatch(/live|idle/));
  const rows = (select: string) => tab.query(`SELECT ${select} FROM shape ORDER BY _offset`);
  await publish('shape/a', ...[0, 1, 2].map((n) => ({ timestamp: at(n), n, place: 'hall' })));
  await until(async () => expect(await rows('n, place')).toHaveLength(3));
  const loaded = await tab.page.evaluate(() => performance.timeOrigin);

  await publish('shape/a', { timestamp: at(3), n: 3, place: 'hall', humidity: 0.5 });
  await until(async () =>
    expect(await rows('humidity')).toEqual([null, null, null, 0.5].map((humidity) => ({ humidity }))),
  );
  await publish('shape/a', { timestamp: at(4), n: 4.5, humidity: 0.25 });
  await until(async () =>
    expect((await rows('n, place, humidity')).slice(2)).toEqual([
      { n: 2, place: 'hall', humidity: null },
      { n: 3, place: 'hall', humidity: 0.5 },
      { n: 4.5, place: null, humidity: 0.25 },
    ]),
  );
  await publish('shape/a', { timestamp: at(5), n: 'five', place: 'hall' }, { timestamp: at(6), n: 6, place: 'roof' });
  await until(async () => expect(await rows('n')).toHaveLength(6));
  await until(async () => expect((await tab.status()).streams.shape?.deadLetters).toBe(1));
  expect(await tab.page.evaluate(() => performance.timeOrigin)).toBe(loaded);

  await tab.page.getByRole('link', { name: /dead letters/ }).click();
  await tab.page.getByText('field "n": expected float64, found string "five"').waitFor();
  expect(tab.errors).toEqual([]);
});

test('X5 the page tries and replays what a mended spec lets in, and an open tab gets the rows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-mended-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'highwater.yaml');
  const write = (type: string) =>
    writeFile(
      config,
      `streams:\n  press:\n    source: ${broker.url}/press/#\n    time: { field: timestamp }\n    fields: { n: int64, bar: ${type} }\n`,
    );
  await write('int64');
  const relay = await relayForTest('--config', config);
  const tab = await tabForTest(browser, relay.url, { expected: AWAY });
  await until(async () => expect((await tab.status()).streams.press?.source.state).toMatch(/live|idle/));
  await publish('press/1', ...[0, 1, 2, 3].map((n) => ({ timestamp: at(n), n, bar: n % 2 === 0 ? n : n + 0.5 })));
  await publish('press/1', { timestamp: at(4), n: 'four', bar: 4 });
  await until(async () => expect((await tab.status()).streams.press).toMatchObject({ received: 2, deadLetters: 3 }));
  await relay.stop();
  await write('float64');
  await relay.start();

  const letters = await browser.newPage();
  onTestFinished(() => letters.close());
  const problems: string[] = [];
  letters.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  letters.on('pageerror', (error) => problems.push(error.message));
  await letters.goto(`${relay.url}/dead-letters?stream=press`);
  await letters.getByRole('button', { name: 'Try all' }).click();
  await letters.getByText('1 still not: field "n": expected int64, found string.').waitFor();
  await letters.getByRole('button', { name: 'Replay 2 of 3' }).click();
  await letters.getByText('are counted now').waitFor();
  await until(async () => expect(await letters.locator('.letter').count()).toBe(1));
  await until(async () =>
    expect(await tab.query('SELECT _partition, _offset, n, bar FROM press ORDER BY n')).toEqual([
      { _partition: 0, _offset: 0, n: 0, bar: 0 },
      { _partition: REPLAY_PARTITION, _offset: 0, n: 1, bar: 1.5 },
      { _partition: 0, _offset: 2, n: 2, bar: 2 },
      { _partition: REPLAY_PARTITION, _offset: 1, n: 3, bar: 3.5 },
    ]),
  );
  await letters.getByRole('button', { name: 'Replayed' }).click();
  await until(async () => expect(await letters.locator('.letter').count()).toBe(2));
  await letters.getByRole('searchbox').fill('3.5');
  await until(async () => expect(await letters.locator('.letter').count()).toBe(1));
  expect(problems).toEqual([]);
  expect(tab.errors).toEqual([]);
});
