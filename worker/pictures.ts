import type { PanelPicture, PanelRequest } from '../contract/worker-api.ts';

/** Shows one picture; resolves when the page has drawn it. */
export type PictureListener = (picture: PanelPicture) => void | Promise<void>;

/**
 * Which pictures to make, and when. A watch is drawn again when what it shows has changed, and only when its last
 * picture is drawn: newest wins, at most one is on its way, none wait.
 *
 *     idle ──changed, and 33 ms since the last──▶ made, on its way ──drawn──▶ idle
 */
export interface Pictures {
  watch(id: string, request: PanelRequest, listener: PictureListener): void;
  unwatch(id: string): void;
  /** What is watched now. */
  requests(): PanelRequest[];
  /** Makes what is due, for at most `budgetMs` but at least one; then when the next is due, or null when none waits for time. */
  make(budgetMs: number): number | null;
  /** Another engine: its revisions start again, and what is shown stays until it has something newer. */
  engineReplaced(): void;
}

export interface PicturesOptions {
  /** Null: nothing to show yet, keep what is shown. */
  readonly picture: (request: PanelRequest) => PanelPicture | null;
  /** Before pictures are made: all that is watched. */
  readonly prepare: (requests: readonly PanelRequest[]) => void;
  readonly revision: (request: PanelRequest) => number | string;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
  /** Wall clock, for views that end now. */
  readonly wallMs: () => number;
  /** A picture was drawn, or a watch changed: `make` may have something to do. */
  readonly onDue: () => void;
  readonly onError: (error: unknown) => void;
}

/** About thirty a second for each watch. */
const APART_MS = 33;
/** What ends now is another picture so much later, though nothing has come. */
const NOW_MS = 1000;

interface Watch {
  readonly request: PanelRequest;
  readonly listener: PictureListener;
  readonly untilNow: boolean;
  /** Of the last picture made; null before the first. */
  revision: number | string | null;
  madeAtMs: number;
  onItsWay: boolean;
}

export function createPictures(options: PicturesOptions): Pictures {
  const watches = new Map<string, Watch>();

  const revisionOf = ({ request, untilNow }: Watch): number | string => {
    const revision = options.revision(request);
    return untilNow ? `${revision} ${Math.floor(options.wallMs() / NOW_MS)}` : revision;
  };
  const requests = () => [...watches.values()].map(({ request }) => request);
  const changed = (watch: Watch) => !watch.onItsWay && revisionOf(watch) !== watch.revision;

  const make = (watch: Watch, nowMs: number) => {
    watch.revision = revisionOf(watch);
    watch.madeAtMs = nowMs;
    const picture = options.picture(watch.request);
    if (picture === null) return;
    watch.onItsWay = true;
    Promise.resolve(watch.listener(picture))
      .catch(options.onError)
      .finally(() => {
        watch.onItsWay = false;
        options.onDue();
      });
  };

  return {
    watch(id, request, listener) {
      const untilNow = request.kind !== 'rows' && request.view.until === 'now';
      const madeAtMs = Number.NEGATIVE_INFINITY;
      watches.set(id, { request, listener, untilNow, revision: null, madeAtMs, onItsWay: false });
      options.onDue();
    },
    unwatch: (id) => void watches.delete(id),
    requests,
    make(budgetMs) {
      const startedMs = options.nowMs();
      const waiting = [...watches.values()].filter(changed).sort((a, b) => a.madeAtMs - b.madeAtMs);
      const [first] = waiting;
      if (first && first.madeAtMs + APART_MS <= startedMs) options.prepare(requests());
      for (const watch of waiting) {
        const nowMs = options.nowMs();
        const dueMs = watch.madeAtMs + APART_MS;
        if (dueMs > nowMs) return dueMs;
        if (nowMs - startedMs >= budgetMs) return nowMs;
        make(watch, nowMs);
      }
      if (![...watches.values()].some(({ untilNow }) => untilNow)) return null;
      return options.nowMs() + NOW_MS - (options.wallMs() % NOW_MS);
    },
    engineReplaced() {
      for (const watch of watches.values()) if (watch.revision !== null) watch.revision = revisionOf(watch);
    },
  };
}
