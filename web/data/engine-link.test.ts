import { type Remote, releaseProxy } from 'comlink';
import { expect, test } from 'vitest';
import type { Position } from '../../contract/protocol/position.ts';
import type { Boards, PageApi, PanelPicture, PanelRequest, Row, Status } from '../../contract/worker-api.ts';
import { shopStatus } from '../../tests/web/fixture/shop.ts';
import { createEngineLink } from './engine-link.ts';

const REQUEST: PanelRequest = { kind: 'rows', stream: 'line', columns: null, limit: 1, filters: [] };
const PICTURE: PanelPicture = { kind: 'error', message: 'a picture like any other', fix: '' };
const NEVER = new Promise<never>(() => {});

/** A worker as a page sees it; it answers queries and status only when it is given rows. */
function fakeWorker(rows: number | null = null) {
  const watches = new Map<string, (picture: PanelPicture) => unknown>();
  const heard: string[] = [];
  let tell: (status: Status) => void = () => {};
  const api: PageApi = {
    ping: async () => {},
    async onStatus(listener) {
      tell = listener;
    },
    async onBoards(listener) {
      listener({ boards: {}, windows: {}, playlists: {}, problems: [], made: [] } satisfies Boards);
    },
    async watch(id, _, listener) {
      watches.set(id, listener);
    },
    async unwatch(id) {
      watches.delete(id);
    },
    async setVisible(visible) {
      heard.push(`visible ${visible}`);
    },
    async setPaused(paused) {
      heard.push(`paused ${paused}`);
    },
    async reconnect() {
      heard.push('reconnect');
    },
    query: () => (rows === null ? NEVER : Promise.resolve<Row[]>([{ rows }])),
    status: () => (rows === null ? NEVER : Promise.resolve(statusAt(rows))),
  };
  return {
    api: Object.assign(api, { [releaseProxy]: () => heard.push('released') }) as unknown as Remote<PageApi>,
    watches,
    heard,
    /** Draws all that is watched, as engines do while they read. */
    make() {
      for (const show of watches.values()) void show(PICTURE);
    },
    tell: (status: Status) => tell(status),
  };
}

/** An engine that has counted so far, of `epoch`. */
function statusAt(next: number, change: { readonly epoch?: string; readonly catchingUp?: boolean } = {}): Status {
  const status = shopStatus(0, { state: 'live', sinceMs: 0, transport: 'websocket' });
  const { epoch = 'e', catchingUp = false } = change;
  const streams = Object.values(status.streams).map((stream) => [
    'line',
    { ...stream, catchingUp, positions: { epoch, next: { 0: next } } },
  ]);
  return { ...status, rows: next, streams: Object.fromEntries(streams) };
}

function open() {
  const problems: unknown[] = [];
  const link = createEngineLink((error) => problems.push(error));
  return { link, problems };
}

/** A page with one picture on its screen, of an engine that stood at 100. */
async function shown() {
  const page = { ...open(), drawn: 0 };
  const first = fakeWorker(100);
  page.link.watch('panel', REQUEST, () => void page.drawn++);
  page.link.attach(first.api);
  first.tell(statusAt(100));
  await first.watches.get('panel')?.(PICTURE);
  page.drawn = 0;
  return Object.assign(page, { first });
}

test('T3 what is on the screen stays until the next engine stands where the last one stood', async () => {
  const page = await shown();
  page.link.detach();
  const next = fakeWorker();
  page.link.attach(next.api);
  let drawnNew = 0;
  page.link.watch('new', REQUEST, () => void drawnNew++);
  next.tell(statusAt(20, { catchingUp: true }));
  next.make();
  next.tell(statusAt(99, { catchingUp: true }));
  next.make();
  // Both are looked at, and read first.
  expect([...next.watches.keys()]).toEqual(['panel', 'new']);
  expect([page.drawn, drawnNew]).toEqual([0, 2]);
  next.tell(statusAt(100, { catchingUp: true }));
  next.make();
  expect([page.drawn, drawnNew]).toEqual([1, 3]);
  expect(page.problems).toEqual([]);
});

test('T3 an engine lost before it stood there changes nothing of what must be reached', async () => {
  const page = await shown();
  for (const rows of [30, 60]) {
    page.link.detach();
    const lost = fakeWorker();
    page.link.attach(lost.api);
    lost.tell(statusAt(rows, { catchingUp: true }));
    lost.make();
  }
  page.link.detach();
  const next = fakeWorker();
  page.link.attach(next.api);
  next.tell(statusAt(99, { catchingUp: true }));
  next.make();
  expect(page.drawn).toBe(0);
  next.tell(statusAt(101));
  next.make();
  expect(page.drawn).toBe(1);
});

