import type { Clock } from '../../contract/clock.ts';
import { type Down, DownSchema } from '../../contract/protocol/down.ts';
import { decodeFrame, type Frame } from '../../contract/protocol/frame.ts';
import type { Up } from '../../contract/protocol/up.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import type { ConnectionStatus } from '../../contract/worker-api.ts';
import {
  type ConnectionAction,
  type ConnectionEvent,
  type ConnectionState,
  connecting,
  step,
  wakeAtMs,
} from './state.ts';

/** What of a WebSocket is used; the browser's and the `ws` package's both are one, and so is a stream over HTTP. */
export interface SocketLike {
  /** Left out: a WebSocket. */
  readonly transport?: 'websocket' | 'http';
  binaryType: string;
  onopen: ((event: never) => unknown) | null;
  onmessage: ((event: { readonly data: unknown } & never) => unknown) | null;
  onclose: ((event: { readonly code: number; readonly reason: string } & never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
  send(text: string): void;
  close(): void;
}

export interface ConnectionOptions {
  readonly openSocket: () => SocketLike;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Payload bytes the relay may send before any are committed. (F5) */
  readonly creditBytes: number;
  /** The relay took the greeting: ask for these streams. */
  readonly onLive: (streams: readonly string[]) => void;
  readonly onMessage: (message: Down) => void;
  readonly onFrame: (frame: Frame) => void;
  /** The socket is gone; what came by it and is not applied yet is of no use. */
  readonly onDropped: () => void;
  readonly onChange: () => void;
}

export interface Connection {
  status(): ConnectionStatus;
  /** Ignored while not live: whatever it was about is asked again after the next greeting. */
  send(message: Up): void;
  /** Tries at once where the next attempt is waited for. */
  retry(): void;
  /** Lets this socket go and tries again, with backoff. */
  restart(reason: string): void;
  /** For good. */
  close(reason: string): void;
}

/** Runs the state machine of `state.ts` on real sockets. */
export function openConnection(options: ConnectionOptions): Connection {
  const { clock } = options;
  let socket: SocketLike | null = null;
  let cancelTimer = () => {};
  let streams: readonly string[] = [];

  const first = connecting(clock.nowMs());
  let state: ConnectionState = first.state;

  const handle = (event: ConnectionEvent) => {
    const moment = { nowMs: clock.nowMs(), chance: options.random(), protocol: PROTOCOL_VERSION };
    enter(step(state, event, moment));
  };
  const enter = (next: { readonly state: ConnectionState; readonly actions: readonly ConnectionAction[] }) => {
    const changed = next.state.at !== state.at;
    state = next.state;
    cancelTimer();
    const wakeMs = wakeAtMs(state);
    if (wakeMs !== null) cancelTimer = clock.after(Math.max(0, wakeMs - clock.nowMs()), () => handle({ type: 'time' }));
    for (const action of next.actions) act(action);
    if (changed) options.onChange();
  };
  const act = (action: ConnectionAction) => {
    switch (action) {
      case 'open':
        return open();
      case 'hello':
        return write({ type: 'hello', protocol: PROTOCOL_VERSION, creditBytes: options.creditBytes });
      case 'ping':
        return write({ type: 'ping' });
      case 'subscribe':
        return options.onLive(streams);
      case 'drop':
        return drop();
    }
  };
  const write = (message: Up) => socket?.send(JSON.stringify(message));
  const drop = () => {
    const dropped = socket;
    socket = null;
    if (dropped) {
      // It may still be opening, and then closing it is an error: nobody listens any more.
      dropped.onopen = dropped.onmessage = dropped.onclose = null;
      dropped.onerror = () => {};
      dropped.close();
    }
    options.onDropped();
  };
  const open = () => {
    const opened = options.openSocket();
    socket = opened;
    opened.binaryType = 'arraybuffer';
    opened.onopen = () => handle({ type: 'opened' });
    opened.onmessage = ({ data }) => receive(data);
    opened.onclose = ({ reason }) => handle({ type: 'lost', reason: reason || 'the connection to the relay was lost' });
    // A close always follows and says as much.
    opened.onerror = () => {};
  };
  const receive = (data: unknown) => {
    try {
      if (data instanceof ArrayBuffer) {
        handle({ type: 'heard' });
        options.onFrame(decodeFrame(new Uint8Array(data)));
      } else read(DownSchema.parse(JSON.parse(String(data))));
    } catch (error) {
      handle({
        type: 'lost',
        reason: `the relay sent what cannot be read: ${error instanceof Error ? error.message : error}`,
      });
    }
  };
  const read = (message: Down) => {
    if (message.type === 'welcome') {
      streams = message.streams;
      handle(message);
    } else if (message.type === 'bye') handle(message);
    else {
      handle({ type: 'heard' });
      if (message.type !== 'pong') options.onMessage(message);
    }
  };

  enter(first);
  return {
    status: () => statusOf(state, socket?.transport ?? 'websocket'),
    send(message) {
      if (state.at === 'live') write(message);
    },
    retry: () => handle({ type: 'retry' }),
    restart: (reason) => handle({ type: 'lost', reason }),
    close: (reason) => handle({ type: 'stop', reason }),
  };
}

function statusOf(state: ConnectionState, transport: 'websocket' | 'http'): ConnectionStatus {
  switch (state.at) {
    case 'connecting':
    case 'greeting':
      return { state: 'connecting', attempt: state.attempt, sinceMs: state.sinceMs };
    case 'live':
      return { state: 'live', sinceMs: state.sinceMs, transport };
    case 'waiting':
      return {
        state: 'waiting',
        attempt: state.attempt,
        retryAtMs: state.retryAtMs,
        sinceMs: state.sinceMs,
        reason: state.reason,
      };
    case 'closed':
      return { state: 'closed', reason: state.reason };
  }
}
