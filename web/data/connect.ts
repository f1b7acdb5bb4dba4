import wasmUrl from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
import { wrap } from 'comlink';
import { createSignal, onCleanup } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import type { WorkerApi } from '../../contract/worker-api.ts';
import type { PageData } from '../board/page.ts';
import { createBoards } from './create-boards.ts';
import { createPictures } from './create-picture.ts';
import { createStatus } from './create-status.ts';
import { createDrawn } from './drawn.ts';
import { type Failure, failureOf } from './failure.ts';
import { installHighwater } from './window-highwater.ts';

/** Bytes of raw rows a tab keeps, by estimate. */
const RAW_BUDGET_BYTES = 512 * 2 ** 20;
/** Bytes of frames kept in the browser's own storage. */
const JOURNAL_BUDGET_BYTES = 512 * 2 ** 20;
/** WebAssembly's memory never shrinks and ends at 4 GiB. */
const MAX_HEAP_BYTES = 2.5 * 2 ** 30;

/**
 * Starts the worker that holds the engine and the connection, and gives what the page draws from. Call it once, inside
 * the page's root; the worker ends with that root. Also installs `window.highwater`.
 */
export function connect(clock: Clock): PageData {
  const worker = new Worker(new URL('../../worker/main.ts', import.meta.url), { type: 'module', name: 'highwater' });
  const api = wrap<WorkerApi>(worker);
  const [failure, setFailure] = createSignal<Failure | null>(null);
  worker.addEventListener('error', (event) => {
    setFailure({
      message: `The engine stopped: ${event.message || 'its script could not be loaded'}.`,
      fix: 'Reload the page.',
    });
  });
  onCleanup(() => worker.terminate());

  const status = createStatus(api);
  const drawn = createDrawn(clock, () => status()?.connection);
  const boards = createBoards(api);
  installHighwater(api, drawn);
  api
    .start({
      socketUrl: socketUrl(location),
      streamUrl: new URL('/stream', location.href).href,
      wasmUrl: new URL(wasmUrl, location.href).href,
      rawBudgetBytes: RAW_BUDGET_BYTES,
      journalBudgetBytes: JOURNAL_BUDGET_BYTES,
      maxHeapBytes: MAX_HEAP_BYTES,
    })
    .catch((error: unknown) => setFailure(failureOf(error)));

  const showVisible = () => void api.setVisible(document.visibilityState === 'visible');
  document.addEventListener('visibilitychange', showVisible);
  onCleanup(() => document.removeEventListener('visibilitychange', showVisible));
  showVisible();

  return {
    boards,
    status,
    picture: createPictures(api, (run) => requestAnimationFrame(run)),
    setPaused: (paused) => void api.setPaused(paused),
    drawn: drawn.record,
    drawnMs: () => {
      status();
      return drawn.summary().p50Ms;
    },
    failure,
  };
}

/** The relay that served the page also serves its socket. */
export function socketUrl(page: { readonly protocol: string; readonly host: string }): string {
  return `${page.protocol === 'https:' ? 'wss' : 'ws'}://${page.host}/socket`;
}
