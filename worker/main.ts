import { expose } from 'comlink';
import { config } from 'zod';
import { systemClock } from '../contract/clock.ts';
import { pageLock, type StartOptions, type WorkerApi } from '../contract/worker-api.ts';
import { type Clients, createClients } from './clients/clients.ts';
import { forPage } from './clients/serve-page.ts';
import { servePages } from './clients/serve-pages.ts';
import { openHttpSocket } from './connection/http-socket.ts';
import { openPortSocket } from './connection/port-socket.ts';
import { createTransport } from './connection/transport.ts';
import { type Host, startHost } from './host.ts';
import { createJournal, noJournal } from './journal/journal.ts';
import { opfsFiles } from './journal/opfs-files.ts';
import { openBrowserEngine } from './store/open-browser.ts';

/** The worker's end of comlink: one host, and every page of the origin on a port of its own. */

// The page's content security policy forbids making code from text, and trying to would be reported as an error.
config({ jitless: true });

interface Started {
  readonly host: Host;
  readonly clients: Clients;
}

const { promise: started, resolve: resolveStarted, reject: rejectStarted } = Promise.withResolvers<Started>();

async function start(options: StartOptions): Promise<Started> {
  const { socketUrl, streamUrl, wasmUrl, rawBudgetBytes, paneBudgetBytes, journalBudgetBytes } = options;
  const { maxHeapBytes, restarts, relay, journalFolder = 'journal' } = options;
  const host = await startHost({
    openEngine: () =>
      openBrowserEngine(wasmUrl, {
        rawBudgetBytes,
        paneBudgetBytes,
        nowMs: () => performance.now(),
        wallMs: () => systemClock.nowMs(),
      }),
    openSocket: relay
      ? () => openPortSocket(relay)
      : createTransport({
          openSocket: () => new WebSocket(socketUrl),
          openStream: () => openHttpSocket(streamUrl, (url, init) => fetch(url, init)),
          clock: systemClock,
        }),
    clock: systemClock,
    monotonicMs: () => performance.now(),
    random: () => Math.random(),
    defer: createDefer(),
    journal:
      journalBudgetBytes > 0
        ? createJournal({ files: opfsFiles(journalFolder), clock: systemClock, budgetBytes: journalBudgetBytes })
        : noJournal(),
    maxHeapBytes,
    onWantsRestart: (reason) => {
      for (const tell of restartListeners) tell(reason);
    },
    onError: (error) => self.reportError(error),
  });
  return { host, clients: createClients(host, restarts) };
}

const restartListeners: ((reason: string) => void)[] = [];
const api: WorkerApi = {
  async start(options) {
    start(options).then(resolveStarted, rejectStarted);
    await started.catch(forPage);
  },
  serve: servePages(
    (page) => started.then(({ host, clients }) => ({ client: clients.connect(page), query: host.query })),
    goneOf,
  ),
  ping: async () => {},
  async onWantsRestart(listener) {
    restartListeners.push(listener);
  },
};

expose(api);

/** Resolves when the page is gone. Where there are no locks the worker is the page's own, and goes with it. */
function goneOf(page: string): Promise<unknown> {
  return 'locks' in navigator ? navigator.locks.request(pageLock(page), () => {}) : new Promise(() => {});
}

/** A message to oneself is a task of its own, without the delay of timers. */
function createDefer(): (run: () => void) => void {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return (run) => {
    waiting.push(run);
    port2.postMessage(null);
  };
}
