import { expose, releaseProxy, transfer } from 'comlink';
import { config } from 'zod';
import { systemClock } from '../contract/clock.ts';
import { HighwaterError } from '../contract/errors.ts';
import type { PanelPicture, WorkerApi } from '../contract/worker-api.ts';
import { type Host, startHost } from './host.ts';
import { openBrowserEngine } from './store/open-browser.ts';

/** The worker's end of comlink: the page's calls, on the host. */

// The page's content security policy forbids making code from text, and trying to would be reported as an error.
config({ jitless: true });

let started: Promise<Host> | null = null;
let resolveHost: (host: Promise<Host>) => void;
const host = new Promise<Host>((resolve) => {
  resolveHost = resolve;
});

const api: WorkerApi = {
  async start({ socketUrl, wasmUrl, rawBudgetBytes }) {
    started ??= startHost({
      openEngine: () => openBrowserEngine(wasmUrl, { rawBudgetBytes, nowMs: () => performance.now() }),
      openSocket: () => new WebSocket(socketUrl),
      clock: systemClock,
      monotonicMs: () => performance.now(),
      random: () => Math.random(),
      defer: createDefer(),
      onError: (error) => self.reportError(error),
    });
    await started.catch(forPage);
    resolveHost(started);
  },
  async onStatus(listener) {
    (await host).onStatus(listener);
  },
  async onBoards(listener) {
    (await host).onBoards(listener);
  },
  async watch(id, request, listener) {
    const on = await host;
    release(on.unwatch(id));
    on.watch(
      id,
      request,
      Object.assign((picture: PanelPicture) => listener(transfer(picture, buffersOf(picture))), { listener }),
    );
  },
  async unwatch(id) {
    release((await host).unwatch(id));
  },
  async setVisible(visible) {
    (await host).setVisible(visible);
  },
  async setPaused(paused) {
    (await host).setPaused(paused);
  },
  query: async (sql, options) => (await host).query(sql, options).catch(forPage),
  status: async () => (await host).status(),
};

expose(api);

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

/** Errors cross as their message only: the reason, a line break, the fix. */
function forPage(error: unknown): never {
  if (error instanceof HighwaterError) throw new Error(`${error.message}\n${error.fix}`, { cause: error });
  throw error;
}

/** Tells comlink that the page's function behind a listener is not called any more. */
function release(listener: unknown): void {
  const remote = (listener as { readonly listener?: { readonly [releaseProxy]?: () => void } } | null)?.listener;
  remote?.[releaseProxy]?.();
}

function buffersOf(picture: PanelPicture): ArrayBufferLike[] {
  const arrays =
    picture.kind === 'series'
      ? [picture.xSeconds, picture.revised, ...picture.series.map(({ values }) => values)]
      : picture.kind === 'fold' && picture.spark
        ? [picture.spark.xSeconds, picture.spark.values]
        : [];
  return [...new Set(arrays.map(({ buffer }) => buffer))];
}
