import { expect, test } from 'vitest';
import type { ConnectionStatus } from '../../contract/worker-api.ts';
import { type PanelStateInput, panelState } from './panel-state.ts';

const NOW = Date.UTC(2026, 10, 22, 12, 3, 5);
const LIVE: ConnectionStatus = { state: 'live', sinceMs: NOW - 8 * 3_600_000, transport: 'websocket' };
const WAITING: ConnectionStatus = { state: 'waiting', attempt: 1, retryAtMs: NOW, sinceMs: NOW, reason: 'gone' };
const IN_VIEW = { fromUs: null, untilUs: null, unfiltered: [] };
interface Shown {
  readonly ageMs: number;
  readonly behindMs: number;
  readonly delayMs: number;
  /** Sealed so long before it was received. */
  readonly wireMs: number;
}
const shown = (change: Partial<Shown> = {}, input: Partial<PanelStateInput> = {}) => {
  const { ageMs = 40, behindMs = 500, delayMs = 10_000, wireMs = 0 } = change;
  const maxEventTimeUs = (NOW - ageMs - wireMs - behindMs) * 1000;
  return panelState({
    connection: LIVE,
    clockAheadMs: 0,
    rebuilding: false,
    loading: false,
    source: { state: 'live', message: null, fix: null },
    catchingUp: false,
    paused: false,
    asleep: false,
    nowMs: NOW,
    zone: { timeZone: 'UTC' },
    picture: {
      kind: 'series',
      stream: 's',
      ...IN_VIEW,
      maxEventTimeUs,
      watermarkUs: maxEventTimeUs - delayMs * 1000,
      receivedAtMs: NOW - ageMs,
      sealedAtMs: NOW - ageMs - wireMs,
    },
    ...input,
  });
};

test('frames that come with recent events are live', () => {
  expect(shown()).toEqual({ name: 'live', word: 'live', short: 'live', age: [], shorter: [], faded: false });
});

test('V1 V2 stale after ten seconds without a frame, and never fresh-looking', () => {
  expect(shown({ ageMs: 10_000 }).name).toBe('live');
  expect(shown({ ageMs: 42_000 })).toEqual({
    name: 'stale',
    word: 'stale',
    short: 'stale',
    age: ['as of 12:02:23', 'no data for 42 s'],
    shorter: ['no data 42 s', 'as of 12:02:23 · no data for 42 s'],
    faded: true,
  });
});

test('V2 history that is read again is as old as it was sealed, not as new as it was read', () => {
  const reloaded: ConnectionStatus = { ...LIVE, sinceMs: NOW - 10_000 };
  const old = { ageMs: 6000, wireMs: 1_800_000 };
  expect(shown(old, { connection: reloaded })).toMatchObject({
    name: 'stale',
    age: ['as of 11:32:59', 'no data for 30 min'],
  });
  expect(shown({ ...old, wireMs: 86_400_000 * 2 }, { connection: reloaded }).age[0]).toBe('as of 2026-11-20 12:02:59');
  // While there is more of it, or may be, it says that instead: a busy tab is not told a stream has fallen silent.
  const catching = { name: 'catching-up', age: ['events of 11:32:58', '30 min old'], faded: false };
  expect(shown(old, { connection: reloaded, catchingUp: true })).toMatchObject(catching);
  expect(shown({ ...old, ageMs: 4000 }, { connection: reloaded })).toMatchObject({ name: 'catching-up', faded: false });
  expect(shown(old, { connection: { ...reloaded, sinceMs: NOW - 4000 } })).toMatchObject(catching);
  const source = { state: 'ended', message: null, fix: null } as const;
  expect(shown({ ...old, ageMs: 4000 }, { connection: reloaded, source }).name).toBe('ended');
  expect(shown({ behindMs: 900_000 }, { catchingUp: true }).name).toBe('catching-up');
  // What comes slowly while the page listens is lag, and no silence.
  expect(shown({ ageMs: 500, wireMs: 15_000 }).name).toBe('live');
});

