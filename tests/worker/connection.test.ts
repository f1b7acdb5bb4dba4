import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Clock } from '../../contract/clock.ts';
import { HighwaterError } from '../../contract/errors.ts';
import type { Position } from '../../contract/protocol/position.ts';
import type { SubscribeFrom } from '../../contract/protocol/up.ts';
import { PROTOCOL_VERSION } from '../../contract/protocol/version.ts';
import { type Host, startHost } from '../../worker/host.ts';
import { rowsOf } from '../support/requests.ts';
import { createPositionEngine, type PositionEngine } from './position-engine.ts';
import { type ScriptedRelay, startScriptedRelay, type Tab } from './scripted-relay.ts';

/** A day of waiting passes in a quarter of an hour: backoff and heartbeats are real, and short. */
const quick: Clock = {
  nowMs: () => performance.now() * 100,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs / 100);
    return () => clearTimeout(timer);
  },
};

/** Time as it is: what lasts seconds is still so at the next line. */
const steady: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(
  relay: ScriptedRelay,
  clock: Clock = quick,
): Promise<{ host: Host; engines: PositionEngine[]; engine: () => PositionEngine }> {
  cleanups.push(() => relay.stop());
  const engines: PositionEngine[] = [];
  const host = await startHost({
    openEngine: async () => {
      const engine = createPositionEngine();
      engines.push(engine);
      return engine;
    },
    openSocket: () => new WebSocket(relay.url) as never,
    clock,
    monotonicMs: () => performance.now(),
    random: () => 0.5,
    defer: (run) => setImmediate(run),
    onError: (error) => {
      throw error;
    },
  });
  cleanups.push(() => host.close());
  return {
    host,
    engines,
    engine: () => {
      const engine = engines.at(-1);
      if (!engine) throw new Error('no engine was opened');
      return engine;
    },
  };
}

const until = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
const subscribes = (relay: ScriptedRelay) => relay.heard.filter(({ type }) => type === 'subscribe');
const subscribed = (
  tab: Tab,
  outcome: 'fresh' | 'resumed' | 'gap' | 'reset',
  position: Position,
  missing: number | null = null,
) =>
  tab.send({
    type: 'subscribed',
    stream: 's',
    outcome,
    position,
    reason: outcome === 'gap' || outcome === 'reset' ? `a ${outcome}` : null,
    missing,
  });
const at = (next: Record<string, number>, epoch = 'e'): Position => ({ epoch, next });

/** The position a tab resumes from. */
function positionAsked(from: SubscribeFrom): Position {
  if (typeof from !== 'object' || !('epoch' in from)) throw new Error(`asked ${JSON.stringify(from)}`);
  return from;
}

test('P5 after a cut the tab asks from where it stands, and nothing is counted twice', async () => {
  const relay = await startScriptedRelay();
  relay.onMessage = (message, tab) => {
    if (message.type !== 'subscribe') return;
    if (message.from === 'start') {
      subscribed(tab, 'fresh', at({ 0: 0 }));
      tab.frame('s', 0, 0, 3);
      return void setTimeout(() => tab.cut(), 20);
    }
    subscribed(tab, 'resumed', positionAsked(message.from));
    // One row again, as a relay does that keeps whole frames.
    tab.frame('s', 0, 2, 4);
  };
  const { host, engine } = await open(relay);
  await until(() => expect(engine().counted('s')).toEqual(['0:0', '0:1', '0:2', '0:3', '0:4', '0:5']));
  expect(subscribes(relay)).toEqual([
    { type: 'subscribe', stream: 's', from: 'start' },
    { type: 'subscribe', stream: 's', from: at({ 0: 3 }) },
  ]);
  expect(host.status().streams.s?.losses).toEqual([]);
});

