import { expose, releaseProxy, transfer } from 'comlink';
import { HighwaterError } from '../../contract/errors.ts';
import type { PageApi, PanelPicture, QueryOptions, Row } from '../../contract/worker-api.ts';
import type { Client } from './clients.ts';

/** What answers a page, once the engine is up. */
export interface Served {
  readonly client: Client;
  query(sql: string, options?: QueryOptions): Promise<Row[]>;
}

/** Answers one page's calls on its port; the function returned ends that, when the page is gone. Twice is as once. */
export function servePage(port: MessagePort, served: Promise<Served>): () => void {
  /** Functions of the page that comlink holds for us, by the watch they belong to. */
  const listeners = new Map<string, unknown>();
  const api: PageApi = {
    ping: async () => {},
    async onStatus(listener) {
      (await client()).onStatus(listener);
    },
    async onBoards(listener) {
      (await client()).onBoards(listener);
    },
    async watch(id, request, listener) {
      const on = await client();
      on.watch(id, request, (picture) => listener(transfer(picture, buffersOf(picture))));
      release(listeners.get(id));
      listeners.set(id, listener);
    },
    async unwatch(id) {
      (await client()).unwatch(id);
      release(listeners.get(id));
      listeners.delete(id);
    },
    async setVisible(visible) {
      (await client()).setVisible(visible);
    },
    async setPaused(paused) {
      (await client()).setPaused(paused);
    },
    async reconnect() {
      (await client()).reconnect();
    },
    query: (sql, options) => served.then((to) => to.query(sql, options)).catch(forPage),
    status: async () => (await client()).status(),
  };
  let ended = false;
  const client = async () => {
    const { client: to } = await served.catch(forPage);
    // What was asked before the engine was up, and is wanted by nobody now.
    if (ended) throw new Error('The page is gone.');
    return to;
  };
  expose(api, port);
  return () => {
    if (ended) return;
    ended = true;
    // An engine that could not be started is told to the page that started it, and there is nothing to close.
    served.then(
      (to) => to.client.close(),
      () => undefined,
    );
    for (const listener of listeners.values()) release(listener);
    port.close();
  };
}

/** Errors cross as their message only: the reason, a line break, the fix. */
export function forPage(error: unknown): never {
  if (error instanceof HighwaterError) throw new Error(`${error.message}\n${error.fix}`, { cause: error });
  throw error;
}

/** Tells comlink that the page's function behind a listener is not called any more. */
function release(listener: unknown): void {
  (listener as { readonly [releaseProxy]?: () => void } | undefined)?.[releaseProxy]?.();
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
