import wasmUrl from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
import { createMemo, createSignal, onCleanup } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import type { Status } from '../../contract/worker-api.ts';
import type { PageData } from '../board/page.ts';
import { readView } from '../board/view.ts';
import { createBoards } from './create-boards.ts';
import { createPictures } from './create-picture.ts';
import { createStatus } from './create-status.ts';
import { createDrawn } from './drawn.ts';
import { createEngineLink } from './engine-link.ts';
import type { Failure } from './failure.ts';
import { givenUp } from './given-up.ts';
import { type KeepWorkerOptions, keepWorker } from './keep-worker.ts';
import { openKeptPictures } from './kept-pictures.ts';
import { ownWorker } from './own-worker.ts';
import { heapBytes, journalBytes, paneBytes, stuckMs } from './page-options.ts';
import { askPersistence } from './persistence.ts';
import { relayUrl } from './relay-url.ts';
import { canShare, shareWorker } from './share-worker.ts';
import { installHighwater } from './window-highwater.ts';

/** Bytes of raw rows a tab keeps, by estimate. */
const RAW_BUDGET_BYTES = 512 * 2 ** 20;
const PANE_BUDGET_BYTES = 256 * 2 ** 20;
/** Bytes of frames kept in the browser's own storage. */
const JOURNAL_BUDGET_BYTES = 512 * 2 ** 20;
/** WebAssembly's memory never shrinks and ends at 4 GiB. */
const MAX_HEAP_BYTES = 2.5 * 2 ** 30;

export interface ConnectOptions {
  readonly clock: Clock;
  /** A name no other page of this origin has. */
  readonly page: string;
  /** A port to the relay that runs in this tab, a new one each time; left out: the relay that served the page, or that its address names. */
  readonly relayInTab?: () => MessagePort;
}

export interface ConnectedData extends PageData {
  /** What was applied is made durable, for the page is about to be left. Never rejects; gives up soon. */
  readonly flush: () => Promise<void>;
}

const FLUSH_MS = 3_000;
/** An engine that has not drawn for so long has nothing to draw. */
const DRAWS_WITHIN_MS = 2_000;

/**
 * Finds or starts the worker that holds the engine and the connection, and gives what the page draws from. Call it
 * once, inside the page's root; what it holds ends with that root. Also installs `window.highwater`.
 */
export function connect({ clock, page, relayInTab }: ConnectOptions): ConnectedData {
  const relay = relayUrl(location);
  const [failure, setFailure] = createSignal<Failure | null>(null);
  const [changing, setChanging] = createSignal<string | null>(null);
  const [runsHere, setRunsHere] = createSignal(false);
  const link = createEngineLink(reportError);
  const [persisted, setPersisted] = createSignal<boolean | undefined>();
  const withPersisted = (status: Status): Status => {
    const known = persisted();
    return known === undefined ? status : { ...status, journal: { ...status.journal, persisted: known } };
  };
  const told = createStatus(link);
  const status = createMemo(() => {
    const [newest, failed] = [told(), failure()];
    const last = newest && withPersisted(newest);
    return last && failed ? givenUp(last, failed) : last;
  });
  /** Since when an engine is as far as the pictures this browser kept; null: none is. */
  let currentMs: number | null = null;
  link.onStatus(() => {
    setFailure(null);
    if (link.current) setChanging(null);
    currentMs = link.current ? (currentMs ?? clock.nowMs()) : null;
  });
  /** Something newer is to come of an engine that is on its way. */
  const isAwaited = () => failure() === null && (currentMs === null || clock.nowMs() - currentMs < DRAWS_WITHIN_MS);
  const drawn = createDrawn(clock, status);
  installHighwater(link, drawn, withPersisted);

  // Its name has a hash of all that the page is built of.
  const build = `${new URL(import.meta.url).pathname}${relay.isElsewhere ? ` ${relay.base}` : ''}`;
  // What is read from files in this tab is read again from them.
  const journalBudgetBytes = relayInTab ? 0 : journalBytes(location.search, JOURNAL_BUDGET_BYTES);
  if (journalBudgetBytes > 0)
    onCleanup(
      askPersistence({
        storage: (navigator as { readonly storage?: StorageManager }).storage,
        gestures: window,
        atOnce: readView(location.search).kiosk,
        tell: (now) => void setPersisted(now),
        onError: reportError,
      }),
    );

  const kept =
    journalBudgetBytes > 0
      ? openKeptPictures({
          relay: relay.isElsewhere ? relay.base : '',
          build,
          clock,
          status: () => link.newest,
          onError: reportError,
        })
      : null;
  onCleanup(() => kept?.close());
  const boards = createBoards(link, kept, failure);

  const showVisible = () => {
    const visible = document.visibilityState === 'visible';
    link.setVisible(visible);
    if (!visible) void kept?.save();
  };
  document.addEventListener('visibilitychange', showVisible);
  onCleanup(() => document.removeEventListener('visibilitychange', showVisible));
  showVisible();

  const shared = {
    page,
    link,
    keepWorker: (events: Pick<KeepWorkerOptions, 'onWorker' | 'onFailure'>) =>
      keepWorker({
        ...events,
        clock,
        open: () => new Worker(new URL('../../worker/main.ts', import.meta.url), { type: 'module', name: 'highwater' }),
        start: {
          socketUrl: relay.socketUrl,
          streamUrl: relay.streamUrl,
          journalFolder: relay.isElsewhere
            ? `journal of ${relay.base.replace(/^\w+:\/\//, '').replaceAll(/[:/]/g, ' ')}`
            : 'journal',
          wasmUrl: new URL(wasmUrl, location.href).href,
          rawBudgetBytes: RAW_BUDGET_BYTES,
          journalBudgetBytes,
          paneBudgetBytes: paneBytes(location.search, PANE_BUDGET_BYTES),
          maxHeapBytes: heapBytes(location.search, MAX_HEAP_BYTES),
        },
        ...(relayInTab && { relayInTab }),
        restarts: () => link.newest?.restarts ?? [],
        stuckMs: stuckMs(location.search),
        hidden: () => document.visibilityState === 'hidden',
      }),
    onChanging: (words: string) => void setChanging(words),
    onLeads: () => void setRunsHere(true),
    onFailure: (failed: Failure) => {
      setFailure(failed);
      setChanging(null);
    },
  };
  const leave =
    canShare() && !relayInTab
      ? shareWorker({
          ...shared,
          clock,
          build,
          openSwitchboard: () =>
            new SharedWorker(new URL('./switchboard.ts', import.meta.url), { type: 'module', name: 'highwater' }).port,
        })
      : ownWorker(shared);
  onCleanup(leave);

  return {
    boards,
    isKept: (picture) => kept?.isKept(picture) === true && isAwaited(),
    status,
    changing,
    runsHere,
    picture: createPictures(link, kept, (run) => requestAnimationFrame(run)),
    query: (sql, options) => link.query(sql, options),
    setPaused: (paused) => link.setPaused(paused),
    reconnect: () => link.reconnect(),
    drawn: drawn.record,
    drawnMs: () => {
      status();
      return drawn.summary().p50Ms;
    },
    failure,
    async flush() {
      // A page that is not seen may be ended at any moment: its engine makes durable what it has. (worker/clients)
      link.setVisible(false);
      const answered = link.status().catch(() => null);
      await Promise.race([
        Promise.all([answered, kept?.save()]),
        new Promise<void>((resolve) => clock.after(FLUSH_MS, resolve)),
      ]);
    },
  };
}
