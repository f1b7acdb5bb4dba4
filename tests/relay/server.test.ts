import { createHash } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import { ScriptedSource } from './scripted-source.ts';
import { numbered, startTestRelay } from './start.ts';
import { Tab } from './tab.ts';

async function relayWithRows(
  options: { readonly allowHosts?: readonly string[]; readonly allowOrigins?: readonly string[] } = {},
) {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 10));
  return startTestRelay(source, options);
}

/** One raw HTTP exchange; Node's clients do not let a test choose everything. */
function upgradeStatus(port: number, headers: Record<string, string>, path = '/socket'): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const all = {
        Host: `127.0.0.1:${port}`,
        Upgrade: 'websocket',
        Connection: 'Upgrade',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Version': '13',
        ...headers,
      };
      socket.write(
        `GET ${path} HTTP/1.1\r\n${Object.entries(all)
          .map(([name, value]) => `${name}: ${value}\r\n`)
          .join('')}\r\n`,
      );
    });
    socket.once('data', (data) => {
      resolve(data.toString().split('\r\n')[0]?.slice(9) ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

test('the page is served whole, compressed after the first time, with a strict policy', async () => {
  const { port } = await relayWithRows();
  const url = `http://127.0.0.1:${port}/`;
  const first = await fetch(url);
  expect(first.status).toBe(200);
  expect(first.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(first.headers.get('content-security-policy')).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(first.headers.get('cache-control')).toBe('no-cache');
  const text = await first.text();
  const { promise, resolve } = Promise.withResolvers<Response>();
  const ask = async (): Promise<void> => {
    const answer = await fetch(url);
    if (answer.headers.get('content-encoding') === 'gzip') resolve(answer);
    else await ask();
  };
  await ask();
  expect(await (await promise).text()).toBe(text);
  const etag = first.headers.get('etag') ?? '';
  expect((await fetch(url, { headers: { 'If-None-Match': etag } })).status).toBe(304);
  expect((await fetch(`${url}nothing`)).status).toBe(404);
  expect((await fetch(`${url}..%2f..%2fetc%2fpasswd`)).status).toBe(404);
  expect((await fetch(url, { method: 'POST' })).status).toBe(405);
});

test('C8 what is served says its protocol and the build of its page, which is that of the page it serves', async () => {
  const { port } = await relayWithRows();
  const url = `http://127.0.0.1:${port}`;
  const answer = await fetch(`${url}/version`);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
  const build = createHash('sha256').update(bytes).digest('base64url').slice(0, 22);
  expect(await answer.json()).toEqual({ protocol: PROTOCOL_VERSION, build });
});

test('healthz is ok at once, readyz when every source is open', async () => {
  const source = new ScriptedSource({ replayable: true });
  const gate = Promise.withResolvers<void>();
  const relay = await startTestRelay({
    replayable: true,
    label: 'a source that opens late',
    async *read(from, signal) {
      yield { kind: 'state', state: { state: 'failed', message: 'no broker answers', fix: 'start it' } };
      await gate.promise;
      yield* source.read(from, signal);
    },
  });
  const url = `http://127.0.0.1:${relay.port}`;
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const early = await fetch(`${url}/readyz`);
  expect([early.status, await early.text()]).toEqual([503, expect.stringMatching(/^events: /)]);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  tab.subscribe('events');
  await tab.message('welcome');
  expect(tab.all('subscribed')).toEqual([]);
  gate.resolve();
  expect((await tab.message('subscribed')).outcome).toBe('fresh');
  expect(await (await fetch(`${url}/readyz`)).text()).toBe('ready\n');
});

test('a socket needs the page’s own origin, or none from loopback', async () => {
  const { port } = await relayWithRows();
  expect(await upgradeStatus(port, {})).toBe('101 Switching Protocols');
  expect(await upgradeStatus(port, { Origin: `http://127.0.0.1:${port}` })).toBe('101 Switching Protocols');
  expect(await upgradeStatus(port, { Origin: 'http://evil.example' })).toBe('403 Forbidden');
  expect(await upgradeStatus(port, { Origin: 'null' })).toBe('403 Forbidden');
  expect(await upgradeStatus(port, {}, '/other')).toBe('404 Not Found');
});

test('X8 a request that a proxy passes on is not from this machine for that', async () => {
  const { port } = await relayWithRows({ allowHosts: ['board.example'] });
  expect(await upgradeStatus(port, { 'X-Forwarded-For': '203.0.113.9' })).toBe('403 Forbidden');
  expect(await upgradeStatus(port, { Host: 'board.example' })).toBe('403 Forbidden');
  const ofPage = { Host: 'board.example', Origin: 'https://board.example', 'X-Forwarded-For': '203.0.113.9' };
  expect(await upgradeStatus(port, ofPage)).toBe('101 Switching Protocols');
});

test('K13 pages of origins that were named may read streams, and nothing else; others may not', async () => {
  const boards = 'https://boards.example';
  const { port } = await relayWithRows({ allowOrigins: [boards] });
  const url = `http://127.0.0.1:${port}`;
  expect(await upgradeStatus(port, { Origin: boards })).toBe('101 Switching Protocols');
  expect(await upgradeStatus(port, { Origin: 'https://boards.example.evil.example' })).toBe('403 Forbidden');
  const shared = async (path: string, origin: string, method = 'GET') => {
    const abort = new AbortController();
    const answer = await fetch(`${url}${path}`, { method, headers: { Origin: origin }, signal: abort.signal });
    abort.abort();
    return [answer.status, answer.headers.get('access-control-allow-origin')];
  };
  expect(await shared('/version', boards)).toEqual([200, boards]);
  expect(await shared('/stream', boards)).toEqual([200, boards]);
  expect(await shared('/stream/name', boards, 'OPTIONS')).toEqual([204, boards]);
  expect(await shared('/version', 'https://evil.example')).toEqual([200, null]);
  expect(await shared('/stream', 'https://evil.example')).toEqual([403, null]);
  expect(await shared('/dead-letters', boards)).toEqual([403, null]);
  expect(await shared('/metrics', boards)).toEqual([200, null]);
});

test('a request by a name that is not this relay’s is refused, however the name came to point here', async () => {
  const { port } = await relayWithRows();
  const evil = `evil.example:${port}`;
  expect(await upgradeStatus(port, { Host: evil, Origin: `http://${evil}` })).toBe('403 Forbidden');
  for (const path of ['/', '/dead-letters', '/metrics']) {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    get({ port, host: '127.0.0.1', path, headers: { Host: evil } }, resolve).on('error', reject);
    const answer = await promise;
    expect(answer.statusCode).toBe(403);
    expect((await answer.toArray()).join('')).toMatch(/does not answer to evil\.example: .*--allow-host evil\.example/);
  }
  const named = await startTestRelay(new ScriptedSource({ replayable: true }), { allowHosts: ['evil.example'] });
  const known = `evil.example:${named.port}`;
  expect(await upgradeStatus(named.port, { Host: known, Origin: `http://${known}` })).toBe('101 Switching Protocols');
  expect(await upgradeStatus(port, { Host: `localhost:${port}`, Origin: `http://localhost:${port}` })).toBe(
    '101 Switching Protocols',
  );
});

test.each([
  ['not JSON', 'nonsense', 'bad_message'],
  ['something else first', { type: 'ping' }, 'bad_message'],
  ['another protocol', { type: 'hello', protocol: 99, creditBytes: 1 }, 'protocol_mismatch'],
  ['unknown keys', { type: 'hello', protocol: 1, creditBytes: 1, sql: 'drop table' }, 'bad_message'],
  ['binary', Buffer.from([1, 2, 3]), 'bad_message'],
])('C7 a hello that is %s is answered with bye', async (_what, message, code) => {
  const { port } = await relayWithRows();
  const tab = await Tab.connect(port);
  tab.send(message);
  expect(await tab.message('bye')).toMatchObject({ code, retry: code !== 'protocol_mismatch' });
  await tab.until(() => tab.closeCode ?? undefined);
});

test('a message beyond 64 KiB closes that socket and no other', async () => {
  const { port } = await relayWithRows();
  const well = await Tab.open(port);
  onTestFinished(() => well.cut());
  const hostile = await Tab.open(port);
  await hostile.message('welcome');
  hostile.send(`"${'x'.repeat(70_000)}"`);
  await hostile.until(() => hostile.closeCode ?? undefined);
  const flood = new WebSocket(`ws://127.0.0.1:${port}/socket`);
  flood.on('error', () => undefined);
  await new Promise((resolve) => flood.once('open', resolve));
  for (let piece = 0; piece < 20; piece++) flood.send('x', { fin: false });
  await new Promise((resolve) => flood.once('close', resolve));
  well.subscribe('events');
  await well.rowsAtLeast(10);
  well.send({ type: 'ping' });
  await well.message('pong');
  well.subscribe('nothing');
  expect((await well.message('fault')).message).toBe('there is no stream "nothing"; there is events');
});

test('P5 what tabs were told is in /metrics, by stream', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 100));
  source.forget(0, 40);
  const { port } = await startTestRelay(source);
  const asks = ['start', { epoch: 'epoch-1', next: { 0: 90 } }, { epoch: 'epoch-1', next: { 0: 10 } }] as const;
  for (const from of [...asks, { epoch: 'another', next: { 0: 5 } }]) {
    const tab = await Tab.open(port);
    onTestFinished(() => tab.cut());
    tab.subscribe('events', from);
    await tab.rowsAtLeast(1);
  }
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const found = text.matchAll(/^highwater_relay_(subscriptions_total|lost_records_told_total)\{(.*)\} (\d+)$/gm);
  expect(Object.fromEntries([...found].map(([, name, labels, count]) => [`${name} ${labels}`, Number(count)]))).toEqual(
    {
      'subscriptions_total stream="events",outcome="fresh"': 1,
      'subscriptions_total stream="events",outcome="resumed"': 1,
      'subscriptions_total stream="events",outcome="gap"': 1,
      'subscriptions_total stream="events",outcome="reset"': 1,
      'lost_records_told_total stream="events"': 30,
    },
  );
});

test('a port in use is told by its number, with another', async () => {
  const { port } = await relayWithRows();
  await expect(startTestRelay(new ScriptedSource({ replayable: true }), { port })).rejects.toMatchObject({
    code: 'port_in_use',
    message: `port ${port} is in use at 127.0.0.1`,
    fix: `stop what uses it, or start with --port ${port + 1}`,
  });
});

test('C4 a stop tells every tab to come back, each at a moment of its own', async () => {
  const relay = await relayWithRows();
  const tabs = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      Tab.open(relay.port, { transport: index % 2 === 0 ? 'http' : 'websocket' }),
    ),
  );
  for (const tab of tabs) tab.subscribe('events');
  await Promise.all(tabs.map((tab) => tab.rowsAtLeast(10)));
  await relay.close();
  const byes = await Promise.all(tabs.map((tab) => tab.message('bye')));
  for (const bye of byes) expect(bye).toMatchObject({ code: 'shutdown', retry: true });
  const waits = byes.map((bye) => bye.retryAfterMs);
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(500);
  expect(new Set(waits).size).toBeGreaterThan(15);
});

