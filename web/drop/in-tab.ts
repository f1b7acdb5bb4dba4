import type { InTabAnswer, InTabLetters, InTabMessage } from '../../contract/in-tab.ts';
import type { Failure } from '../data/failure.ts';
import type { Given } from './given.ts';

/** The relay in this tab, for files or a demo it was given: nothing of them leaves it. */
export interface InTab {
  /** A new port for each engine that is to be served. */
  readonly port: () => MessagePort;
  /** What could not become rows. Rejects with the reason when it cannot be read. */
  readonly letters: () => Promise<InTabLetters>;
  /** Of one stream, all of it, as JSON lines. Likewise. */
  readonly letterLines: (stream: string) => Promise<Blob>;
  readonly close: () => void;
}

/** `onFailure` is told when its script does not come, or fails. */
export function openInTab(given: Given, onFailure: (failure: Failure) => void): InTab {
  const worker = new Worker(new URL('../../relay/in-tab/main.ts', import.meta.url), {
    type: 'module',
    name: 'highwater relay',
  });
  /** Nothing answers them any more once the worker's script has not come. */
  const waiting = new Set<(error: Error) => void>();
  /** Its script has not come: whatever is asked of it, nobody answers. */
  let dead: Failure | null = null;
  worker.addEventListener('error', ({ message }) => {
    const failure = failureBy(given, message);
    if (!message) dead = failure;
    for (const reject of waiting) reject(new Error(failure.message));
    waiting.clear();
    onFailure(failure);
  });
  const send = (message: InTabMessage, transfer: readonly Transferable[] = []) =>
    worker.postMessage(message, [...transfer]);
  send(given);
  const asked = <T>(question: (port: MessagePort) => InTabMessage): Promise<T> =>
    new Promise((resolve, reject) => {
      if (dead !== null) {
        reject(new Error(dead.message));
        return;
      }
      const { port1, port2 } = new MessageChannel();
      waiting.add(reject);
      port2.onmessage = ({ data }: MessageEvent<InTabAnswer<T>>) => {
        port2.close();
        waiting.delete(reject);
        if ('told' in data) resolve(data.told);
        else reject(new Error(data.failed));
      };
      send(question(port1), [port1]);
    });
  return {
    letters: () => asked((port) => ({ kind: 'letters', port })),
    letterLines: (stream) => asked((port) => ({ kind: 'letter-lines', stream, port })),
    port() {
      const { port1, port2 } = new MessageChannel();
      send({ kind: 'engine', port: port1 }, [port1]);
      return port2;
    },
    close: () => worker.terminate(),
  };
}

/** Of a script that could not be loaded a browser gives no reason. */
function failureBy({ kind }: Given, message: string | undefined): Failure {
  const [what, reads] = kind === 'files' ? ['The files are', 'reads files'] : ['The demo is', 'runs the demo'];
  if (!message)
    return {
      what: kind === 'files' ? `${what} not read` : `${what} not run`,
      message: `The script that ${reads} in this tab could not be loaded.`,
      fix:
        kind === 'files'
          ? 'See whether the relay that served this page is there, then try again: the files are as they were.'
          : 'See whether what served this page is there, then try again.',
    };
  return {
    what: kind === 'files' ? `${what} not read on` : `${what} not run on`,
    message: `What ${reads} in this tab failed: ${message}.`,
    fix:
      kind === 'files'
        ? 'Open the files again. If it stays so, give them to a relay: npm start -- --file <path>.'
        : 'Reload the page.',
  };
}