test('T3 where the past is another, or no more will come, there is nothing to wait for', async () => {
  const other = await shown();
  other.link.detach();
  const reset = fakeWorker();
  other.link.attach(reset.api);
  reset.tell(statusAt(3, { epoch: 'another' }));
  reset.make();
  expect(other.drawn).toBe(1);

  const cut = await shown();
  cut.link.detach();
  const less = fakeWorker();
  cut.link.attach(less.api);
  for (let told = 1; told < 10; told++) less.tell(statusAt(50));
  less.make();
  expect(cut.drawn).toBe(0);
  less.tell(statusAt(50));
  less.make();
  expect(cut.drawn).toBe(1);
});

test('T3 without a relay what this browser kept is as far as it comes; of nothing kept, the picture stays', async () => {
  const away = { state: 'waiting', attempt: 2, retryAtMs: 0, sinceMs: 0, reason: 'no answer' } as const;
  const drawnAfter = async (status: Status) => {
    const page = await shown();
    page.link.detach();
    const next = fakeWorker();
    page.link.attach(next.api);
    for (let told = 0; told < 10; told++) next.tell({ ...status, connection: away });
    next.make();
    return page.drawn;
  };
  expect(await drawnAfter(statusAt(98))).toBe(1);
  expect(await drawnAfter({ ...statusAt(98), restoring: true })).toBe(0);
  expect(await drawnAfter({ ...statusAt(98), streams: {} })).toBe(0);
});

test('V62 a picture of before the page was opened stays until the engine is as far, or boards are others', async () => {
  const opened = (positions: Position | null) => {
    const page = open();
    let drawn = 0;
    page.link.watch('panel', REQUEST, () => void drawn++);
    const held = page.link.hold('panel', { stream: 'line', positions });
    const worker = fakeWorker();
    page.link.attach(worker.api);
    return { ...page, worker, held, drawn: () => drawn };
  };
  const reload = opened({ epoch: 'e', next: { 0: 100 } });
  expect(reload.held).toBe(true);
  reload.worker.tell(statusAt(99));
  reload.worker.make();
  expect(reload.drawn()).toBe(0);
  reload.worker.tell(statusAt(100));
  reload.worker.make();
  expect(reload.drawn()).toBe(1);
  expect(reload.link.hold('panel', { stream: 'line', positions: null })).toBe(false);

  const others = opened({ epoch: 'e', next: { 0: 100 } });
  others.worker.tell(statusAt(3));
  others.link.letGo();
  others.worker.make();
  expect(others.drawn()).toBe(1);

  const unknown = opened(null);
  unknown.worker.tell(statusAt(3));
  unknown.worker.make();
  expect(unknown.drawn()).toBe(1);
});

/** Where an engine stands in several streams; null: it has nothing of one. */
function standing(next: Readonly<Record<string, number | null>>, change: Partial<Status> = {}): Status {
  const [stream] = Object.values(statusAt(0).streams);
  if (!stream) throw new Error('the fixture has a stream');
  const streams = Object.entries(next).map(([name, offset]) => {
    const positions = offset === null ? null : { epoch: 'e', next: { 0: offset } };
    return [name, { ...stream, positions }];
  });
  return { ...statusAt(0), ...change, streams: Object.fromEntries(streams) };
}

const at = (stream: string, next: number) => ({ stream, positions: { epoch: 'e', next: { 0: next } } });

test('V62 of pictures kept at several times the newest is reached first, and what stood on the screen as well', () => {
  const page = open();
  const worker = fakeWorker();
  const drawn: string[] = [];
  for (const id of ['old', 'new']) page.link.watch(id, REQUEST, () => void drawn.push(id));
  page.link.hold('old', at('A', 5));
  page.link.hold('new', at('A', 100));
  page.link.attach(worker.api);
  worker.tell(standing({ A: 6 }));
  worker.make();
  expect(drawn).toEqual([]);
  worker.tell(standing({ A: 100, B: 7 }));
  worker.make();
  expect(drawn).toEqual(['old', 'new']);
  // No engine for a time, and another stretch is looked at, which was kept long ago.
  page.link.detach();
  page.link.watch('other', REQUEST, () => void drawn.push('other'));
  expect(page.link.hold('other', at('B', 1))).toBe(true);
  const next = fakeWorker();
  page.link.attach(next.api);
  next.tell(standing({ A: 10, B: 2 }));
  next.make();
  expect(drawn).toEqual(['old', 'new']);
});

test('V62 while the journal is read back nothing is reached that has not begun, and what is kept may still be shown', () => {
  const page = open();
  const worker = fakeWorker();
  let drawn = 0;
  page.link.attach(worker.api);
  worker.tell(standing({}, { restoring: true }));
  expect(page.link.current).toBe(false);
  page.link.watch('panel', REQUEST, () => void drawn++);
  expect(page.link.hold('panel', at('line', 100))).toBe(true);
  worker.tell(standing({}, { restoring: true }));
  worker.make();
  expect(drawn).toBe(0);
  worker.tell(standing({ line: 100 }, { restoring: true }));
  worker.make();
  expect(drawn).toBe(1);
});

