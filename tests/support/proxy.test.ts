import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { startProxy, type TcpProxy } from './proxy.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface End {
  readonly socket: Socket;
  text(): string;
  /** How it ended; null while it is open. */
  ended(): 'end' | 'reset' | null;
}

function endOf(socket: Socket): End {
  let text = '';
  let ended: 'end' | 'reset' | null = null;
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  socket.on('end', () => {
    ended ??= 'end';
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ECONNRESET') ended = 'reset';
  });
  return { socket, text: () => text, ended: () => ended };
}

async function linked(): Promise<{ proxy: TcpProxy; open: () => Promise<{ client: End; server: End }> }> {
  const accepted: Socket[] = [];
  const target = createServer((socket) => accepted.push(socket));
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const address = target.address();
  const proxy = await startProxy({ target: () => (typeof address === 'object' && address ? address.port : 0) });
  cleanups.push(async () => {
    await proxy.stop();
    for (const socket of accepted) socket.destroy();
    target.close();
  });
  return {
    proxy,
    async open() {
      const socket = connect(proxy.port, '127.0.0.1');
      const client = endOf(socket);
      await once(socket, 'connect');
      const count = accepted.length;
      socket.write('!');
      const taken = await vi.waitFor(() => {
        const found = accepted[count];
        if (!found) throw new Error('not accepted yet');
        return found;
      });
      const server = endOf(taken);
      await vi.waitFor(() => expect(server.text()).toBe('!'));
      return { client, server };
    },
  };
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('bytes pass both ways, and a clean end passes as one', async () => {
  const { proxy, open } = await linked();
  const { client, server } = await open();
  const large = 'x'.repeat(3_000_000);
  server.socket.write(large);
  client.socket.write('up');
  await until(() => expect(client.text()).toHaveLength(large.length));
  await until(() => expect(server.text()).toBe('!up'));
  server.socket.end('last');
  await until(() => expect(client.ended()).toBe('end'));
  expect(client.text().endsWith('last')).toBe(true);
  await until(() => expect(proxy.connections).toHaveLength(0));
});

test('a blackhole tells neither end anything, not even that the other has gone; then all of it comes', async () => {
  const { proxy, open } = await linked();
  const { client, server } = await open();
  proxy.set({ kind: 'blackhole' });
  client.socket.write('into the dark');
  server.socket.end('and out of it');
  await sleep(100);
  expect([client.text(), server.text(), client.ended()]).toEqual(['', '!', null]);
  proxy.set({ kind: 'pass' });
  await until(() => expect([client.text(), client.ended()]).toEqual(['and out of it', 'end']));
  await until(() => expect(server.text()).toBe('!into the dark'));
});

test('a blackhole holds a sender up: what waits is bounded', async () => {
  const { proxy, open } = await linked();
  const { server } = await open();
  proxy.set({ kind: 'blackhole' });
  const sent = Buffer.alloc(64 * 2 ** 20);
  server.socket.write(sent);
  await sleep(200);
  expect(server.socket.writableLength).toBeGreaterThan(sent.length / 2);
});

test('reset is a reset at both ends; a connection of its own leaves the others', async () => {
  const { proxy, open } = await linked();
  const first = await open();
  const second = await open();
  proxy.connections[0]?.reset();
  await until(() => expect([first.client.ended(), first.server.ended()]).toEqual(['reset', 'reset']));
  second.client.socket.write('goes on');
  await until(() => expect(second.server.text()).toBe('!goes on'));
  proxy.resetAll();
  await until(() => expect(second.client.ended()).toBe('reset'));
  expect(proxy.connections).toHaveLength(0);
});

test('a cut ends in the middle, after exactly as many bytes as it says', async () => {
  const { proxy, open } = await linked();
  const { client, server } = await open();
  proxy.cutAll(10);
  server.socket.write('0123456789abcdef');
  await until(() => expect(client.ended()).toBe('end'));
  expect(client.text()).toBe('0123456789');
});

test('latency, bandwidth and slices hold bytes back and keep their order', async () => {
  const { proxy, open } = await linked();
  const { client, server } = await open();
  const text = Array.from({ length: 400 }, (_, index) => `${index},`).join('');
  for (const fault of [
    { kind: 'latency', ms: 30, jitterMs: 30 },
    { kind: 'slicer', bytes: 100, pauseMs: 1 },
    { kind: 'bandwidth', bytesPerSecond: 10_000 },
  ] as const) {
    const before = client.text().length;
    proxy.set(fault);
    const startedMs = performance.now();
    server.socket.write(text.slice(0, 700));
    server.socket.write(text.slice(700));
    await until(() => expect(client.text().slice(before)).toBe(text));
    expect(performance.now() - startedMs).toBeGreaterThan(10);
  }
});

test('refused while nobody listens, and taken again at the same port', async () => {
  const { proxy, open } = await linked();
  const { client, server } = await open();
  await proxy.refuse();
  const refused = connect(proxy.port, '127.0.0.1');
  const [error] = (await once(refused, 'error')) as [NodeJS.ErrnoException];
  expect(error.code).toBe('ECONNREFUSED');
  client.socket.write('still open');
  await until(() => expect(server.text()).toBe('!still open'));
  await proxy.listen();
  await open();
  expect(proxy.accepted).toBe(2);
});
