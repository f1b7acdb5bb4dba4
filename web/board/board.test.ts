import { expect, test } from 'vitest';
import type { ConnectionStatus, Status, StreamStatus } from '../../contract/worker-api.ts';
import { layOut } from './layout.ts';
import { awaited, notices } from './notices.ts';
import { summarize } from './status-summary.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 3, 5);
const UTC = { timeZone: 'UTC' };
const stream = (change: Partial<StreamStatus> = {}): StreamStatus => ({
  positions: null,
  watermark: null,
  watermarkUs: NOW * 1000 - 10e6,
  maxEventTimeUs: NOW * 1000,
  catchingUp: false,
  lag: { records: null, ms: 38 },
  rows: 1,
  memory: 1,
  received: 1,
  released: 0,
  late: 2,
  tooLate: 1,
  duplicates: 0,
  read: 1,
  deadLetters: 0,
  lastDeadLetter: null,
  source: { state: 'live', message: null, fix: null },
  schema: null,
  delivery: null,
  conflated: 0,
  losses: [],
  ...change,
});
const status = (
  streams: Record<string, StreamStatus>,
  connection: Status['connection'] = { state: 'live', sinceMs: 0, transport: 'websocket' },
): Status => ({
  connection,
  clockAheadMs: 0,
  rebuilding: false,
  streams,
  eventsPerSecond: 1,
  rows: 1,
  memory: { usedBytes: 1, budgetBytes: 2 },
  panes: { usedBytes: 1, budgetBytes: 2 },
  windowProblems: [],
  windows: {},
  journal: { state: 'off', bytes: 0, budgetBytes: 0, restoredRows: 0, message: null },
  restarts: [],
});

test('panels fill rows from the left and stand as high as what is above lets them', () => {
  const layout = layOut([
    { w: 12, h: 3 },
    { w: 12, h: 5 },
    { w: 8, h: 2 },
    { w: 16, h: 2 },
  ]);
  expect(layout.placements.map(({ column, row }) => [column, row])).toEqual([
    [1, 1],
    [13, 1],
    [1, 4],
    [9, 6],
  ]);
  expect(layout.rows).toBe(7);
});

test('a panel with a place of its own stands there, and those after it go on from it', () => {
  const { placements, rows } = layOut([
    { w: 6, h: 4, col: 18, row: 2 },
    { w: 6, h: 4 },
    { w: 6, h: 2, col: 18 },
    { w: 12, h: 3, col: 20, row: 0 },
  ]);
  expect(placements.map(({ column, row }) => [column, row])).toEqual([
    [19, 3],
    [1, 1],
    [19, 7],
    [13, 1],
  ]);
  expect(rows).toBe(8);
});

test('one line for all streams: sums where they add up, the worst where they do not', () => {
  const found = summarize(
    status({ a: stream(), b: stream({ watermarkUs: NOW * 1000 - 60e6, lag: { records: 4, ms: 500 } }) }),
    NOW,
  );
  expect(found).toMatchObject({ late: 4, tooLate: 2, lagMs: 500, lagRecords: 4, behindMs: 60_000, replayMs: null });
  expect(summarize(status({ a: stream({ maxEventTimeUs: 1e15 }) }), NOW).replayMs).toBe(1e12);
  expect(summarize(status({ a: stream({ maxEventTimeUs: NOW * 2000 }) }), NOW).aheadMs).toBe(NOW * 2);
});

test('V8 a stream that has ended holds no watermark back; the slowest is named where others are far from it', () => {
  const at = (behindS: number, state: StreamStatus['source']['state'] = 'live') =>
    stream({ watermarkUs: (NOW / 1000 - behindS) * 1e6, source: { state, message: null, fix: null } });
  const found = (streams: Record<string, StreamStatus>) => {
    const { watermarkMs, watermarkOf } = summarize(status(streams), NOW);
    return [NOW - (watermarkMs ?? 0), watermarkOf];
  };
  expect(found({ old: at(86_400, 'ended'), a: at(10), b: at(12) })).toEqual([12_000, null]);
  expect(found({ a: at(10), slow: at(300) })).toEqual([300_000, 'slow']);
  // Of streams that have all ended it is theirs.
  expect(found({ a: at(10, 'ended'), b: at(20, 'ended') })).toEqual([20_000, null]);
});