test('T3 a stream without rows, or of another board that is read for long, is waited for by nobody', () => {
  const away = { state: 'waiting', attempt: 2, retryAtMs: 0, sinceMs: 0, reason: 'no answer' } as const;
  const drawnAfter = (kept: Status, told: Status) => {
    const page = open();
    let drawn = 0;
    page.link.watch('panel', REQUEST, () => void drawn++);
    const first = fakeWorker();
    page.link.attach(first.api);
    first.tell(kept);
    first.make();
    page.link.detach();
    const next = fakeWorker();
    page.link.attach(next.api);
    for (let status = 0; status < 10; status++) next.tell(told);
    next.make();
    return drawn - 1;
  };
  expect(drawnAfter(standing({ A: 100, empty: null }), standing({ A: 98 }, { connection: away }))).toBe(1);
  const { streams } = standing({ A: 98, X: null });
  const reading = Object.fromEntries(
    Object.entries(streams).map(([name, stream]) => [name, { ...stream, catchingUp: name === 'X' }]),
  );
  expect(drawnAfter(standing({ A: 100 }), { ...statusAt(0), streams: reading })).toBe(1);
});

test('C1 the engine there is now is asked not to wait for the next attempt; the next one is not', async () => {
  const { link, first } = await shown();
  link.reconnect();
  link.detach();
  link.reconnect();
  const next = fakeWorker();
  link.attach(next.api);
  expect(first.heard.filter((one) => one === 'reconnect')).toHaveLength(1);
  expect(next.heard).not.toContain('reconnect');
});

test('T3 flags, boards and status are asked of the next engine; the last one is let go and no longer heard', async () => {
  const { link, first } = await shown();
  const told: number[] = [];
  let boards = 0;
  link.onStatus(({ rows }) => void told.push(rows));
  link.onBoards(() => boards++);
  link.setVisible(false);
  link.setPaused(true);
  link.detach();
  link.setPaused(false);
  const next = fakeWorker();
  link.attach(next.api);
  expect(first.heard).toEqual(['visible true', 'paused false', 'visible false', 'paused true', 'released']);
  expect(next.heard).toEqual(['visible false', 'paused false']);
  first.tell(statusAt(1000));
  next.tell(statusAt(7));
  expect([told, boards, link.newest?.rows]).toEqual([[7], 1, 7]);
});

test('T3 a status asked of an engine that is lost is the next one’s; a query is told to be asked again', async () => {
  const { link } = open();
  const status = link.status();
  const first = fakeWorker();
  link.attach(first.api);
  const query = link.query('SELECT 1');
  await Promise.resolve();
  link.detach();
  link.attach(fakeWorker(5).api);
  expect((await status).rows).toBe(5);
  await expect(query).rejects.toThrow(/started again.*\n.*Ask again/);
  expect(await link.query('SELECT 1')).toEqual([{ rows: 5 }]);
});

test('T1 what fails while it is drawn is told on this page, and the worker goes on', async () => {
  const { link, problems } = open();
  const worker = fakeWorker();
  link.attach(worker.api);
  link.watch('panel', REQUEST, () => {
    throw new Error('a chart that cannot be drawn');
  });
  await worker.watches.get('panel')?.(PICTURE);
  expect(problems).toEqual([new Error('a chart that cannot be drawn')]);
});

test('T4 without an engine, what is asked is refused with the newest reason, until there is one again', async () => {
  const { link } = open();
  const [status, query] = [link.status(), link.query('SELECT 1')];
  const asked = Promise.allSettled([status, query]);
  link.fail({ message: 'It could not be started.', fix: 'Wait.' });
  for (const { status: end, ...answer } of await asked)
    expect([end, answer]).toEqual(['rejected', { reason: new Error('It could not be started.\nWait.') }]);
  link.fail({ message: 'It failed too often.', fix: 'Reload.' });
  await expect(link.status()).rejects.toThrow('It failed too often.\nReload.');
  link.attach(fakeWorker(5).api);
  expect((await link.status()).rows).toBe(5);
  link.detach();
  const waits = link.status();
  link.attach(fakeWorker(6).api);
  expect((await waits).rows).toBe(6);
});

test('T4 a status asked of an engine that fails for good is refused, and does not wait for another', async () => {
  const { link } = open();
  link.attach(fakeWorker().api);
  const status = link.status();
  link.fail({ message: 'It failed too often.', fix: 'Reload.' });
  await expect(status).rejects.toThrow('It failed too often.\nReload.');
});
