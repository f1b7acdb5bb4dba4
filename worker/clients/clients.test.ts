import { expect, test } from 'vitest';
import type { Boards, PanelPicture, PanelRequest, Status } from '../../contract/worker-api.ts';
import { rowsOf } from '../../tests/support/requests.ts';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import type { PictureListener } from '../pictures.ts';
import { createClients } from './clients.ts';

const REQUEST: PanelRequest = rowsOf('line');
const PICTURE: PanelPicture = { kind: 'error', message: 'a picture like any other', fix: '' };
const STATUS: Status = shopStatus(0, { state: 'live', sinceMs: 0, transport: 'websocket' });

/** A host that says what is watched on it. */
function fakeHost() {
  const watches = new Map<string, PictureListener>();
  let tellStatus: (status: Status) => void = () => {};
  let tellBoards: (boards: Boards) => void = () => {};
  const host = {
    watches,
    flushes: 0,
    tellStatus: (status: Status) => tellStatus(status),
    tellBoards: (boards: Boards) => tellBoards(boards),
    onStatus(listener: (status: Status) => void) {
      tellStatus = listener;
    },
    onBoards(listener: (boards: Boards) => void) {
      tellBoards = listener;
    },
    watch(id: string, _: PanelRequest, listener: PictureListener) {
      watches.set(id, listener);
    },
    unwatch(id: string) {
      watches.delete(id);
    },
    flush() {
      host.flushes++;
    },
    reconnects: 0,
    reconnect() {
      host.reconnects++;
    },
    status: () => STATUS,
  };
  return host;
}

test('T1 pages watch under the same id without getting in each other’s way', () => {
  const host = fakeHost();
  const clients = createClients(host);
  const drawn: string[] = [];
  const [a, b] = [clients.connect('a'), clients.connect('b')];
  a.watch('panel', REQUEST, () => void drawn.push('a'));
  b.watch('panel', REQUEST, () => void drawn.push('b'));
  for (const show of host.watches.values()) void show(PICTURE);
  expect(drawn).toEqual(['a', 'b']);
  a.unwatch('panel');
  for (const show of host.watches.values()) void show(PICTURE);
  expect(drawn).toEqual(['a', 'b', 'b']);
});

test('T2 pictures are made only for a page that is visible and not paused; the host flushes when none is visible any more', () => {
  const host = fakeHost();
  const clients = createClients(host);
  const [a, b] = [clients.connect('a'), clients.connect('b')];
  a.watch('panel', REQUEST, () => {});
  b.watch('panel', REQUEST, () => {});
  b.setVisible(false);
  expect([host.watches.size, host.flushes]).toEqual([1, 0]);
  a.setPaused(true);
  expect([host.watches.size, host.flushes]).toEqual([0, 0]);
  // What a paused page asks for waits; what it lets go does not come back.
  a.watch('other', REQUEST, () => {});
  a.unwatch('panel');
  a.setVisible(false);
  expect([host.watches.size, host.flushes]).toEqual([0, 1]);
  a.setPaused(false);
  expect(host.watches.size).toBe(0);
  a.setVisible(true);
  expect([[...host.watches.keys()].map((id) => id.split('/').at(-1)), host.flushes]).toEqual([['other'], 1]);
});

test('T1 a page that is gone leaves nothing behind, and its name may come again', () => {
  const host = fakeHost();
  const clients = createClients(host);
  const told: string[] = [];
  const gone = clients.connect('a');
  gone.watch('panel', REQUEST, () => {});
  gone.onStatus(() => void told.push('gone'));
  const again = clients.connect('a');
  again.watch('panel', REQUEST, () => {});
  again.onStatus(() => void told.push('again'));
  gone.close();
  host.tellStatus(STATUS);
  expect([told, host.watches.size]).toEqual([['again'], 1]);
  again.close();
  expect([host.watches.size, host.flushes]).toEqual([0, 1]);
});

test('T1 a page that is slow to take a status gets fewer, and the newest it may have at once', async () => {
  const host = fakeHost();
  const client = createClients(host).connect('a');
  host.tellStatus({ ...STATUS, rows: 1 });
  const told: number[] = [];
  const taken: (() => void)[] = [];
  client.onStatus(({ rows }) => {
    told.push(rows);
    return new Promise((resolve) => taken.push(resolve));
  });
  host.tellStatus({ ...STATUS, rows: 2 });
  host.tellStatus({ ...STATUS, rows: 3 });
  expect(told).toEqual([1]);
  taken[0]?.();
  await Promise.resolve();
  await Promise.resolve();
  host.tellStatus({ ...STATUS, rows: 4 });
  expect(told).toEqual([1, 4]);
});

test('T4 restarts of workers before this one stand before its own', () => {
  const host = fakeHost();
  const earlier = Array.from({ length: 20 }, (_, atMs) => ({ atMs, reason: 'stuck' }));
  const client = createClients(host, earlier).connect('a');
  const told: Status['restarts'][] = [];
  client.onStatus(({ restarts }) => void told.push(restarts));
  host.tellStatus({ ...STATUS, restarts: [{ atMs: 20, reason: 'trap' }] });
  expect(told[0]?.map(({ atMs }) => atMs)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  expect(client.status().restarts).toEqual(earlier);
});

test('C1 a page that does not want to wait for the next attempt asks the host, which is there for all', () => {
  const host = fakeHost();
  createClients(host).connect('a').reconnect();
  expect(host.reconnects).toBe(1);
});
