import type { InTabMessage } from '../../contract/in-tab.ts';

/** The relay in this tab, for files it was given: nothing of them leaves it. */
export interface InTab {
  /** A new port for each engine that is to be served. */
  readonly port: () => MessagePort;
  readonly close: () => void;
}

export function openInTab(files: readonly File[]): InTab {
  const worker = new Worker(new URL('../../relay/in-tab/main.ts', import.meta.url), {
    type: 'module',
    name: 'highwater relay',
  });
  const send = (message: InTabMessage, transfer: readonly Transferable[] = []) =>
    worker.postMessage(message, [...transfer]);
  send({ kind: 'files', files });
  return {
    port() {
      const { port1, port2 } = new MessageChannel();
      send({ kind: 'engine', port: port1 }, [port1]);
      return port2;
    },
    close: () => worker.terminate(),
  };
}