test('V8 without a connection nothing that goes by the second is shown as if it were now', () => {
  const away = { state: 'waiting', attempt: 1, retryAtMs: NOW, sinceMs: NOW - 5000, reason: 'gone' } as const;
  const of = stream({ lag: { records: 7, ms: 38 }, catchingUp: true });
  expect(summarize(status({ a: of }, away), NOW)).toMatchObject({
    connected: false,
    offlineSinceMs: NOW - 5000,
    catchingUp: false,
    lagMs: null,
    lagRecords: null,
  });
  expect(summarize(status({ a: of }, { state: 'connecting', attempt: 4, sinceMs: NOW - 9000 }), NOW)).toMatchObject({
    connected: false,
    offlineSinceMs: NOW - 9000,
  });
});

test('V8 a stream that is only silent is no replay, and clocks that are apart make neither one nor a clock ahead', () => {
  const old = stream({ maxEventTimeUs: (NOW - 7_200_000) * 1000 });
  const found = (change: Partial<Status>) => {
    const { replayMs, aheadMs } = summarize({ ...status({ a: old }), ...change }, NOW);
    return [replayMs !== null, aheadMs !== null];
  };
  expect(found({})).toEqual([true, false]);
  expect(found({ eventsPerSecond: 0 })).toEqual([false, false]);
  expect(found({ clockAheadMs: 7_200_000 })).toEqual([false, false]);
  expect(found({ clockAheadMs: 14_400_000 })).toEqual([false, true]);
});

test('V8 while the page opens or the engine is replaced, no rate and no lag, and no lost connection', () => {
  const opening = { ...status({}, { state: 'connecting', attempt: 1, sinceMs: NOW }), clockAheadMs: null };
  expect(summarize(opening, NOW)).toMatchObject({ opening: true, opensAlone: false, lagMs: null });
  expect(summarize({ ...status({ a: stream() }), restoring: true }, NOW).opening).toBe(true);
  expect(summarize({ ...status({ a: stream() }), rebuilding: true }, NOW)).toMatchObject({
    rebuilding: true,
    lagMs: null,
    lagRecords: null,
  });
});

test('V8 a page that loads what it kept says so when the relay does not answer', () => {
  const alone = (connection: Partial<ConnectionStatus>, restoring = true) =>
    summarize({ ...status({ a: stream() }, connection as ConnectionStatus), restoring }, NOW).opensAlone;
  expect([
    alone({ state: 'connecting', attempt: 1, sinceMs: NOW }),
    alone({ state: 'connecting', attempt: 2, sinceMs: NOW }),
    alone({ state: 'waiting', sinceMs: NOW }),
    alone({ state: 'waiting', sinceMs: NOW }, false),
    alone({ state: 'live' }),
  ]).toEqual([false, true, true, false, false]);
});

test('V8 while history is read there is no lag to tell', () => {
  const reading = stream({ catchingUp: true, lag: { records: 9, ms: 4000 } });
  expect(summarize(status({ a: stream(), b: reading }), NOW)).toMatchObject({
    catchingUp: true,
    lagMs: null,
    lagRecords: 9,
  });
  // Of the one furthest behind it is said how far it has come, and how old that is unless it is history anyway.
  const at = (agoMs: number, catchingUp: boolean) => stream({ catchingUp, maxEventTimeUs: (NOW - agoMs) * 1000 });
  const read = (...streams: StreamStatus[]) => {
    const { readMs, readAgeMs } = summarize(status(Object.fromEntries(streams.map((one, n) => [`s${n}`, one]))), NOW);
    return [readMs === null ? null : NOW - readMs, readAgeMs];
  };
  expect(read(at(240_000, true), at(120_000, true), at(900_000, false))).toEqual([240_000, 240_000]);
  expect(read(at(86_400_000, true))).toEqual([86_400_000, null]);
  expect(read(at(240_000, false))).toEqual([null, null]);
});

test('C3 a lost connection says what happened, since when and when it is tried again', () => {
  const [notice] = notices(
    status(
      {},
      {
        state: 'waiting',
        attempt: 3,
        retryAtMs: NOW + 4000,
        sinceMs: NOW - 42_000,
        reason: 'the relay did not answer',
      },
    ),
    NOW,
    UTC,
  );
  expect(notice).toMatchObject({ id: 'waiting', tone: 'down', what: 'Disconnected', dismissable: false });
  expect(notice?.more).toContain('since 12:02:23: the relay did not answer. Attempt 4 in 4 s');
});

