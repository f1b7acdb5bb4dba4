import { expect, test } from 'vitest';
import { PanelSchema } from '../../contract/spec/panel.ts';
import { type WindowSpec, WindowSpecSchema } from '../../contract/spec/window.ts';
import type { Filter, PanelPicture, Status, StreamStatus, TimeView, WindowStatus } from '../../contract/worker-api.ts';
import { waitingWords } from './waiting-words.ts';

const NOON_MS = Date.UTC(2026, 4, 12, 12);
const window = (change: Partial<WindowSpec> = {}) =>
  WindowSpecSchema.parse({ from: 'orders', window: 'tumble(1m)', select: { n: 'count()' }, ...change });
const windows = { w: window(), paid: window({ where: "state = 'paid'" }), of_w: window({ from: 'w' }) };
const stream = (change: Partial<StreamStatus> = {}): StreamStatus => ({
  positions: null,
  watermark: null,
  watermarkUs: null,
  maxEventTimeUs: null,
  catchingUp: false,
  lag: { records: null, ms: null },
  rows: 0,
  memory: 0,
  received: 0,
  released: 0,
  late: 0,
  tooLate: 0,
  duplicates: 0,
  read: 0,
  deadLetters: 0,
  lastDeadLetter: null,
  source: { state: 'live', message: null, fix: null },
  schema: null,
  delivery: null,
  conflated: 0,
  losses: [],
  ...change,
});
const status = (streams: Record<string, StreamStatus>, change: Partial<Status> = {}): Status => ({
  connection: { state: 'live', sinceMs: 0, transport: 'websocket' },
  clockAheadMs: 0,
  rebuilding: false,
  streams,
  eventsPerSecond: 0,
  rows: 0,
  memory: { usedBytes: 1, budgetBytes: 2 },
  panes: { usedBytes: 1, budgetBytes: 2 },
  windowProblems: [],
  windows: {},
  journal: { state: 'off', bytes: 0, budgetBytes: 0, restoredRows: 0, message: null },
  restarts: [],
  ...change,
});
const counters = (change: Partial<WindowStatus> = {}): WindowStatus => ({
  from: 'orders',
  tooLateRows: 0,
  tooLateAssignments: 0,
  duplicateRows: 0,
  forgottenEvents: 0,
  foldedRows: 0,
  droppedRows: 0,
  rowsWithoutGap: 0,
  groups: 0,
  maxGroups: 10,
  keptFromUs: null,
  coarseBeforeUs: null,
  ...change,
});
const bars = (
  rows: readonly { key: string; value: number | null }[],
  maxEventTimeUs: number | null = 1,
): PanelPicture => ({
  kind: 'fold',
  fromUs: null,
  untilUs: null,
  unfiltered: [],
  stream: 'orders',
  maxEventTimeUs,
  watermarkUs: null,
  receivedAtMs: 1,
  sealedAtMs: 1,
  windowSizeUs: 60e6,
  stepUs: 60e6,
  rows,
  rest: { keys: 0, value: null },
  versus: null,
  spark: null,
  relativeError: 0,
});
interface Change {
  readonly window?: string;
  readonly over?: string;
  readonly picture?: PanelPicture;
  readonly view?: Partial<TimeView>;
  readonly filters?: readonly Filter[];
}
const words = (now: Status | null, change: Change = {}) => {
  const panel = PanelSchema.parse({
    kind: 'barlist',
    title: 't',
    w: 6,
    h: 6,
    window: change.window ?? 'w',
    value: 'n',
    label: 'state',
    over: change.over,
  });
  return waitingWords({
    panel,
    windows,
    status: now,
    picture: change.picture,
    view: { span: 900e6, until: 'newest', earlierUs: 0, ...change.view },
    filters: change.filters ?? [],
    nowMs: NOON_MS + 3_600_000,
    zone: { timeZone: 'UTC' },
  });
};