test('a board is made when the fields are known, and told to tabs that are there already', async () => {
  const source = new ScriptedSource({ replayable: true });
  const relay = await startTestRelay(source);
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  expect((await tab.message('boards')).boards).toEqual({});
  source.push(0, ...numbered(0, 10));
  const boards = await tab.until(() => tab.all('boards').find((message) => 'events' in message.boards));
  expect(boards.boards.events?.range).toBe('all');
  expect(Object.keys(boards.windows)).toContain('events_by_minute');
});

test('B1 a window of the configuration keeps its name and is shown; the made board’s own gets another', async () => {
  const source = new ScriptedSource({ replayable: true });
  source.push(0, ...numbered(0, 200));
  const window: WindowSpec = {
    from: 'events',
    window: 'tumble(1h)',
    by: [],
    select: { mine: 'count()' },
    late: { allow: '0s' },
  };
  const relay = await startTestRelay(source, { windows: { events_by_minute: window } });
  const tab = await Tab.open(relay.port);
  onTestFinished(() => tab.cut());
  const told = await tab.until(() => tab.all('boards').find((message) => 'events' in message.boards));
  expect(told.windows.events_by_minute).toEqual(window);
  expect(told.windows.events_by_minute_2?.select).toMatchObject({ events: 'count()' });
  const named = told.boards.events?.panels.flatMap((panel) => ('window' in panel ? [panel.window] : []));
  expect(new Set(named)).toEqual(new Set(['events_by_minute', 'events_by_minute_2']));
});
