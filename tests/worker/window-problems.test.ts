import { expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { Engine } from '../../worker/engine.ts';
import { openHeadless } from '../../worker/headless.ts';
import { startHost } from '../../worker/host.ts';
import { testSchema } from '../support/frames.ts';
import { startScriptedRelay, type Tab } from './scripted-relay.ts';

test('V6 a window that cannot run is in the status once its stream has fields, whichever came first', async () => {
  const relay = await startScriptedRelay();
  onTestFinished(() => relay.stop());
  const windowOf = (where: string): WindowSpec => ({
    from: 's',
    window: 'tumble(5s)',
    by: [],
    where,
    select: { rows: 'count()' },
    late: { allow: '0s' },
  });
  let tab: Tab | null = null;
  relay.onMessage = (message, from) => {
    if (message.type !== 'subscribe') return;
    tab = from;
    const windows = { good: windowOf('n > 3'), bad: windowOf('nope > 3') };
    from.send({ type: 'boards', boards: {}, windows, playlists: {}, problems: [], made: [] });
    from.send({
      type: 'subscribed',
      stream: 's',
      outcome: 'fresh',
      position: { epoch: 'e', next: { 0: 0 } },
      reason: null,
      missing: null,
    });
  };
  const monotonicMs = () => performance.now();
  const host = await startHost({
    openEngine: (): Promise<Engine> => openHeadless({ rawBudgetBytes: 2 ** 26, nowMs: monotonicMs }),
    openSocket: () => new WebSocket(relay.url) as never,
    clock: { nowMs: monotonicMs, after: (ms, run) => clearing(setTimeout(run, ms)) },
    monotonicMs,
    random: () => 0.5,
    defer: (run) => setImmediate(run),
    onError: (error) => {
      throw error;
    },
  });
  onTestFinished(() => host.close());
  await vi.waitFor(() => expect(host.status().streams.s?.positions).toMatchObject({ epoch: 'e' }));
  expect(host.status().windowProblems).toEqual([]);
  (tab as Tab | null)?.send(testSchema('s', { n: 'int64' }));
  await vi.waitFor(() =>
    expect(host.status().windowProblems).toMatchObject([{ window: 'bad', message: expect.stringContaining('nope') }]),
  );
});

function clearing(timer: NodeJS.Timeout): () => void {
  return () => clearTimeout(timer);
}