test('V2 clocks that are apart make nothing old and nothing new', () => {
  const reloaded: ConnectionStatus = { ...LIVE, sinceMs: NOW - 60_000 };
  const ageMs = 6000;
  for (const aheadMs of [120_000, 7_200_000, -120_000, -7_200_000, 0]) {
    // By the relay's clock; this computer's is ahead of it.
    const came = (wireMs: number) =>
      shown({ ageMs, wireMs: wireMs + aheadMs, behindMs: 500 }, { connection: reloaded, clockAheadMs: aheadMs }).name;
    expect([came(20), came(300_000)]).toEqual(['live', 'stale']);
    const behind = (behindMs: number) => shown({ wireMs: aheadMs, behindMs }, { clockAheadMs: aheadMs }).name;
    expect([25_000, 3_700_000, -3_700_000].map(behind)).toEqual(['late', 'replay', 'ahead']);
  }
});

test('V1 late when events arrive more than twice the expected lag after they happened', () => {
  expect(shown({ behindMs: 20_000 }).name).toBe('live');
  expect(shown({ behindMs: 20_001 }).word).toBe('late · 20 s behind');
  expect(shown({ behindMs: 100_000, delayMs: 60_000 }).name).toBe('live');
});

test('V1 what moves on faster than the clock, or was reached a moment ago, is catching up and not late', () => {
  const late = { behindMs: 600_000 };
  expect(shown(late, { gaining: true })).toMatchObject({
    name: 'catching-up',
    age: ['events of 11:53:04', '10 min old'],
    shorter: ['catching up', 'catching up · events of 11:53:04'],
  });
  expect(shown(late, { connection: { ...LIVE, sinceMs: NOW - 2000 } }).name).toBe('catching-up');
  expect(shown({}, { gaining: true }).name).toBe('live');
});

test('V1 V2 replay when events were over an hour old as they came; that nothing more comes is said all the same', () => {
  const old = { behindMs: 3_600_001 };
  expect(shown(old)).toMatchObject({ name: 'replay', word: 'replay · 2026-11-22', age: [] });
  expect(shown({ ...old, ageMs: 60_000 })).toMatchObject({
    name: 'replay',
    age: ['as of 12:02:05', 'no data for 1 min'],
  });
  const source = { state: 'ended', message: 'read to its end', fix: null } as const;
  expect(shown(old, { source }).name).toBe('replay');
  expect(shown({ ...old, ageMs: 60_000 }, { source })).toMatchObject({
    name: 'ended',
    age: ['as of 11:02:04'],
  });
});

test('V1 a window over closed windows is as far behind as its stream, not as its rows', () => {
  const derived = (streamTime: { maxEventTimeUs: number | null; watermarkUs: number | null }) =>
    shown(
      {},
      {
        picture: {
          kind: 'fold',
          stream: 's',
          ...IN_VIEW,
          // Of the last hour that has closed.
          maxEventTimeUs: (NOW - 5_400_000) * 1000,
          watermarkUs: (NOW - 70_000) * 1000,
          receivedAtMs: NOW - 40,
          sealedAtMs: NOW - 40,
          streamTime,
        },
      },
    ).name;
  const of = (behindMs: number) => (NOW - behindMs) * 1000;
  expect(derived({ maxEventTimeUs: of(500), watermarkUs: of(10_500) })).toBe('live');
  expect(derived({ maxEventTimeUs: of(25_000), watermarkUs: of(35_000) })).toBe('late');
});

test('V1 a page that is opening accuses nobody: it is loading', () => {
  const connection: ConnectionStatus = { state: 'connecting', attempt: 1, sinceMs: NOW - 900 };
  const kept = shown({ ageMs: 500, wireMs: 60_000 }, { connection, loading: true });
  expect(kept).toMatchObject({ name: 'loading', age: ['as of 12:02:04'], faded: true });
  expect(shown({ ageMs: 500 }, { connection, loading: true })).toMatchObject({ name: 'loading', faded: false });
  expect(shown({}, { connection, loading: true, picture: undefined }).name).toBe('loading');
  expect(shown({}, { catchingUp: true, picture: undefined }).name).toBe('loading');
  expect(shown({}, { picture: undefined }).name).toBe('empty');
});

