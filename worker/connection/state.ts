/**
 * The connection to the relay as a state machine. Pure: time and chance come in with each event, what is to be done
 * goes out as actions, and states are never changed in place. (SPEC C1–C3)
 *
 *     connecting ──opened──▶ greeting ──welcome──▶ live ──┐
 *         ▲                     │                    │    │ time: ping; three silent heartbeats: lost
 *         │ time (due), retry   │ lost, time, bye    │ lost, bye
 *         │                     ▼                    ▼
 *         └──────────────── waiting ◀────────────────┘
 *
 *     any of them ── bye that forbids a retry, other protocol, stop ──▶ closed, for good
 */
export type ConnectionState =
  /** The socket is opening; given up at `deadlineMs`. */
  | ({ readonly at: 'connecting'; readonly deadlineMs: number } & Trying)
  /** Hello is sent; given up at `deadlineMs`. */
  | ({ readonly at: 'greeting'; readonly deadlineMs: number } & Trying)
  | ({
      readonly at: 'live';
      readonly heartbeatMs: number;
      readonly beatAtMs: number;
      /** Heartbeats in a row in which nothing was heard. */
      readonly silent: number;
    } & Trying)
  | ({ readonly at: 'waiting'; readonly retryAtMs: number; readonly reason: string } & Trying)
  | { readonly at: 'closed'; readonly reason: string };

interface Trying {
  /** How many attempts failed so far; of live, those it took. Forgotten once a connection has lasted. */
  readonly attempt: number;
  /** When it was last live, or when it first tried; of live, since when it is. */
  readonly sinceMs: number;
  /** Connections in a row that ended in silence. A slow line is silent while one large frame is on its way. */
  readonly silences: number;
}

export type ConnectionEvent =
  | { readonly type: 'opened' }
  | { readonly type: 'welcome'; readonly protocol: number; readonly heartbeatMs: number }
  /** Anything else came from the relay. */
  | { readonly type: 'heard' }
  /** `wakeAtMs` is reached. */
  | { readonly type: 'time' }
  /** The viewer does not want to wait for the next attempt. */
  | { readonly type: 'retry' }
  | {
      readonly type: 'bye';
      readonly code: string;
      readonly message: string;
      readonly retry: boolean;
      readonly retryAfterMs: number;
    }
  /** The socket closed or failed, or what came by it cannot be read. */
  | { readonly type: 'lost'; readonly reason: string }
  | { readonly type: 'stop'; readonly reason: string };

/** `open` a socket, `hello` or `ping` the relay, `subscribe` to its streams, `drop` the socket and what came by it. */
export type ConnectionAction = 'open' | 'hello' | 'ping' | 'subscribe' | 'drop';

export interface Step {
  readonly state: ConnectionState;
  readonly actions: readonly ConnectionAction[];
}

/** What every event brings along: the wall clock, chance in [0, 1), and the protocol spoken here. */
export interface Moment {
  readonly nowMs: number;
  readonly chance: number;
  readonly protocol: number;
}

type Name = ConnectionState['at'];
type StateAt<N extends Name> = Extract<ConnectionState, { at: N }>;
type EventOf<T extends ConnectionEvent['type']> = Extract<ConnectionEvent, { type: T }>;
type Table = {
  readonly [N in Name]: {
    readonly [T in ConnectionEvent['type']]: (state: StateAt<N>, event: EventOf<T>, moment: Moment) => Step;
  };
};

const OPEN_TIMEOUT_MS = 10_000;
const SILENT_HEARTBEATS = 3;
const MAX_DOUBLINGS = 3;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** A connection that lasted this long was a good one: the next failure counts as the first. */
const LASTED_MS = 5_000;
const OLD_PAGE = 'this page is older than the relay: reload';
const NEW_PAGE = 'this page is newer than the relay: restart the relay, then reload';

export function connecting(nowMs: number): Step {
  return open({ attempt: 1, sinceMs: nowMs, silences: 0 }, nowMs);
}

export function step(state: ConnectionState, event: ConnectionEvent, moment: Moment): Step {
  // The table has a cell for every pair; only the compiler cannot join the two unions by itself.
  const cell = TABLE[state.at][event.type] as (state: ConnectionState, event: ConnectionEvent, moment: Moment) => Step;
  return cell(state, event, moment);
}

/** When `time` must be given next; null: never. */
export function wakeAtMs(state: ConnectionState): number | null {
  switch (state.at) {
    case 'connecting':
    case 'greeting':
      return state.deadlineMs;
    case 'live':
      return state.beatAtMs;
    case 'waiting':
      return state.retryAtMs;
    case 'closed':
      return null;
  }
}