test('P5 gap and reset are recorded as losses, and a reset drops the rows', async () => {
  const relay = await startScriptedRelay();
  relay.onMessage = (message, tab) => {
    if (message.type !== 'subscribe') return;
    subscribed(tab, 'gap', at({ 0: 10 }), 10);
    tab.frame('s', 0, 10, 1);
    tab.send({
      type: 'gap',
      stream: 's',
      epoch: 'e',
      partition: 0,
      firstOffset: 11,
      nextOffset: 20,
      reason: 'too slow',
      foundAtMs: 1_000,
    });
    tab.frame('s', 0, 20, 1);
    // Of another past: says nothing about this one.
    tab.send({ type: 'gap', stream: 's', epoch: 'old', partition: 0, firstOffset: 21, nextOffset: 99, reason: 'old' });
    tab.frame('s', 0, 21, 1);
    subscribed(tab, 'reset', at({ 0: 0 }, 'new'));
    tab.frame('s', 0, 0, 2, 'new');
  };
  const { host, engine } = await open(relay);
  await until(() => expect(engine().position('s')).toEqual(at({ 0: 2 }, 'new')));
  expect(engine().counted('s')).toEqual(['0:0', '0:1']);
  const losses = host.status().streams.s?.losses ?? [];
  expect(losses.map(({ kind, reason, missing }) => [kind, reason, missing])).toEqual([
    ['gap', 'a gap', 10],
    ['gap', 'too slow', 9],
    ['reset', 'a reset', null],
  ]);
  // When the relay noticed it; where it does not say, when it told it.
  expect(losses[1]?.atMs).toBe(1_000);
  expect(losses[0]?.atMs).toBeGreaterThan(1_000);
  expect(subscribes(relay)).toHaveLength(1);
});

test('P4 at a hole the tab asks again from its position; other streams go on', async () => {
  const relay = await startScriptedRelay({ streams: ['s', 't'] });
  let asked = 0;
  relay.onMessage = (message, tab) => {
    if (message.type !== 'subscribe') return;
    const { stream } = message;
    const position = message.from === 'start' ? at({ 0: 0 }) : positionAsked(message.from);
    tab.send({ type: 'subscribed', stream, outcome: 'resumed', position, reason: null, missing: null });
    if (stream === 't' && asked++ === 0) {
      tab.frame('s', 0, 0, 2);
      tab.frame('s', 0, 5, 2);
      tab.frame('t', 0, 0, 4);
      tab.frame('s', 0, 7, 2);
    } else if (stream === 's' && message.from !== 'start') tab.frame('s', 0, 2, 7);
  };
  const { engine } = await open(relay);
  await until(() => expect(engine().counted('s')).toHaveLength(9));
  expect(engine().counted('t')).toEqual(['0:0', '0:1', '0:2', '0:3']);
  expect(subscribes(relay).at(-1)).toEqual({ type: 'subscribe', stream: 's', from: at({ 0: 2 }) });
});

test('F5 what is committed is granted again, byte for byte', async () => {
  const relay = await startScriptedRelay();
  relay.onMessage = (message, tab) => {
    if (message.type !== 'subscribe') return;
    subscribed(tab, 'fresh', at({ 0: 0 }));
    for (let offset = 0; offset < 100; offset += 10) tab.frame('s', 0, offset, 10);
  };
  const { engine } = await open(relay);
  await until(() => {
    const granted = relay.heard.reduce((sum, message) => sum + (message.type === 'credit' ? message.bytes : 0), 0);
    expect(granted).toBe(800);
  });
  expect(engine().counted('s')).toHaveLength(100);
  expect(relay.heard[0]).toEqual({ type: 'hello', protocol: PROTOCOL_VERSION, creditBytes: 16 * 2 ** 20 });
});

