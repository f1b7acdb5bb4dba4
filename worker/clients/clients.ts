import type { Boards, PanelRequest, Status } from '../../contract/worker-api.ts';
import type { Host } from '../host.ts';
import type { PictureListener } from '../pictures.ts';

/**
 * Many pages on one host. Each has its own watches, and they are on the host only while someone looks:
 *
 *     page ──watch──▶ wanted ──visible and not paused──▶ on the host, as `page/id` ──▶ pictures
 *                        ◀── hidden, paused, or the page is gone ──┘
 *
 * Status and boards are asked of the host once and told to each page. When no page is visible any more, what the host keeps
 * is made durable.
 */
export interface Clients {
  /** A page from now on. */
  connect(page: string): Client;
}

export interface Client {
  onStatus(listener: StatusListener): void;
  onBoards(listener: (boards: Boards) => void | Promise<void>): void;
  watch(id: string, request: PanelRequest, listener: PictureListener): void;
  unwatch(id: string): void;
  setVisible(visible: boolean): void;
  setPaused(paused: boolean): void;
  reconnect(): void;
  status(): Status;
  /** The page is gone: nothing is made for it any more. */
  close(): void;
}

/** Told again only when what it returned is resolved: a page that is slow gets fewer, and none wait. */
export type StatusListener = (status: Status) => void | Promise<void>;

type SharedHost = Pick<Host, 'onStatus' | 'onBoards' | 'watch' | 'unwatch' | 'flush' | 'reconnect' | 'status'>;

interface Page {
  readonly statusListeners: Set<(status: Status) => void>;
  readonly boardListeners: Set<(boards: Boards) => void>;
  visible: boolean;
}

export function createClients(host: SharedHost, earlierRestarts: Status['restarts'] = []): Clients {
  const pages = new Set<Page>();
  let connected = 0;
  let status: Status | null = null;
  let boards: Boards | null = null;
  const statusOf = (now: Status): Status => ({
    ...now,
    restarts: [...earlierRestarts, ...now.restarts].slice(-KEPT_RESTARTS),
  });
  const flushUnseen = () => {
    if (![...pages].some(({ visible }) => visible)) host.flush();
  };
  host.onStatus((now) => {
    status = statusOf(now);
    for (const page of pages) for (const tell of page.statusListeners) tell(status);
  });
  host.onBoards((now) => {
    boards = now;
    for (const page of pages) for (const tell of page.boardListeners) tell(now);
  });
  return {
    connect(name) {
      const prefix = `${name}/${connected++}/`;
      const page: Page = { statusListeners: new Set(), boardListeners: new Set(), visible: true };
      const watches = new Map<string, { readonly request: PanelRequest; readonly listener: PictureListener }>();
      let paused = false;
      let looking = true;
      pages.add(page);
      const look = () => {
        const now = page.visible && !paused;
        if (now === looking) return;
        looking = now;
        for (const [id, { request, listener }] of watches)
          if (looking) host.watch(prefix + id, request, listener);
          else host.unwatch(prefix + id);
      };
      return {
        onStatus(listener) {
          const tell = oneAtATime(listener);
          page.statusListeners.add(tell);
          if (status) tell(status);
        },
        onBoards(listener) {
          const tell = (now: Boards) => void Promise.resolve(listener(now)).catch(toldThere);
          page.boardListeners.add(tell);
          if (boards) tell(boards);
        },
        watch(id, request, listener) {
          if (!pages.has(page)) return;
          watches.set(id, { request, listener });
          if (looking) host.watch(prefix + id, request, listener);
        },
        unwatch(id) {
          watches.delete(id);
          host.unwatch(prefix + id);
        },
        setVisible(now) {
          page.visible = now;
          flushUnseen();
          look();
        },
        setPaused(now) {
          paused = now;
          look();
        },
        reconnect: () => host.reconnect(),
        status: () => statusOf(host.status()),
        close() {
          pages.delete(page);
          flushUnseen();
          for (const id of watches.keys()) host.unwatch(prefix + id);
          watches.clear();
        },
      };
    },
  };
}

const KEPT_RESTARTS = 20;

/** What a page fails at is told on that page. */
const toldThere = () => undefined;

/** Lets go what comes while the one before is still being taken; what a page fails at is told on that page. */
function oneAtATime(listener: StatusListener): (status: Status) => void {
  let taking = false;
  return (status) => {
    if (taking) return;
    taking = true;
    const taken = () => {
      taking = false;
    };
    Promise.resolve(listener(status)).then(taken, taken);
  };
}