test('P5 a loss is told with its reason and what is missing, and may be put away', () => {
  const losses = [{ kind: 'gap', atMs: NOW, reason: 'the ring was too short', missing: 1204 }] as const;
  const [notice] = notices(status({ a: stream({ losses }) }), NOW, UTC);
  expect(notice).toMatchObject({ what: 'Gap in a', dismissable: true });
  expect(notice?.more).toMatch(/12:03:05: the ring was too short\. 1.204 records are missing\./);
});

test('a source that failed says the fix; an empty one says what is awaited', () => {
  const failed = { state: 'failed', message: 'No broker at localhost:9092', fix: 'Start Kafka.' } as const;
  expect(notices(status({ a: stream({ source: failed }) }), NOW, UTC)[0]).toMatchObject({
    what: 'Source of a failed',
    more: 'No broker at localhost:9092. Start Kafka.',
  });
  const unreachable = { ...failed, message: 'no Kafka broker answers at localhost:9092 (ECONNREFUSED)' };
  expect(notices(status({ a: stream({ received: 0, read: 0, source: unreachable }) }), NOW, UTC)[0]?.what).toBe(
    'Source of a is not reachable yet, trying again',
  );
  expect(notices(status({ a: stream({ received: 0, read: 0 }) }), NOW, UTC)[0]?.what).toBe(
    'Waiting for the first record of a',
  );
  expect(notices(status({ a: stream() }), NOW, UTC)).toEqual([]);
});

test('V13 one trouble of many streams is one notice that names them', () => {
  const noRoom = (name: string) =>
    stream({
      source: {
        state: 'failed',
        message: 'reading stands still: its log cannot be written (no space left on device)',
        fix: `make room on the disk of .highwater/${name}/log`,
      },
    });
  const all = Object.fromEntries(['a1', 'b1', 'c1'].map((name) => [name, noRoom(name)]));
  expect(notices(status(all), NOW, UTC)).toMatchObject([
    {
      what: 'Sources of a1, b1 and c1 failed',
      more: 'reading stands still: its log cannot be written (no space left on device). make room on the disk of .highwater/a1/log. Likewise the others.',
    },
  ]);
  const many = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`s${at}`, stream({ received: 0, read: 0 })]));
  expect(notices(status(many), NOW, UTC).map(({ what }) => what)).toEqual([
    'Waiting for the first record of s0, s1, s2, s3 and 4 more',
  ]);
  // Letters of a name in other words are no name.
  const unread = (name: string, message: string) =>
    stream({ received: 0, read: 0, source: { state: 'connecting', message: `${message} of ${name}`, fix: null } });
  const whats = (streams: Record<string, StreamStatus>) => notices(status(streams), NOW, UTC).map(({ what }) => what);
  expect(whats({ a: unread('a', 'reading the tail'), b: unread('b', 'reading the tail') })).toEqual([
    'Waiting for the first record of a and b',
  ]);
  expect(whats({ orders: unread('orders', 'orders-log'), stock: unread('stock', 'stock-log') })).toHaveLength(2);
  // What is the same word by word is the same, whatever the streams are called.
  const full = (received: number) =>
    stream({ received, source: { state: 'failed', message: 'its log cannot be written', fix: null } });
  expect(whats({ orders: full(1), log: full(1) })).toEqual(['Sources of orders and log failed']);
  const source = { state: 'ended', message: null, fix: null } as const;
  expect(
    whats({
      a: stream({ received: 0, read: 0, source }),
      b: stream({ received: 0, read: 0, source: { ...source, state: 'live' } }),
    }),
  ).toEqual(['No record in a', 'Waiting for the first record of b']);
  const gap = (atMs: number, missing: number | null) => ({
    kind: 'gap' as const,
    atMs,
    reason: 'it restarted',
    missing,
  });
  const lost = {
    a: stream({ losses: [gap(NOW, 4)] }),
    b: stream({ losses: [gap(NOW - 90_000, 1), gap(NOW + 20, 8)] }),
  };
  expect(notices(status(lost), NOW, UTC).map(({ what, more }) => [what, more])).toEqual([
    ['Gap in a and b', '12:03:05: it restarted. 12 records are missing.'],
    ['Gap in b', '12:01:35: it restarted. 1 record is missing.'],
  ]);
});

