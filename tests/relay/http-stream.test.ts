import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../contract/clock.ts';
import type { Down } from '../../contract/protocol/down.ts';
import { startServer } from '../../relay/serve/server.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

async function openTab(port: number, options?: Parameters<typeof Tab.open>[1]): Promise<Tab> {
  const tab = await Tab.open(port, options);
  onTestFinished(() => tab.cut());
  return tab;
}

/** A relay without streams that takes so many tabs. */
async function smallServer(maxSessions: number) {
  const pageDir = await mkdtemp(join(tmpdir(), 'highwater-page-'));
  const boards = (): Extract<Down, { type: 'boards' }> => ({
    type: 'boards',
    ...{ windows: {}, boards: {}, playlists: {}, problems: [], made: [] },
  });
  const server = await startServer({
    ...{ host: '127.0.0.1', port: 0, clock: systemClock, run: 'run', heartbeatMs: 15_000 },
    ...{ feeds: new Map(), boards, pageDir, maxSessions },
  });
  onTestFinished(async () => {
    await server.close();
    await rm(pageDir, { recursive: true, force: true });
  });
  return server;
}

function exchange(
  port: number,
  path: string,
  options: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string } = {},
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method = 'GET', headers = {} } = options;
  const asking = request({ port, host: '127.0.0.1', path, method, headers }, resolve).on('error', reject);
  asking.end(options.body);
  onTestFinished(() => void asking.destroy());
  return promise;
}

async function metric(port: number, line: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? Number.NaN);
}

test('F9 the same records, once each, with and without sockets, and the same credit', async () => {
  const source = new ScriptedSource({ replayable: true, partitions: 2 });
  source.push(0, ...numbered(0, 3_000));
  const relay = await startTestRelay(source);
  const tabs = [
    await openTab(relay.port, { transport: 'http', creditBytes: 4_000 }),
    await openTab(relay.port, { creditBytes: 4_000 }),
  ] as const;
  for (const tab of tabs) tab.subscribe('events');
  await Promise.all(tabs.map((tab) => tab.rowsAtLeast(3_000)));
  source.push(1, ...numbered(3_000, 500));
  await Promise.all(tabs.map((tab) => tab.rowsAtLeast(3_500)));
  const [streamed, socketed] = tabs;
  expect([...streamed.rows].sort()).toEqual([...socketed.rows].sort());
  expect(streamed.mostInFlightBytes).toBeLessThan(4_000 + streamed.largestFrameBytes);
  streamed.send({ type: 'ping' });
  await streamed.message('pong');
  expect(await metric(relay.port, 'highwater_relay_sessions{transport="http"}')).toBe(1);
  await streamed.cut();
  await expect
    .poll(() => metric(relay.port, 'highwater_relay_sessions{transport="http"}'), { timeout: 10_000 })
    .toBe(0);
});

test('F9 a stream resumes from the position a socket left', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 100));
  const relay = await startTestRelay(source);
  const before = await openTab(relay.port);
  before.subscribe('events');
  await before.rowsAtLeast(100);
  await before.cut();
  source.push(0, ...numbered(100, 50));
  const after = await openTab(relay.port, { transport: 'http' });
  after.subscribe('events', before.position ?? 'start');
  await after.rowsAtLeast(50);
  expect((await after.message('subscribed')).outcome).toBe('resumed');
  expect([...after.rows.values()]).toEqual(numbered(100, 50).map(({ n }) => n));
});

test('F9 a stream is not stored or collected on its way, and a bad message ends it', async () => {
  const { port } = await smallServer(5);
  const answer = await exchange(port, '/stream');
  expect(answer.headers).toMatchObject({
    'content-type': 'application/octet-stream',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  });
  const tab = await Tab.connect(port, true, 'http');
  tab.send({ type: 'nonsense' });
  expect(await tab.message('bye')).toMatchObject({ code: 'bad_message', retry: true });
  await tab.until(() => tab.closeCode ?? undefined);
});

test('F9 only the page itself has streams, and only who opened one can send to it', async () => {
  const { port } = await smallServer(5);
  const own = `http://127.0.0.1:${port}`;
  const status = async (path: string, headers: Record<string, string>, method = 'GET', body?: string) =>
    (await exchange(port, path, { method, headers, ...(body !== undefined && { body }) })).statusCode;
  expect(await status('/stream', {})).toBe(200);
  expect(await status('/stream', { Origin: own })).toBe(200);
  expect(await status('/stream', { Origin: 'http://evil.example' })).toBe(403);
  expect(await status('/stream', { 'Sec-Fetch-Site': 'cross-site' })).toBe(403);
  expect(await status('/stream', { Host: `evil.example:${port}` })).toBe(403);
  expect(await status('/stream', {}, 'POST')).toBe(405);
  expect(await status('/stream/somebody', {})).toBe(405);
  expect(await status('/stream/somebody', { Origin: own }, 'POST', '{}')).toBe(404);
  const opened = await exchange(port, '/stream');
  const [first] = (await opened.iterator({ destroyOnReturn: false }).next()).value.toString().match(/\{.*?\}/) ?? [];
  const { session } = JSON.parse(first ?? '{}');
  expect(await status(`/stream/${session}`, { Origin: 'http://evil.example' }, 'POST', '{}')).toBe(403);
  expect(await status(`/stream/${session}`, { Origin: own }, 'POST', `"${'x'.repeat(70_000)}"`)).toBe(413);
  expect(await status(`/stream/${session}`, { Origin: own }, 'POST', '{"type":"ping"}')).toBe(204);
});

test('C4 whoever is one too many is told when to come back, in the way it asked', async () => {
  const { port } = await smallServer(2);
  const first = await openTab(port);
  await first.message('welcome');
  const second = await openTab(port, { transport: 'http' });
  await second.message('welcome');
  const third = await exchange(port, '/stream');
  expect(third.statusCode).toBe(503);
  expect(Number(third.headers['retry-after'])).toBeGreaterThanOrEqual(5);
  for (const transport of ['websocket', 'http'] as const) {
    const tab = await Tab.connect(port, true, transport).catch((error: unknown) => error);
    // A stream does not even open: its socket says the same bye before it closes.
    if (!(tab instanceof Tab)) expect([transport, String(tab)]).toEqual(['http', 'Error: not opened: 1006']);
    else {
      expect(await tab.message('bye')).toMatchObject({ code: 'too_many', retry: true });
      await tab.until(() => tab.closeCode ?? undefined);
    }
  }
  expect(await metric(port, 'highwater_relay_refusals_total')).toBe(3);
  await first.cut();
  await expect.poll(() => metric(port, 'highwater_relay_subscribers'), { timeout: 10_000 }).toBe(1);
  await (await openTab(port)).message('welcome');
});

test('C4 a stop ends streams as well as sockets', async () => {
  const { port, close } = await smallServer(5);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // A connection that is open when the stop begins.
  const waiting = get({ port, host: '127.0.0.1', path: '/stream' }, (answer) => {
    answer.on('data', () => undefined).on('end', () => resolve('ended'));
  }).on('error', reject);
  onTestFinished(() => void waiting.destroy());
  await expect.poll(() => metric(port, 'highwater_relay_subscribers'), { timeout: 10_000 }).toBe(1);
  await close();
  expect(await promise).toBe('ended');
  await expect(fetch(`http://127.0.0.1:${port}/readyz`)).rejects.toThrow();
});
