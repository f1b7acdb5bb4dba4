import { expect, onTestFinished, test } from 'vitest';
import { startProxy } from '../support/proxy.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { openStormTab } from './storm.ts';

const TABS = 200;
/** Of a machine that has much else to do; nothing is measured here. */
const PATIENCE_MS = 120_000;

test('C4 tabs dropped all at once come back, are served from the log, and the source is not read again', async () => {
  const source = new ScriptedSource({ replayable: true, partitions: 2 });
  source.push(0, ...numbered(0, 2_000));
  const relay = await startTestRelay(source);
  const proxy = await startProxy({ target: () => relay.port });
  onTestFinished(() => proxy.stop());
  const tabs = Array.from({ length: TABS }, (_, index) =>
    openStormTab(proxy.port, index % 10 === 0 ? 'http' : 'websocket'),
  );
  onTestFinished(() => {
    for (const { connection } of tabs) connection.close('over');
  });
  const rowsOfAll = () => new Set(tabs.map(({ rows }) => rows));
  await expect.poll(rowsOfAll, { timeout: PATIENCE_MS }).toEqual(new Set([2_000]));
  const { given } = source;
  proxy.resetAll();
  source.push(1, ...numbered(2_000, 500));
  await expect.poll(rowsOfAll, { timeout: PATIENCE_MS }).toEqual(new Set([2_500]));
  expect(new Set(tabs.map(({ outcomes }) => outcomes.join()))).toEqual(new Set(['fresh,resumed']));
  expect({ readings: source.readings, given: source.given - given }).toEqual({ readings: 1, given: 500 });
}, 300_000);

test('C4 a relay that stops and starts again has all its tabs back, none before its time', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 100));
  const relay = await startTestRelay(source);
  const tabs = Array.from({ length: 50 }, (_, index) =>
    openStormTab(relay.port, index % 10 === 0 ? 'http' : 'websocket'),
  );
  onTestFinished(() => {
    for (const { connection } of tabs) connection.close('over');
  });
  const states = () => [...new Set(tabs.map(({ connection }) => connection.status().state))];
  await expect.poll(() => new Set(tabs.map(({ rows }) => rows)), { timeout: PATIENCE_MS }).toEqual(new Set([100]));
  const { port } = relay;
  const stoppedMs = Date.now();
  await relay.close();
  const waiting = tabs.map(({ connection }) => connection.status()).filter((status) => status.state === 'waiting');
  expect(waiting.map(({ reason }) => reason)).toEqual(tabs.map(() => 'the relay is stopping'));
  expect(Math.min(...waiting.map(({ retryAtMs }) => retryAtMs))).toBeGreaterThanOrEqual(stoppedMs + 500);
  await startTestRelay(source, { port });
  await expect.poll(states, { timeout: PATIENCE_MS }).toEqual(['live']);
  await expect.poll(() => new Set(tabs.map(({ outcomes }) => outcomes.at(-1)))).toEqual(new Set(['resumed']));
  expect(new Set(tabs.map(({ rows }) => rows))).toEqual(new Set([100]));
}, 300_000);
