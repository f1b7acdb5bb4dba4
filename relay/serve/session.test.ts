import { expect, test } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import type { Down } from '../../contract/protocol/down.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import { Conflators } from './conflation.ts';
import { Session } from './session.ts';

const HEARTBEAT_MS = 1_000;

/** A clock that goes from timer to timer. */
class SteppedClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get waiting(): number {
    return this.#timers.size;
  }

  to(untilMs: number): void {
    for (;;) {
      const due = [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#nowMs = due.atMs;
      due.run();
    }
    this.#nowMs = untilMs;
  }
}

function open({ hello = true } = {}) {
  const clock = new SteppedClock();
  const said: Down[] = [];
  const socket = { bufferedBytes: 0, closedAtMs: null as number | null, terminated: false };
  const close = () => {
    socket.closedAtMs ??= clock.nowMs();
  };
  const session = new Session({
    socket: {
      transport: 'websocket',
      text: (message) => said.push(JSON.parse(message)),
      binary: () => undefined,
      bufferedBytes: () => socket.bufferedBytes,
      close,
      terminate: () => {
        socket.terminated = true;
      },
    },
    ...{ clock, run: 'run', heartbeatMs: HEARTBEAT_MS, feeds: new Map(), conflators: new Conflators() },
    boards: () => ({ type: 'boards', windows: {}, boards: {}, playlists: {}, problems: [], made: [] }),
    stats: () => ({ type: 'stats', streams: {} }),
    sent: () => undefined,
    told: () => undefined,
  });
  if (hello) session.receive(JSON.stringify({ type: 'hello', protocol: PROTOCOL_VERSION, creditBytes: 1 }));
  return { clock, said, socket, session };
}
const ping = JSON.stringify({ type: 'ping' });

test.each([0, 1, 999, 2_500])('C2 a tab last heard at %d ms is let go three heartbeats later', (heardAtMs) => {
  const { clock, said, socket, session } = open();
  clock.to(heardAtMs);
  session.receive(ping);
  clock.to(60_000);
  expect(socket.closedAtMs).toBe(heardAtMs + 3 * HEARTBEAT_MS);
  expect(said.at(-1)).toMatchObject({ type: 'bye', code: 'too_slow', retry: true });
  expect(clock.waiting).toBe(0);
});

test('C7 a tab that slept before its hello is let go, and may come back', () => {
  const { clock, said, socket } = open({ hello: false });
  clock.to(60_000);
  expect(socket.closedAtMs).toBe(5_000);
  expect(said).toMatchObject([{ type: 'bye', code: 'too_slow', retry: true }]);
  expect(clock.waiting).toBe(0);
});

test('C2 a tab that is heard once in a while stays', () => {
  const { clock, socket, session } = open();
  for (let atMs = 0; atMs < 60_000; atMs += 2_900) {
    clock.to(atMs);
    session.receive(ping);
  }
  expect(socket.closedAtMs).toBeNull();
});

test('C6 to a full network nothing is said that will be said again; an answer too many ends it', () => {
  const { clock, said, socket, session } = open();
  socket.bufferedBytes = 2 ** 20;
  const before = said.length;
  clock.to(2_500);
  expect(said).toHaveLength(before);
  session.receive(ping);
  expect(said.at(-1)).toEqual({ type: 'pong' });
  socket.bufferedBytes = 17 * 2 ** 20;
  session.receive(ping);
  expect([socket.terminated, clock.waiting]).toEqual([true, 0]);
});
