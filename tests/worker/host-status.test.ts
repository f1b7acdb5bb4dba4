import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../../contract/clock.ts';
import type { Status } from '../../contract/worker-api.ts';
import { memoryFiles } from './memory-files.ts';
import { cleanUp, counted, type OpenedHost, openHost, quick, relayOf, startedRelay, until } from './opened-host.ts';
import type { Tab } from './scripted-relay.ts';

/** What a host says of itself while it has no engine, while it reads its journal, and when clocks are apart. */
afterEach(cleanUp);

/** As time goes. */
const real: Clock = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

const trap = () => new WebAssembly.RuntimeError('memory access out of bounds');

/** The engine fails by the next frame. */
function fail({ engine }: OpenedHost, tab: Tab | undefined): void {
  engine().failNextApply = trap();
  tab?.frame('s', 0, 5, 1);
}

test('T4 an engine that keeps failing is given up: nothing is being rebuilt, and no other engine is made', async () => {
  const { relay, tabs } = await relayOf(() => 5);
  const opened = await openHost(relay, memoryFiles());
  const { host, engine, engines } = opened;
  for (let failures = 0; failures <= 5; failures++) {
    await until(() => expect(engines).toHaveLength(failures + 1));
    await until(() => expect(engine().counted('s')).toEqual(counted(5)));
    await until(() => expect(host.status()).toMatchObject({ connection: { state: 'live' }, rebuilding: false }));
    await until(() => expect(tabs).toHaveLength(failures + 1));
    fail(opened, tabs.at(-1));
    await until(() => expect(host.status().restarts).toHaveLength(failures + 1));
  }
  const reason = expect.stringMatching(/keeps failing.*out of bounds/);
  await until(() => expect(host.status().connection).toEqual({ state: 'closed', reason }));
  expect(host.status()).toMatchObject({ rebuilding: false, restoring: false });
  // What is asked of it still may fail again: that is no news.
  engine().failNextQuery = trap();
  await expect(host.query('SELECT 1')).rejects.toThrow('out of bounds');
  expect([engines.length, host.status().restarts.length]).toEqual([6, 6]);
});

test('V8 while the engine is replaced there is no rate and no lag', async () => {
  const { relay, tabs } = await relayOf(() => 5);
  const { host, engine } = await openHost(relay, memoryFiles(), { clock: real });
  await until(() => expect(engine().counted('s')).toEqual(counted(5)));
  tabs.at(-1)?.frame('s', 0, 5, 50, 'e', Math.ceil(real.nowMs()) * 1000);
  await until(() => expect(host.status().eventsPerSecond).toBeGreaterThan(0));
  expect(host.status().streams.s?.lag.ms).not.toBeNull();
  const told: Status[] = [];
  host.onStatus((status) => told.push(status));
  engine().failNextApply = trap();
  tabs.at(-1)?.frame('s', 0, 55, 1);
  await until(() => expect(told.filter(({ rebuilding }) => rebuilding)).not.toEqual([]));
  await until(() => expect(told.at(-1)).toMatchObject({ rebuilding: false, streams: { s: { received: 55 } } }));
  for (const { eventsPerSecond, streams } of told.slice(told.findIndex(({ rebuilding }) => rebuilding)))
    expect([eventsPerSecond, streams.s?.lag.ms]).toEqual([0, null]);
});

test('J1 the status says that the journal is read back, until the relay is asked', async () => {
  const { relay } = await relayOf(() => 5);
  const files = memoryFiles();
  const first = await openHost(relay, files);
  expect(first.host.status().restoring).toBe(true);
  await until(() => expect(first.engine().counted('s')).toEqual(counted(5)));
  expect(first.host.status().restoring).toBe(false);
  await first.host.close();

  const silent = await startedRelay();
  silent.onMessage = () => true;
  const again = await openHost(silent, files.left());
  expect(again.host.status()).toMatchObject({ restoring: true, rebuilding: false });
  await until(() => expect(again.host.status().restoring).toBe(false));
  expect(again.host.status()).toMatchObject({ journal: { restoredRows: 5 }, connection: { state: 'connecting' } });
});

for (const [words, aheadMs] of [
  ['ahead of', 120_000],
  ['two hours ahead of', 7_200_000],
  ['behind', -120_000],
] as const)
  test(`V2 V8 a computer whose clock is ${words} the relay's tells history from news, and its lag, as any other`, async () => {
    const relay = await startedRelay();
    const tabs: Tab[] = [];
    let nowMs = 1e12;
    const clock: Clock = { nowMs: () => nowMs, after: quick.after };
    const relayNowMs = () => nowMs - aheadMs;
    relay.onMessage = (message, tab) => {
      if (message.type !== 'subscribe') return;
      tabs.push(tab);
      tab.send({ type: 'stats', atMs: relayNowMs(), streams: {} });
      const position = { epoch: 'e', next: { 0: 0 } };
      tab.send({ type: 'subscribed', stream: 's', outcome: 'fresh', position, reason: null, missing: null });
      // Sealed a minute before anybody asked.
      tab.frame('s', 0, 0, 5, 'e', (relayNowMs() - 60_000) * 1000);
    };
    const { host, engine } = await openHost(relay, memoryFiles(), { clock });
    await until(() => expect(engine().counted('s')).toEqual(counted(5)));
    expect(host.status().streams.s).toMatchObject({ catchingUp: true, lag: { ms: null } });
    expect(host.status().eventsPerSecond).toBe(0);
    nowMs += 60_000;
    tabs.at(-1)?.frame('s', 0, 5, 5, 'e', (relayNowMs() - 25) * 1000);
    await until(() => expect(engine().counted('s')).toEqual(counted(10)));
    expect(host.status()).toMatchObject({ eventsPerSecond: 1, streams: { s: { catchingUp: false, lag: { ms: 25 } } } });
  });