test('a live stream that fell silent an hour ago is stale, not a replay', () => {
  expect(shown({ ageMs: 7_200_000 }).name).toBe('stale');
  const connection = { ...LIVE, sinceMs: NOW - 6000 };
  expect(shown({ ageMs: 6000, wireMs: 7_200_000 }, { connection }).name).toBe('stale');
});

test('V1 a source that was read to its end is silent for a reason', () => {
  const source = { state: 'ended', message: 'read to its end', fix: null } as const;
  expect(shown({ ageMs: 500 }, { source }).name).toBe('live');
  // Whether somebody listened or not: there is nothing more to hear.
  expect(shown({ ageMs: 2000 }, { source }).name).toBe('ended');
  // By event time, as of which it is, and not by when it was read.
  const read = shown({ ageMs: 60_000, behindMs: 900_000 }, { source });
  expect(read).toMatchObject({ name: 'ended', age: ['as of 11:47:05'], faded: false });
  expect(shown({}, { source }).name).toBe('live');
});

test('C3 disconnected keeps the picture and says since when', () => {
  expect(shown({ ageMs: 3000 }, { connection: WAITING })).toMatchObject({
    name: 'disconnected',
    age: ['as of 12:03:02', 'no data for 3 s'],
    faded: true,
  });
});

test('V1 a source that failed is never live: its message is said, and the last picture stays', () => {
  const source = { state: 'failed', message: 'no broker answers', fix: 'start it' } as const;
  expect(shown({ ageMs: 4000 }, { source })).toMatchObject({
    name: 'failed',
    word: 'source failed',
    age: ['as of 12:03:01', 'no data for 4 s', 'no broker answers'],
    faded: true,
  });
  expect(shown({}, { source, picture: undefined })).toMatchObject({ name: 'failed', age: [] });
  // What the relay last told of a source says nothing once the relay is gone.
  expect(shown({}, { source, connection: WAITING }).name).toBe('disconnected');
});

test('V1 while the engine is replaced no panel is live: the last picture stays, and it is told', () => {
  expect(shown({ ageMs: 2000 }, { rebuilding: true })).toMatchObject({
    name: 'rebuilding',
    word: 'rebuilding',
    age: ['as of 12:03:03', 'no data for 2 s'],
    faded: true,
  });
  expect(shown({}, { rebuilding: true, connection: WAITING }).name).toBe('rebuilding');
});

test('paused, empty and error come before all that', () => {
  expect(shown({ ageMs: 60_000 }, { paused: true }).name).toBe('paused');
  expect(shown({}, { picture: undefined }).name).toBe('empty');
  expect(shown({}, { picture: { kind: 'error' } }).name).toBe('error');
});

test('V1 events more than an hour after the wall clock are never live: a clock is ahead', () => {
  expect(shown({ behindMs: -3_599_000 }).name).toBe('live');
  expect(shown({ behindMs: -365.25 * 86_400_000 })).toEqual({
    name: 'ahead',
    word: 'clock ahead',
    short: 'clock ahead',
    age: ['event time 2027-11-22'],
    shorter: ['clock ahead'],
    faded: true,
  });
  expect(shown({ behindMs: -86_400_000, ageMs: 60_000 }).name).toBe('ahead');
  expect(shown({ behindMs: -86_400_000 }, { connection: WAITING }).name).toBe('disconnected');
});