test('V8 history is no rate: what was sealed before the tab listened is catching up', async () => {
  const relay = await startScriptedRelay();
  let tab: Tab | null = null;
  relay.onMessage = (message, from) => {
    if (message.type !== 'subscribe') return;
    tab = from;
    subscribed(from, 'fresh', at({ 0: 0 }));
    from.frame('s', 0, 0, 500);
  };
  const { host, engine } = await open(relay, steady);
  await until(() => expect(engine().counted('s')).toHaveLength(500));
  expect(host.status()).toMatchObject({ eventsPerSecond: 0, streams: { s: { catchingUp: true, lag: { ms: null } } } });
  (tab as Tab | null)?.frame('s', 0, 500, 50, 'e', Math.ceil(steady.nowMs() * 1000));
  await until(() => expect(engine().counted('s')).toHaveLength(550));
  expect(host.status()).toMatchObject({ eventsPerSecond: 10, streams: { s: { catchingUp: false } } });
  expect(host.status().streams.s?.lag.ms).not.toBeNull();
});

test('C1 a bye that asks to wait is waited for', async () => {
  const relay = await startScriptedRelay();
  relay.onMessage = (message, tab) => {
    if (message.type === 'hello' && relay.connections === 1)
      return void tab.send({
        type: 'bye',
        code: 'shutdown',
        message: 'the relay is stopping',
        retry: true,
        retryAfterMs: 9000,
      });
  };
  const { host } = await open(relay);
  await until(() =>
    expect(host.status().connection).toMatchObject({ state: 'waiting', reason: 'the relay is stopping' }),
  );
  const { connection } = host.status();
  expect(connection.state === 'waiting' && connection.retryAtMs - connection.sinceMs).toBeGreaterThanOrEqual(9000);
  await until(() => expect(host.status().connection.state).toBe('live'));
});

test('C2 a relay that falls silent is left, and found again', async () => {
  const relay = await startScriptedRelay({ heartbeatMs: 2000 });
  relay.onMessage = (message, tab) => {
    if (message.type === 'ping' && relay.connections > 1) tab.send({ type: 'pong' });
  };
  const { host } = await open(relay);
  await until(() => expect(relay.connections).toBe(2));
  const pings = () => relay.heard.filter(({ type }) => type === 'ping').length;
  expect(pings()).toBe(2);
  await until(() => expect(pings()).toBeGreaterThan(8));
  expect(relay.connections).toBe(2);
  expect(host.status().connection.state).toBe('live');
});

test('a failed engine is replaced, what is shown stays until there is something newer, and all is read again', async () => {
  const relay = await startScriptedRelay();
  let rows = 5;
  let tab: Tab | null = null;
  relay.onMessage = (message, from) => {
    if (message.type !== 'subscribe') return;
    tab = from;
    expect(message.from).toBe('start');
    subscribed(from, 'fresh', at({ 0: 0 }));
    from.frame('s', 0, 0, rows);
  };
  const { host, engines, engine } = await open(relay);
  await until(() => expect(engine().counted('s')).toHaveLength(5));
  const shown: string[] = [];
  host.watch('panel', rowsOf('s'), (picture) => {
    if (picture.kind === 'error') shown.push(`${engines.length}: ${picture.message}`);
  });
  await until(() => expect(shown).toEqual(['1: revision 1']));
  engine().failNextApply = new WebAssembly.RuntimeError('memory access out of bounds');
  rows = 7;
  const told: string[] = [];
  host.onStatus(({ rebuilding, connection, streams }) =>
    told.push(`${rebuilding ? 'rebuilding' : 'running'}, ${connection.state}, ${streams.s?.received ?? 0} rows`),
  );
  (tab as Tab | null)?.frame('s', 0, 5, 1);
  await until(() => expect(engine().counted('s')).toHaveLength(7));
  expect(engines).toHaveLength(2);
  expect(host.status().streams.s?.losses).toMatchObject([
    { kind: 'reset', reason: expect.stringContaining('memory access out of bounds') },
  ]);
  await until(() => expect(shown).toEqual(['1: revision 1', '2: revision 1']));
  // V1 while there is none, that is said, with what was there before.
  expect(told.slice(0, 2)).toEqual(['running, live, 5 rows', 'rebuilding, waiting, 5 rows']);
  await until(() => expect(told.at(-1)).toBe('running, live, 7 rows'));
});