test('V12 before the first record it says what is awaited, and nothing else', () => {
  expect(words(status({ orders: stream() }))?.what).toBe(
    'One bar per state stands here with the first record of orders.',
  );
  const empty = { state: 'live', message: 'the topic is empty', fix: 'produce a record to it' } as const;
  expect(words(status({ orders: stream({ source: empty }) }))).toMatchObject({
    what: expect.stringContaining('the topic is empty.'),
    next: 'produce a record to it',
  });
});

test('V12 nobody waits for a first record where that is not what is missing', () => {
  const failed = { state: 'failed', message: 'no broker answers', fix: 'start Kafka' } as const;
  expect(words(status({ orders: stream({ source: failed }) }))).toMatchObject({
    what: 'The source of orders failed: no broker answers.',
    next: 'start Kafka',
  });
  const rejected = stream({ read: 1204, deadLetters: 1204, lastDeadLetter: 'no time field' });
  expect(words(status({ orders: rejected }))).toMatchObject({
    what: 'None of the 1,204 records of orders could become a row, the last: no time field.',
    link: { href: 'dead-letters?stream=orders' },
  });
  const ended = stream({ source: { state: 'ended', message: 'read to its end', fix: null } });
  expect(words(status({ orders: ended }))?.what).toBe('orders was read to its end: it has no records.');
  const away = { state: 'waiting', attempt: 1, retryAtMs: 0, sinceMs: 0, reason: 'gone' } as const;
  expect(words(status({ orders: stream() }, { connection: away }))?.what).toMatch(/the relay is not reached/);
  expect(words(status({ others: stream() }))).toMatchObject({
    what: 'The relay serves no stream orders.',
    next: expect.stringContaining('others'),
  });
  const reset = { kind: 'reset', atMs: 0, reason: 'the topic was created again', missing: null } as const;
  expect(words(status({ orders: stream({ received: 9, losses: [reset] }) }), { picture: bars([], null) })?.what).toBe(
    'orders began again, and nothing has come since: the topic was created again.',
  );
});

test('V12 a stream with rows of which none is in the window says why, and what to do', () => {
  const full = (of: Partial<WindowStatus> = {}) =>
    status(
      { orders: stream({ received: 4200, maxEventTimeUs: 1 }) },
      { windows: { w: counters(of), paid: counters(of), of_w: counters(of) } },
    );
  const none = { picture: bars([]) };
  expect(words(full(), { ...none, window: 'paid' })).toMatchObject({
    what: 'None of the 4,200 events of orders counts here.',
    next: expect.stringContaining("correct where: state = 'paid' of the window paid"),
  });
  expect(words(full({ groups: 3 }), { ...none, window: 'paid' })).toMatchObject({
    what: 'No event that counts here is in the last 15 min; there were earlier ones.',
    next: 'Choose a longer range above.',
  });
  // A range above says nothing of a panel that has its own.
  expect(words(full({ groups: 3 }), { ...none, window: 'paid', over: '5m' })).toMatchObject({
    what: 'No event that counts here is in the last 5 min; there were earlier ones.',
    next: 'A longer `over` of this panel would show them.',
  });
  expect(words(full({ tooLateRows: 12 }), none)?.what).toBe('12 events of orders came too late for every window of w.');
  expect(words(full(), { ...none, window: 'of_w' })?.what).toBe(
    'No window of w has closed yet; of_w counts those that have.',
  );
  const nothingClosed = { ...bars([], null), streamTime: { maxEventTimeUs: 1, watermarkUs: null } };
  expect(words(full(), { picture: nothingClosed, window: 'of_w' })?.what).toMatch(/^No window of w has closed yet/);
});

