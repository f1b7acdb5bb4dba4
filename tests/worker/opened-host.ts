import { vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Clock } from '../../contract/clock.ts';
import type { Up } from '../../contract/protocol/up.ts';
import { type Host, type HostOptions, startHost } from '../../worker/host.ts';
import { createJournal } from '../../worker/journal/journal.ts';
import type { MemoryFiles } from './memory-files.ts';
import { createPositionEngine, type PositionEngine } from './position-engine.ts';
import { type ScriptedRelay, startScriptedRelay, type Tab } from './scripted-relay.ts';

/** Hosts with a journal and a relay that does what a test says; all end with the test that calls `cleanUp` after each. */
export const quick: Clock = {
  nowMs: () => performance.now() * 100,
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs / 100);
    return () => clearTimeout(timer);
  },
};

const cleanups: (() => unknown)[] = [];
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

export interface OpenedHost {
  readonly host: Host;
  readonly engines: readonly PositionEngine[];
  engine(): PositionEngine;
}

export async function openHost(
  relay: ScriptedRelay,
  files: MemoryFiles,
  more: Partial<HostOptions> = {},
): Promise<OpenedHost> {
  const engines: PositionEngine[] = [];
  const host = await startHost({
    openEngine: async () => {
      const engine = createPositionEngine();
      engines.push(engine);
      return engine;
    },
    openSocket: () => new WebSocket(relay.url) as never,
    clock: quick,
    monotonicMs: () => performance.now(),
    random: () => 0.5,
    defer: (run) => setImmediate(run),
    journal: createJournal({ files, clock: quick, budgetBytes: 1e9 }),
    onError: (error) => {
      throw error;
    },
    ...more,
  });
  cleanups.push(() => host.close());
  const engine = () => {
    const newest = engines.at(-1);
    if (!newest) throw new Error('no engine was opened');
    return newest;
  };
  return { host, engines, engine };
}

export async function startedRelay(options: Parameters<typeof startScriptedRelay>[0] = {}): Promise<ScriptedRelay> {
  const relay = await startScriptedRelay(options);
  cleanups.push(() => relay.stop());
  return relay;
}

/** Gives rows 0 to 5 to who begins; who resumes at `n` gets what is after it. Its streams can be asked for again and again. */
export async function relayOf(rows: () => number): Promise<{ readonly relay: ScriptedRelay; readonly tabs: Tab[] }> {
  const relay = await startedRelay();
  const tabs: Tab[] = [];
  relay.onMessage = (message, tab) => {
    if (message.type !== 'subscribe') return;
    tabs.push(tab);
    const { from } = message;
    const position = typeof from === 'object' && 'epoch' in from ? from : { epoch: 'e', next: { 0: 0 } };
    const outcome = position === from ? 'resumed' : 'fresh';
    tab.send({ type: 'subscribed', stream: 's', outcome, position, reason: null, missing: null });
    const next = position.next[0] ?? 0;
    if (next < rows()) tab.frame('s', 0, next, rows() - next);
  };
  return { relay, tabs };
}

export const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
export const counted = (rows: number) => Array.from({ length: rows }, (_, offset) => `0:${offset}`);
export const asked = (relay: ScriptedRelay) =>
  relay.heard
    .filter((message): message is Extract<Up, { type: 'subscribe' }> => message.type === 'subscribe')
    .map(({ from }) => from);
