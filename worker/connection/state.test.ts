import { expect, test } from 'vitest';
import { type ConnectionEvent, type ConnectionState, connecting, retryDelayMs, step, wakeAtMs } from './state.ts';

const moment = { nowMs: 100_000, chance: 0.5, protocol: 1 };
const states: { readonly [N in ConnectionState['at']]: Extract<ConnectionState, { at: N }> } = {
  connecting: { at: 'connecting', attempt: 2, silences: 0, deadlineMs: 105_000, sinceMs: 90_000 },
  greeting: { at: 'greeting', attempt: 2, silences: 0, deadlineMs: 105_000, sinceMs: 90_000 },
  live: { at: 'live', attempt: 2, silences: 0, sinceMs: 90_000, heartbeatMs: 5000, beatAtMs: 100_000, silent: 0 },
  waiting: { at: 'waiting', attempt: 2, silences: 0, retryAtMs: 100_000, sinceMs: 90_000, reason: 'lost' },
  closed: { at: 'closed', reason: 'stopped' },
};
const bye = { type: 'bye', code: 'shutdown', message: 'stopping', retryAfterMs: 1000 } as const;
const events: Record<string, ConnectionEvent> = {
  opened: { type: 'opened' },
  welcome: { type: 'welcome', protocol: 1, heartbeatMs: 5000 },
  'newer welcome': { type: 'welcome', protocol: 2, heartbeatMs: 5000 },
  heard: { type: 'heard' },
  time: { type: 'time' },
  retry: { type: 'retry' },
  bye: { ...bye, retry: true },
  'last bye': { ...bye, retry: false },
  'bye, old page': { ...bye, code: 'protocol_mismatch', retry: false },
  lost: { type: 'lost', reason: 'lost' },
  stop: { type: 'stop', reason: 'stopped' },
};

/** Every state × every event: the state after it, and what is done. */
const table: Record<ConnectionState['at'], Record<string, string>> = {
  connecting: {
    opened: 'greeting hello',
    welcome: 'connecting',
    'newer welcome': 'connecting',
    heard: 'connecting',
    time: 'waiting drop',
    retry: 'connecting',
    bye: 'waiting drop',
    'last bye': 'closed drop',
    'bye, old page': 'closed drop',
    lost: 'waiting drop',
    stop: 'closed drop',
  },
  greeting: {
    opened: 'greeting',
    welcome: 'live subscribe',
    'newer welcome': 'closed drop',
    heard: 'greeting',
    time: 'waiting drop',
    retry: 'greeting',
    bye: 'waiting drop',
    'last bye': 'closed drop',
    'bye, old page': 'closed drop',
    lost: 'waiting drop',
    stop: 'closed drop',
  },
  live: {
    opened: 'live',
    welcome: 'live',
    'newer welcome': 'live',
    heard: 'live',
    time: 'live ping',
    retry: 'live',
    bye: 'waiting drop',
    'last bye': 'closed drop',
    'bye, old page': 'closed drop',
    lost: 'waiting drop',
    stop: 'closed drop',
  },
  waiting: {
    opened: 'waiting',
    welcome: 'waiting',
    'newer welcome': 'waiting',
    heard: 'waiting',
    time: 'connecting open',
    retry: 'connecting open',
    bye: 'waiting',
    'last bye': 'waiting',
    'bye, old page': 'waiting',
    lost: 'waiting',
    stop: 'closed drop',
  },
  closed: Object.fromEntries(Object.keys(events).map((event) => [event, 'closed'])),
};

test.each(Object.entries(states))('every event in %s leads where the table says', (at, state) => {
  const found = Object.entries(events).map(([name, event]) => {
    const { state: next, actions } = step(state, event, moment);
    return [name, [next.at, ...actions].join(' ')];
  });
  expect(Object.fromEntries(found)).toEqual(table[at as ConnectionState['at']]);
});

test('C1 the delay doubles from 0.5 s to 30 s, with full jitter, and is not before retry-after', () => {
  expect([0, 1, 2, 3, 6, 7, 8, 60].map((attempt) => retryDelayMs(attempt, 1))).toEqual([
    500, 500, 1000, 2000, 16_000, 30_000, 30_000, 30_000,
  ]);
  expect(retryDelayMs(7, 0)).toBe(0);
  const { state } = step(states.greeting, { ...bye, retry: true, retryAfterMs: 7000 }, { ...moment, chance: 0 });
  expect(wakeAtMs(state)).toBe(moment.nowMs + 7000);
});

test('C1 attempts are counted until a connection has lasted', () => {
  const soon = { ...states.live, sinceMs: moment.nowMs - 1 };
  expect(step(soon, { type: 'lost', reason: '' }, moment).state).toMatchObject({ attempt: 2 });
  expect(step(states.live, { type: 'lost', reason: '' }, moment).state).toMatchObject({ attempt: 0 });
  expect(step(states.waiting, { type: 'time' }, moment).state).toMatchObject({ at: 'connecting', attempt: 3 });
});

test('C2 three silent heartbeats are a lost connection, one heard message is not', () => {
  let state: ConnectionState = states.live;
  const time = () => {
    state = step(state, { type: 'time' }, moment).state;
    return state.at;
  };
  expect([time(), time()]).toEqual(['live', 'live']);
  state = step(state, { type: 'heard' }, moment).state;
  expect([time(), time(), time()]).toEqual(['live', 'live', 'waiting']);
  expect(state).toMatchObject({ reason: 'nothing was heard from the relay for 15 s', sinceMs: moment.nowMs });
});

test('C2 each silence in a row may last twice as long, so that a frame that needs longer comes in the end', () => {
  let state: ConnectionState = states.live;
  const beatsUntilLost = () => {
    let beats = 0;
    for (state = { ...states.live, silences: ('silences' in state) ? state.silences : 0 }; state.at === 'live'; beats++)
      state = step(state, { type: 'time' }, moment).state;
    return beats;
  };
  expect([beatsUntilLost(), beatsUntilLost(), beatsUntilLost(), beatsUntilLost(), beatsUntilLost()]).toEqual([
    3, 6, 12, 24, 24,
  ]);
  state = step({ ...states.live, silences: 2 }, { type: 'lost', reason: 'reset' }, moment).state;
  expect(state).toMatchObject({ silences: 0 });
});

test('C3 while it tries again it says since when there was no connection', () => {
  let state = step(states.live, { type: 'lost', reason: 'gone' }, moment).state;
  for (const event of [{ type: 'time' }, { type: 'lost', reason: 'refused' }, { type: 'time' }] as const)
    state = step(state, event, { ...moment, nowMs: moment.nowMs + 60_000 }).state;
  expect(state).toMatchObject({ at: 'connecting', sinceMs: moment.nowMs, attempt: 2 });
});

test('a page older than the relay is told to reload', () => {
  const { state } = step(states.greeting, { type: 'welcome', protocol: 2, heartbeatMs: 5000 }, moment);
  expect(state).toEqual({ at: 'closed', reason: 'this page is older than the relay: reload' });
  expect(wakeAtMs(connecting(0).state)).toBe(10_000);
});