test('V12 where what is chosen leaves nothing, that is named, and no longer range is asked for', () => {
  const full = status(
    { orders: stream({ received: 4200, maxEventTimeUs: 1 }) },
    { windows: { paid: counters({ groups: 3 }) } },
  );
  const zone: Filter = { column: 'zone', values: ['A'], not: false };
  const none = { window: 'paid', picture: bars([]) };
  expect(words(full, { ...none, filters: [zone] })).toEqual({
    what: 'Nothing of zone A is in the last 15 min.',
    next: 'Choose other values above, or all.',
  });
  const carrier: Filter = { column: 'carrier', values: ['DHL', 'UPS'], not: true };
  expect(words(full, { ...none, filters: [zone, carrier] })?.what).toBe(
    'Nothing of zone A and carrier other than DHL, UPS is in the last 15 min.',
  );
  // Of a window over windows none has closed.
  const unclosed = { ...bars([{ key: '', value: null }], null), streamTime: { maxEventTimeUs: 1, watermarkUs: null } };
  expect(words(full, { ...none, picture: unclosed, filters: [zone] })?.what).toMatch(/^Nothing of zone A/);
  // Not what it was not made for.
  const unfiltered = { ...none, picture: { ...bars([]), unfiltered: ['zone'] } };
  expect(words(full, { ...unfiltered, filters: [zone] })?.what).toMatch(/^No event that counts here/);
});

test('V12 a time in view that stands still is named by its times', () => {
  const full = status(
    { orders: stream({ received: 4200, maxEventTimeUs: 1 }) },
    { windows: { paid: counters({ groups: 3 }) } },
  );
  const none = { window: 'paid', picture: bars([]), view: { span: 360e6, until: NOON_MS * 1000 } };
  expect(words(full, none)).toEqual({
    what: 'No event that counts here is in 11:54 – 12:00; there are others at other times.',
    next: 'Choose another range above.',
  });
  expect(words(full, { ...none, over: '1m' })?.what).toMatch(/is in 11:59 – 12:00;/);
  expect(words(full, { ...none, view: { ...none.view, earlierUs: 86_400e6 } })?.what).toMatch(
    /is in 2026-05-11 11:54 – 12:00;/,
  );
  expect(words(full, { ...none, view: { ...none.view, span: 'all' } })?.what).toMatch(
    /is in what is kept up to 12:00:00;/,
  );
});

test('V12 of a list of events of which none is of its kind, that is said', () => {
  const only = { event: ['alarm'] };
  const panel = PanelSchema.parse({ kind: 'events', title: 't', w: 6, h: 6, stream: 'orders', text: '{event}', only });
  const { kind: _, rows: __, ...time } = bars([]) as Extract<PanelPicture, { kind: 'fold' }>;
  const picture = { ...time, kind: 'rows', rows: [] } as unknown as PanelPicture;
  const now = status({ orders: stream({ received: 4200, maxEventTimeUs: 1 }) });
  const view: TimeView = { span: 900e6, until: 'newest', earlierUs: 0 };
  const input = { panel, windows, status: now, picture, view, filters: [], nowMs: 0, zone: { timeZone: 'UTC' } };
  expect(waitingWords(input)).toEqual({
    what: 'No event of event alarm is among those kept of orders.',
    next: 'The first is listed here as it comes.',
  });
});

test('V12 no words where there is something to draw, or where it is on its way', () => {
  const some = status(
    { orders: stream({ received: 1, maxEventTimeUs: 1 }) },
    { windows: { w: counters({ groups: 1 }) } },
  );
  expect(words(some, { picture: bars([{ key: 'a', value: 1 }]) })).toBeNull();
  // There are events, and the value of all of them is null.
  expect(words(some, { picture: bars([{ key: 'a', value: null }]) })).toBeNull();
  expect(words(some)).toBeNull();
  expect(words(null)).toBeNull();
  expect(words(status({ orders: stream() }, { rebuilding: true }))).toBeNull();
});

test('V12 a page that is opening accuses no relay, and one that lost its relay does', () => {
  const connection = { state: 'connecting', attempt: 1, sinceMs: 0 } as const;
  const opening = { connection, clockAheadMs: null };
  expect(words(status({ orders: stream() }, opening))).toBeNull();
  expect(words(status({ orders: stream() }, { ...opening, restoring: true }))).toBeNull();
  const lost = { connection, clockAheadMs: 3 };
  expect(words(status({ orders: stream() }, lost))?.what).toMatch(/the relay is not reached/);
  const again = { ...opening, connection: { ...connection, attempt: 2 } };
  expect(words(status({ orders: stream() }, again))?.what).toMatch(/the relay is not reached/);
});
