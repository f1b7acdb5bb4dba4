import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

const READERS = 50;
const LOG_BYTES = 24 * 2 ** 20;
const TEXT_BYTES = 4_000;

async function metric(port: number, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(new RegExp(`^highwater_relay_${name} (.*)$`, 'm').exec(text)?.[1]);
}

/** Rows of which no two have a text in common: as large in a frame as here. */
function heavy(first: number, count: number): object[] {
  return numbered(first, count).map((row) => ({ ...row, text: randomBytes(TEXT_BYTES / 2).toString('hex') }));
}

async function relayAndReader() {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...heavy(0, 10));
  const relay = await startTestRelay(source);
  const fast = await Tab.open(relay.port, { creditBytes: 4 * 2 ** 20 });
  onTestFinished(() => fast.cut());
  fast.subscribe('events');
  await fast.rowsAtLeast(10);
  const rows = Math.ceil(LOG_BYTES / TEXT_BYTES);
  const fill = async () => {
    for (let sent = 10; sent < rows; sent += 500) {
      source.push(0, ...heavy(sent, 500));
      await fast.rowsAtLeast(sent + 500);
    }
  };
  return { relay, fast, fill };
}

test('F5 readers without credit have nothing waiting for them in the relay but the log', async () => {
  const { relay, fast, fill } = await relayAndReader();
  const stalled = await Promise.all(
    Array.from({ length: READERS }, async (_, index) => {
      const transport = index % 2 === 0 ? 'http' : 'websocket';
      const tab = await Tab.open(relay.port, { creditBytes: 1, autoCredit: false, transport });
      onTestFinished(() => tab.cut());
      tab.subscribe('events');
      await tab.message('subscribed');
      return tab;
    }),
  );
  await fill();
  await Promise.all(stalled.map((tab) => tab.rowsAtLeast(1)));
  await expect.poll(() => metric(relay.port, 'buffered_bytes'), { timeout: 10_000 }).toBe(0);
  for (const tab of stalled) expect(tab.headers).toHaveLength(1);
  const [first] = stalled;
  first?.grant(100 * 2 ** 20);
  await first?.rowsAtLeast(fast.rows.size);
});

test('C6 of readers that grant much and take nothing, at most 1 MiB and a frame waits each', async () => {
  const { relay, fast, fill } = await relayAndReader();
  for (let reader = 0; reader < READERS; reader++) {
    const socket = new WebSocket(`ws://127.0.0.1:${relay.port}/socket`);
    onTestFinished(() => socket.terminate());
    await new Promise((resolve) => socket.once('open', resolve));
    socket.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, creditBytes: 256 * 2 ** 20 }));
    socket.send(JSON.stringify({ type: 'subscribe', stream: 'events', from: 'start' }));
    socket.pause();
  }
  await fill();
  const bound = READERS * (2 ** 20 + fast.largestFrameBytes + 64 * 1024);
  const waiting = await metric(relay.port, 'buffered_bytes');
  // More was written for them than the system takes by itself: the bound is met, and it holds.
  expect(waiting).toBeGreaterThan(READERS * 2 ** 19);
  expect(waiting).toBeLessThan(bound);
  expect(fast.rows.size).toBeGreaterThan(LOG_BYTES / TEXT_BYTES);
});

test('C6 a tab that asks and does not read is cut off', async () => {
  const { relay } = await relayAndReader();
  const socket = new WebSocket(`ws://127.0.0.1:${relay.port}/socket`);
  onTestFinished(() => socket.terminate());
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, creditBytes: 1 }));
  socket.pause();
  const ask = JSON.stringify({ type: 'subscribe', stream: 'x'.repeat(200), from: 'start' });
  let over = false;
  closed.then(() => {
    over = true;
  });
  while (!over && (await metric(relay.port, 'subscribers')) === 2) {
    for (let message = 0; message < 2_000; message++) socket.send(ask);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await metric(relay.port, 'subscribers')).toBe(1);
});
