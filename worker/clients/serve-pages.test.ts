import { proxy, wrap } from 'comlink';
import { expect, onTestFinished, test } from 'vitest';
import type { PageApi, PanelRequest } from '../../contract/worker-api.ts';
import { rowsOf } from '../../tests/support/requests.ts';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import { type Clients, createClients } from './clients.ts';
import { servePages } from './serve-pages.ts';

const REQUEST: PanelRequest = rowsOf('line');

/** A host that says what is watched on it, pages that come and go, and an engine that is up when a test says so. */
function serving() {
  const watched = new Set<string>();
  const asked: string[] = [];
  const leave = new Map<string, () => void>();
  const clients = createClients({
    onStatus: () => {},
    onBoards: (listener) => listener({ boards: {}, windows: {}, playlists: {}, problems: [], made: [] }),
    watch: (id) => void watched.add(id.split('/').at(-1) ?? ''),
    unwatch(id) {
      watched.delete(id.split('/').at(-1) ?? '');
      return null;
    },
    flush: () => {},
    reconnect: () => {},
    status: () => shopStatus(0, { state: 'live', sinceMs: 0, transport: 'websocket' }),
  });
  const up = Promise.withResolvers<Clients>();
  const serve = servePages(
    async (page) => ({ client: (await up.promise).connect(page), query: async () => [] }),
    (page) => {
      asked.push(page);
      return new Promise<void>((resolve) => leave.set(page, resolve));
    },
  );
  return {
    watched,
    asked,
    isUp: () => up.resolve(clients),
    leave: (page: string) => leave.get(page)?.(),
    /** A page's end of a new port, and what is answered for it. */
    open(page: string) {
      const { port1, port2 } = new MessageChannel();
      onTestFinished(() => port1.close());
      const served = serve(page, port2);
      return { api: wrap<PageApi>(port1), served };
    },
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

test('T1 a page that gives another port is waited for once, and ends without an error', async () => {
  const { watched, asked, isUp, leave, open } = serving();
  isUp();
  const first = open('a');
  await first.api.watch(
    'before',
    REQUEST,
    proxy(() => {}),
  );
  const second = open('a');
  await second.served;
  await second.api.watch(
    'after',
    REQUEST,
    proxy(() => {}),
  );
  expect([...watched]).toEqual(['after']);
  expect(asked).toEqual(['a']);
  leave('a');
  await first.served;
  expect([...watched]).toEqual([]);
  const again = open('a');
  expect(asked).toEqual(['a', 'a']);
  await again.api.status();
});

test('T1 a page that is gone before the engine is up leaves nothing behind', async () => {
  const { watched, isUp, leave, open } = serving();
  const gone = open('a');
  const listener = proxy(() => {});
  gone.api.watch('panel', REQUEST, listener).catch(() => undefined);
  // Its port keeps the order: what was asked before is heard.
  await gone.api.ping();
  leave('a');
  await gone.served;
  const stays = open('b');
  void stays.api.watch(
    'other',
    REQUEST,
    proxy(() => {}),
  );
  await stays.api.ping();
  isUp();
  await settle();
  expect([...watched]).toEqual(['other']);
});

test('T1 a page that cannot take boards is the only one that says so', async () => {
  const { isUp, open } = serving();
  isUp();
  const told: unknown[] = [];
  const { api } = open('a');
  await api.onBoards(
    proxy(() => {
      throw new RangeError('no such board');
    }),
  );
  await api.onBoards(proxy((boards) => void told.push(boards)));
  await settle();
  expect(told).toEqual([{ boards: {}, windows: {}, playlists: {}, problems: [], made: [] }]);
});