test('V5 the picture of a panel that sleeps says nothing of the stream', () => {
  expect(shown({ ageMs: 60_000 }, { asleep: true })).toMatchObject({
    name: 'asleep',
    age: ['as of 12:02:05'],
    faded: true,
  });
  // What was drawn a moment ago is not old.
  expect(shown({ ageMs: 6000 }, { asleep: true })).toMatchObject({ name: 'asleep', age: [], faded: false });
  expect(shown({ ageMs: 60_000 }, { asleep: true, catchingUp: true }).name).toBe('catching-up');
  expect(shown({}, { asleep: true, paused: true }).name).toBe('paused');
  expect(shown({}, { asleep: true, picture: undefined }).name).toBe('empty');
  // Nothing will wake it: what is wrong is said instead.
  expect(shown({}, { asleep: true, connection: { state: 'closed', reason: 'gone' } }).name).toBe('disconnected');
  expect(shown({}, { asleep: true, rebuilding: true }).name).toBe('rebuilding');
});

test('V2 nobody has listened while this computer was busy: a stream is not called silent for it', () => {
  const busy = { name: 'catching-up', short: 'busy', faded: false };
  expect(shown({ ageMs: 14_000 }, { heardMs: NOW - 5000 })).toMatchObject(busy);
  expect(shown({ ageMs: 14_000 }, { heardMs: NOW - 1000 }).name).toBe('stale');
});

test('V1 a time that has ended and is final is neither live nor late nor stale: it is past', () => {
  const inView = (fromUs: number | null, untilMs: number, input: Partial<PanelStateInput> = {}, ageMs = 40) => {
    const maxEventTimeUs = (NOW - 500) * 1000;
    const time = { unfiltered: [], maxEventTimeUs, watermarkUs: maxEventTimeUs - 10e6 };
    const picture = {
      kind: 'fold',
      stream: 's',
      ...time,
      fromUs,
      untilUs: untilMs * 1000,
      receivedAtMs: NOW - ageMs,
      sealedAtMs: NOW - ageMs,
    };
    return shown({}, { follows: false, picture, ...input });
  };
  const at = (hour: number, minute: number, second = 0) => Date.UTC(2026, 10, 22, hour, minute, second);
  const quarter = (input?: Partial<PanelStateInput>, ageMs?: number) =>
    inView(at(11, 0) * 1000, at(11, 15), input, ageMs);
  const past = { name: 'past', word: 'past: 11:00 – 11:15', short: 'past', shorter: ['past'] };
  expect(quarter()).toEqual({ ...past, age: [], faded: false });
  expect(inView(null, at(11, 15, 30)).word).toBe('past: until 11:15:30');
  expect(inView((at(11, 0) - 86_400_000) * 1000, at(11, 15)).word).toBe('past: 2026-11-21 11:00 – 2026-11-22 11:15');
  expect(quarter({}, 60_000).name).toBe('past');
  expect(quarter({ source: { state: 'failed', message: 'no broker', fix: null } }).name).toBe('past');
  // Its newest windows may still change, or it lies ahead: what the stream does matters.
  expect(inView(at(11, 0) * 1000, NOW - 5000).name).toBe('live');
  expect(quarter({ follows: true }).name).toBe('live');
  expect(quarter({ connection: WAITING }).name).toBe('disconnected');
  // A log's picture has the newest rows; the panel lists those in view.
  const rows = { follows: false, inView: { fromUs: at(11, 0) * 1000, untilUs: at(11, 15) * 1000 } };
  expect(shown({}, rows).word).toBe('past: 11:00 – 11:15');
  const losses = [{ kind: 'gap', atMs: at(11, 5), reason: 'x', missing: 3 }] as const;
  expect(quarter({ losses }).word).toBe('gap · 3 missing');
});

test('V1 a log that follows says a gap while it is in view, and no longer', () => {
  const lost = (agoMs: number, behindMs = 500) => {
    const losses = [{ kind: 'gap', atMs: NOW - agoMs, reason: 'x', missing: 3 }] as const;
    const inView = { fromUs: (NOW - behindMs - 900_000) * 1000, untilUs: null };
    return shown({ behindMs }, { losses, inView }).name;
  };
  expect([lost(60_000), lost(899_000), lost(901_000)]).toEqual(['gap', 'gap', 'live']);
  // By the clock, on which it was noticed: events may come ten seconds later than they happen.
  expect([lost(899_000, 10_000), lost(905_000, 10_000)]).toEqual(['gap', 'live']);
});