test('V13 once the relay is gone, that is the trouble, and not what it said of its sources before', () => {
  const away = { state: 'waiting', attempt: 3, retryAtMs: NOW, sinceMs: NOW, reason: 'gone' } as const;
  const failed = { state: 'failed', message: 'no broker', fix: null } as const;
  const streams = { a: stream({ source: failed }), b: stream({ received: 0, read: 0 }) };
  expect(notices(status(streams, away), NOW, UTC).map(({ what }) => what)).toEqual(['Disconnected']);
  // And it stays while another attempt is made.
  const trying = notices(status(streams, { state: 'connecting', attempt: 4, sinceMs: NOW - 9000 }), NOW, UTC);
  expect(trying).toMatchObject([
    { id: 'waiting', what: 'Disconnected', more: expect.stringContaining('Attempt 4 now') },
  ]);
  const first = { state: 'connecting', attempt: 1, sinceMs: NOW - 300 } as const;
  expect(notices(status(streams, first), NOW, UTC).map(({ what }) => what)).toEqual(['Disconnected']);
  expect(notices({ ...status({}, first), clockAheadMs: null }, NOW, UTC)).toEqual([]);
});

test('V6 a window that cannot run is told by name, with the reason and the fix', () => {
  const windowProblems = [{ window: 'w2', message: 'There is no field nope', fix: 'Use one of: n, t.' }];
  expect(notices({ ...status({ a: stream() }), windowProblems }, NOW, UTC)).toMatchObject([
    { what: 'Window w2 does not run', more: 'There is no field nope. Use one of: n, t.' },
  ]);
});

test('N5 a window with more groups than there is room for is told, with how many rows', () => {
  const window = {
    from: 'a',
    tooLateRows: 0,
    tooLateAssignments: 0,
    duplicateRows: 0,
    forgottenEvents: 0,
    foldedRows: 12_345,
    droppedRows: 0,
    rowsWithoutGap: 0,
    groups: 10,
    maxGroups: 10,
    keptFromUs: null,
    coarseBeforeUs: null,
  };
  const told = (of: Partial<typeof window>) =>
    notices({ ...status({ a: stream() }), windows: { w: { ...window, ...of } } }, NOW, UTC);
  expect(told({})).toMatchObject([{ what: 'Window w has too many groups', more: expect.stringContaining('12,345') }]);
  expect(told({ foldedRows: 0, droppedRows: 7 })[0]?.more).toContain('left out');
  expect(told({ foldedRows: 0 })).toEqual([]);
  expect(told({ foldedRows: 0, forgottenEvents: 1234 })).toMatchObject([
    { more: '1,234 events of w were forgotten before their time: some may be counted twice. Shorten `dedup.within`.' },
  ]);
});

test('V7 when every record is rejected, how many, why the last and where to see them are told', () => {
  const rejected = stream({ received: 0, read: 1204, deadLetters: 1204, lastDeadLetter: 'no time field' });
  const [notice] = notices(status({ 'a b': rejected }), NOW, UTC);
  expect(notice).toMatchObject({
    what: 'No record of a b could become a row',
    link: { href: 'dead-letters?stream=a%20b' },
  });
  expect(notice?.more).toMatch(/^1.204 read, every one rejected\. The last: no time field\.$/);
  const both = notices(status({ a: rejected, b: { ...rejected, deadLetters: 1300, read: 1300 } }), NOW, UTC);
  expect(both).toMatchObject([
    {
      what: 'No record of a and b could become a row',
      more: expect.stringMatching(/^2.504 read/),
      link: { href: 'dead-letters' },
    },
  ]);
  const two = { a: rejected, b: { ...rejected, lastDeadLetter: 'invalid JSON' } };
  expect(notices(status(two), NOW, UTC)).toHaveLength(2);
  // Rows are on their way: nobody waits for a first record.
  expect(notices(status({ a: { ...rejected, read: 1300 } }), NOW, UTC)).toEqual([]);
  const ended = stream({ received: 0, read: 0, source: { state: 'ended', message: null, fix: null } });
  expect(notices(status({ a: ended }), NOW, UTC)[0]?.what).toBe('No record in a');
});

test('V7 without a board the page says what will stand there and what it waits for', () => {
  expect(awaited(status({ a: stream({ received: 0, read: 0 }), b: stream() }))).toMatch(
    /appears here.*first record of a …$/,
  );
  const failed = { state: 'failed', message: 'no broker', fix: null } as const;
  expect(awaited(status({ a: stream({ received: 0, read: 0, source: failed }) }))).toMatch(/once a can be read/);
  expect(awaited(status({}, { state: 'connecting', attempt: 1, sinceMs: NOW }))).toMatch(/once the relay has told/);
});
