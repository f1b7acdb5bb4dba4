import { wrap } from 'comlink';
import { type PageApi, pageLock } from '../../contract/worker-api.ts';
import { PAGE_LEFT } from './failure.ts';
import { holdLock } from './hold-lock.ts';
import type { ShareOptions } from './share-worker.ts';

/** A worker for this page alone, where pages cannot reach each other (`canShare`). */
export function ownWorker(options: Omit<ShareOptions, 'build' | 'clock' | 'openSwitchboard'>): () => void {
  const { page, link } = options;
  const closed = new AbortController();
  let terms = 0;
  const open = () => {
    options.onLeads();
    const worker = options.keepWorker({
      onWorker({ serve }) {
        link.detach();
        if (terms++ > 0) options.onChanging('The engine is being started again');
        const { port1, port2 } = new MessageChannel();
        serve(page, port2);
        link.attach(wrap<PageApi>(port1));
      },
      onFailure(failure) {
        link.fail(failure);
        options.onFailure(failure);
      },
    });
    closed.signal.addEventListener('abort', () => worker.close());
  };
  // The worker serves the page until this lock is free.
  if ('locks' in navigator) holdLock(pageLock(page), closed.signal, open);
  else open();
  return () => {
    closed.abort();
    link.fail(PAGE_LEFT);
  };
}
