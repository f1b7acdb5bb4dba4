import { expect, test } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import type { SocketLike } from './socket.ts';
import { createTransport } from './transport.ts';
import { choiceAfter, FIRST_CHOICE, planOf, type TransportEvent } from './transport-choice.ts';

const after = (...events: TransportEvent[]) =>
  events.reduce((choice, event) => choiceAfter(choice, event, 1_000), FIRST_CHOICE);

test('C5 HTTP is tried from the second attempt on, right after the socket did not open', () => {
  expect(planOf(FIRST_CHOICE, 0)).toEqual(['websocket']);
  expect(planOf(after('socket-failed'), 0)).toEqual(['websocket', 'http']);
  expect(planOf(after('socket-failed', 'socket-failed', 'stream-failed'), 0)).toEqual(['websocket', 'http']);
  expect(planOf(after('socket-failed', 'socket-opened'), 0)).toEqual(['websocket']);
});

test('C5 where HTTP gets through it is kept for ten minutes, unless it fails', () => {
  const http = after('socket-failed', 'socket-failed', 'stream-opened');
  expect(planOf(http, 600_999)).toEqual(['http']);
  expect(planOf(http, 601_000)).toEqual(['websocket', 'http']);
  expect(planOf(choiceAfter(http, 'stream-opened', 500_000), 601_000)).toEqual(['websocket', 'http']);
  expect(planOf(choiceAfter(http, 'stream-failed', 1_000), 1_000)).toEqual(['websocket', 'http']);
});

interface Opened extends SocketLike {
  readonly sent: string[];
  closed: boolean;
}

/** Transports that do what the test says, and a clock that stands until `pass`. */
function scripted() {
  const opened: Opened[] = [];
  const waiting = new Set<() => void>();
  let nowMs = 0;
  const make = (transport: 'websocket' | 'http') => (): SocketLike => {
    const socket: Opened = {
      transport,
      binaryType: '',
      onopen: null,
      onmessage: null,
      onclose: null,
      onerror: null,
      sent: [],
      closed: false,
      send: (text) => socket.sent.push(text),
      close: () => {
        socket.closed = true;
      },
    };
    opened.push(socket);
    return socket;
  };
  const clock: Clock = {
    nowMs: () => nowMs,
    after(_delayMs, run) {
      waiting.add(run);
      return () => waiting.delete(run);
    },
  };
  const open = createTransport({ openSocket: make('websocket'), openStream: make('http'), clock });
  const heard: string[] = [];
  return {
    opened,
    heard,
    waiting,
    kinds: () => opened.map(({ transport }) => transport),
    pass(ms: number) {
      nowMs += ms;
      for (const run of [...waiting]) {
        waiting.delete(run);
        run();
      }
    },
    open() {
      const socket = open();
      socket.onopen = () => heard.push('open');
      socket.onmessage = ({ data }) => heard.push(String(data));
      socket.onclose = ({ reason }) => heard.push(`close: ${reason}`);
      return socket;
    },
  };
}
const last = (opened: readonly Opened[]): Opened => {
  const socket = opened.at(-1);
  if (socket === undefined) throw new Error('nothing was opened');
  return socket;
};
const close = (socket: SocketLike, reason: string) => socket.onclose?.({ code: 1006, reason } as never);

test('C5 blocked sockets: the second attempt comes through by HTTP, and says so', () => {
  const { open, opened, heard, kinds, pass } = scripted();
  open();
  close(last(opened), 'refused');
  expect(heard.splice(0)).toEqual(['close: refused']);
  const socket = open();
  // This one is swallowed by a proxy instead of refused.
  pass(4_000);
  expect(kinds()).toEqual(['websocket', 'websocket', 'http']);
  expect(opened[1]?.closed).toBe(true);
  last(opened).onopen?.({} as never);
  last(opened).onmessage?.({ data: 'welcome' } as never);
  socket.send('hello');
  expect([heard.splice(0), last(opened).sent, socket.transport]).toEqual([['open', 'welcome'], ['hello'], 'http']);
  close(last(opened), 'cut');
  expect(heard).toEqual(['close: cut']);
  open();
  expect(kinds().at(-1)).toBe('http');
});

test('C5 a relay that is away: when it is back, sockets are taken', () => {
  const { open, opened, heard, kinds } = scripted();
  for (let attempt = 0; attempt < 4; attempt++) {
    open();
    while (heard.splice(0).length === 0) close(last(opened), 'refused');
  }
  const socket = open();
  expect(kinds().at(-1)).toBe('websocket');
  last(opened).onopen?.({} as never);
  expect([heard, socket.transport]).toEqual([['open'], 'websocket']);
});

test('C5 an attempt that is given up counts, and nothing of it is heard any more', () => {
  const { open, opened, heard, kinds, waiting } = scripted();
  const first = open();
  first.close();
  expect([last(opened).closed, waiting.size]).toEqual([true, 0]);
  open();
  close(last(opened), 'refused');
  expect([kinds(), heard]).toEqual([['websocket', 'websocket', 'http'], []]);
});