test('V2 the relay says its time, and so how far the clocks are apart is known', async () => {
  const relay = await startScriptedRelay();
  relay.onMessage = (message, from) => {
    if (message.type === 'subscribe') from.send({ type: 'stats', atMs: quick.nowMs() - 3_600_000, streams: {} });
  };
  const { host } = await open(relay);
  expect(host.status().clockAheadMs).toBeNull();
  await until(() => expect((host.status().clockAheadMs ?? 0) / 60_000).toBeCloseTo(60, 0));
});

test('P6 an engine whose query cannot store the rows it needs is replaced, and they are read again', async () => {
  const relay = await startScriptedRelay();
  relay.onMessage = (message, from) => {
    if (message.type !== 'subscribe') return;
    subscribed(from, 'fresh', at({ 0: 0 }));
    from.frame('s', 0, 0, 5);
  };
  const { host, engines, engine } = await open(relay);
  await until(() => expect(engine().counted('s')).toHaveLength(5));
  engine().failNextQuery = new HighwaterError('query_failed', 'no such table', 'Ask for another.');
  await expect(host.query('SELECT 1')).rejects.toMatchObject({ code: 'query_failed' });
  engine().failNextQuery = new HighwaterError('store_failed', 'no room', 'Start again.');
  await expect(host.query('SELECT 1')).rejects.toMatchObject({ code: 'store_failed' });
  await until(() => expect(engines).toHaveLength(2));
  await until(() => expect(engine().counted('s')).toHaveLength(5));
  expect(await host.query('SELECT 1')).toEqual([]);
});

test('P3 P4 random cuts, repeats and holes: every row is counted exactly once', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(performance.timeOrigin % 1e9));
  console.log(`connection property: SEED=${seed}`);
  const plan = fc.record({
    rows: fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 })),
    /** For each answer: how many frames come before it is cut, how long they are, how much is repeated or left out. */
    answers: fc.array(
      fc.record({
        frames: fc.integer({ min: 0, max: 6 }),
        length: fc.integer({ min: 1, max: 9 }),
        shift: fc.integer({ min: -4, max: 3 }),
        cut: fc.boolean(),
      }),
      { maxLength: 8 },
    ),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ rows, answers }) => {
      const relay = await startScriptedRelay();
      const waiting = [...answers];
      relay.onMessage = (message, tab) => {
        if (message.type !== 'subscribe') return;
        const position = message.from === 'start' ? at({ 0: 0, 1: 0 }) : positionAsked(message.from);
        subscribed(tab, message.from === 'start' ? 'fresh' : 'resumed', position);
        const answer = waiting.shift() ?? { frames: 1000, length: 16, shift: 0, cut: false };
        const next = [0, 1].map((partition) => position.next[partition] ?? 0);
        for (let sent = 0; sent < answer.frames; sent++) {
          const partition = sent % 2;
          const end = rows[partition] ?? 0;
          const first = Math.max(0, (next[partition] ?? 0) + (sent > 1 ? answer.shift : 0));
          const count = Math.min(answer.length, end - first);
          if (count <= 0) continue;
          tab.frame('s', partition, first, count);
          next[partition] = first + count;
        }
        // A relay that ends an answer early without a hole and without a cut would be at rest: it is cut.
        if (answer.frames < 1000) setTimeout(() => tab.cut(), answer.cut ? 0 : 5);
      };
      const { engine } = await open(relay);
      const all = rows.flatMap((count, partition) =>
        Array.from({ length: count }, (_, offset) => `${partition}:${offset}`),
      );
      await until(() => expect(engine().counted('s').toSorted()).toEqual(all.toSorted()));
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    }),
    { seed, numRuns: 40 },
  );
}, 120_000);