/** Full jitter: anywhere between 0 and the bound, which doubles with each failed attempt from 0.5 s to 30 s. (C1) */
export function retryDelayMs(failedAttempts: number, chance: number): number {
  return Math.round(chance * Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, failedAttempts - 1)));
}

const stay = (state: ConnectionState): Step => ({ state, actions: [] });
const stop = (_: ConnectionState, event: { readonly reason: string }): Step => close(event.reason);

const TABLE: Table = {
  connecting: {
    opened: (state, _, { nowMs }) => ({
      state: { ...state, at: 'greeting', deadlineMs: nowMs + OPEN_TIMEOUT_MS },
      actions: ['hello'],
    }),
    welcome: stay,
    heard: stay,
    time: (state, _, moment) => wait(state, 'the relay did not answer within 10 s', moment),
    retry: stay,
    bye: leave,
    lost: (state, event, moment) => wait(state, event.reason, moment),
    stop,
  },
  greeting: {
    opened: stay,
    welcome: (state, event, { nowMs, protocol }) =>
      event.protocol === protocol
        ? {
            state: {
              at: 'live',
              attempt: state.attempt,
              sinceMs: nowMs,
              silences: state.silences,
              heartbeatMs: event.heartbeatMs,
              beatAtMs: nowMs + event.heartbeatMs,
              silent: 0,
            },
            actions: ['subscribe'],
          }
        : close(event.protocol > protocol ? OLD_PAGE : NEW_PAGE),
    heard: stay,
    time: (state, _, moment) => wait(state, 'the relay did not answer within 10 s', moment),
    retry: stay,
    bye: leave,
    lost: (state, event, moment) => wait(state, event.reason, moment),
    stop,
  },
  live: {
    opened: stay,
    welcome: (state) => hear(state),
    heard: (state) => hear(state),
    time: (state, _, moment) => {
      const silent = state.silent + 1;
      const allowed = allowedSilence(state);
      if (silent < allowed)
        return { state: { ...state, silent, beatAtMs: moment.nowMs + state.heartbeatMs }, actions: ['ping'] };
      const seconds = Math.round((allowed * state.heartbeatMs) / 100) / 10;
      const trying = { ...interrupted(state, moment.nowMs), silences: state.silences + 1 };
      return wait(trying, `nothing was heard from the relay for ${seconds} s`, moment);
    },
    retry: stay,
    bye: (state, event, moment) => leave(interrupted(state, moment.nowMs), event, moment),
    lost: (state, event, moment) => wait(interrupted(state, moment.nowMs), event.reason, moment),
    stop,
  },
  waiting: {
    opened: stay,
    welcome: stay,
    heard: stay,
    time: (state, _, { nowMs }) => open({ ...state, attempt: state.attempt + 1 }, nowMs),
    retry: (state, _, { nowMs }) => open({ ...state, attempt: state.attempt + 1 }, nowMs),
    bye: stay,
    lost: stay,
    stop,
  },
  closed: { opened: stay, welcome: stay, heard: stay, time: stay, retry: stay, bye: stay, lost: stay, stop: stay },
};

function open(trying: Trying, nowMs: number): Step {
  return { state: { ...tryingOf(trying), at: 'connecting', deadlineMs: nowMs + OPEN_TIMEOUT_MS }, actions: ['open'] };
}

function tryingOf({ attempt, sinceMs, silences }: Trying): Trying {
  return { attempt, sinceMs, silences };
}

/** Each silence in a row lets the next one last twice as long: a frame that needs longer comes in the end. (C2) */
function allowedSilence({ silences }: Trying): number {
  return SILENT_HEARTBEATS * 2 ** Math.min(silences, MAX_DOUBLINGS);
}

function hear(state: StateAt<'live'>): Step {
  return { state: state.silent === 0 ? state : { ...state, silent: 0 }, actions: [] };
}

/** From live, the time without a connection begins now. */
function interrupted(state: StateAt<'live'>, nowMs: number): Trying {
  return { attempt: nowMs - state.sinceMs >= LASTED_MS ? 0 : state.attempt, sinceMs: nowMs, silences: 0 };
}

function wait(trying: Trying, reason: string, { nowMs, chance }: Moment, notBeforeMs = 0): Step {
  const retryAtMs = nowMs + notBeforeMs + retryDelayMs(trying.attempt, chance);
  return { state: { ...tryingOf(trying), at: 'waiting', retryAtMs, reason }, actions: ['drop'] };
}

function leave(trying: Trying, event: EventOf<'bye'>, moment: Moment): Step {
  if (event.code === 'protocol_mismatch') return close(OLD_PAGE);
  return event.retry ? wait(trying, event.message, moment, event.retryAfterMs) : close(event.message);
}

function close(reason: string): Step {
  return { state: { at: 'closed', reason }, actions: ['drop'] };
}
