import { proxy, type Remote, releaseProxy } from 'comlink';
import type { Position } from '../../contract/protocol/position.ts';
import type {
  Boards,
  PageApi,
  PanelPicture,
  PanelRequest,
  QueryOptions,
  Row,
  Status,
} from '../../contract/worker-api.ts';
import type { Failure } from './failure.ts';

/**
 * The page's line to whichever worker serves it now. Workers come and go (their page is closed, they are stuck); what
 * the page wants of them stays, and is asked anew of each:
 *
 *     attached ──detach: pictures stay, calls wait──▶ detached ──attach: listeners, flags, watches──▶ attached
 *
 * What the new engine draws is not shown over a picture that is on the screen before it stands where the old one stood,
 * so that no chart falls back while history is read again. All the same it is told what is looked at, and reads that first.
 */
export interface EngineLink {
  onStatus(listener: (status: Status) => void): void;
  onBoards(listener: (boards: Boards) => void): void;
  watch(id: string, request: PanelRequest, listener: PictureListener): void;
  /**
   * What the page shows of a watch is of an engine before, whose stream stood at `positions`: it stays until this engine
   * is as far. False: it is, or has given a picture already.
   */
  hold(id: string, of: { readonly stream: string; readonly positions: Position | null }): boolean;
  /** What is held is not waited for any longer. */
  letGo(): void;
  unwatch(id: string): void;
  setVisible(visible: boolean): void;
  setPaused(paused: boolean): void;
  query(sql: string, options?: QueryOptions): Promise<Row[]>;
  /** Does not wait for the next attempt to reach the relay. */
  reconnect(): void;
  status(): Promise<Status>;
  /** The newest status that came; null before the first. */
  readonly newest: Status | null;
  /** There is an engine, and it stands where the one before it stood. */
  readonly current: boolean;
  attach(api: Remote<PageApi>): void;
  detach(): void;
  /** There is no engine, and whether one will come nobody knows: calls are refused with this until one is attached. */
  fail(failure: Failure): void;
}

type PictureListener = (picture: PanelPicture) => void | Promise<void>;

interface Watch {
  readonly request: PanelRequest;
  readonly listener: PictureListener;
  /** Who made the picture of it that is on the screen; null: there is none. */
  shownBy: Line | 'before this page' | null;
}

/** By stream. */
type Standing = Readonly<Record<string, { readonly positions: Position | null }>>;

interface Line {
  readonly api: Remote<PageApi>;
  /** Resolves when the worker at the other end is given up. */
  readonly lost: Promise<void>;
  readonly lose: () => void;
}

/** Statuses, two a second, without anything being read, after which an engine is as far as it will come. */
const IDLE_STATUSES = 10;

/** A refusal is for those who called, and is no error where nobody did. */
const toldToCallers = () => undefined;

/** `report` gets what goes wrong where nobody waits for an answer. */
export function createEngineLink(report: (error: unknown) => void): EngineLink {
  const statusListeners: ((status: Status) => void)[] = [];
  const boardListeners: ((boards: Boards) => void)[] = [];
  const watches = new Map<string, Watch>();
  let visible = true;
  let paused = false;
  let newest: Status | null = null;
  /** Where the engine stood that drew what is on the screen; null when the one there is now is as far. */
  let behind: Standing | null = null;
  let reached = Promise.withResolvers<void>();
  let idleStatuses = 0;
  /** The engine there is now has told its status. */
  let heard = false;
  let line: Line | null = null;
  let attached = Promise.withResolvers<Line>();

  const send = (ask: (api: Remote<PageApi>) => Promise<unknown>) => {
    const on = line;
    // What an engine says that is given up, is no news.
    if (on) ask(on.api).catch((error: unknown) => on === line && report(error));
  };
  const isCurrent = () => heard && behind === null && newest?.restoring !== true;
  const isHeld = ({ shownBy }: Watch) => behind !== null && shownBy !== null && shownBy !== line;
  const sendWatch = (id: string, watch: Watch) => {
    const on = line;
    const show = async (picture: PanelPicture) => {
      if (on !== line || watches.get(id) !== watch) return;
      // It is made anew then.
      if (isHeld(watch)) return reached.promise;
      watch.shownBy = on;
      try {
        await watch.listener(picture);
      } catch (error) {
        report(error);
      }
    };
    send((api) => api.watch(id, watch.request, proxy(show)));
  };
  const letGo = () => {
    if (!behind) return;
    const held = [...watches].filter(([, watch]) => isHeld(watch));
    behind = null;
    for (const [id, watch] of held) sendWatch(id, watch);
    reached.resolve();
    reached = Promise.withResolvers();
  };
  const hear = (on: Line, status: Status) => {
    if (on !== line) return;
    newest = status;
    heard = true;
    idleStatuses = isIdle(status, behind ?? {}) ? idleStatuses + 1 : 0;
    if (behind && (standsAt(status, behind) || idleStatuses >= IDLE_STATUSES)) letGo();
    for (const tell of statusListeners) tell(status);
  };
  const ask = async <T>(question: (api: Remote<PageApi>) => Promise<T>, orElse: () => Promise<T>): Promise<T> => {
    const on = line ?? (await attached.promise);
    const answer = await Promise.race([question(on.api).then((value) => ({ value })), on.lost]);
    return answer ? answer.value : orElse();
  };
  const status = (): Promise<Status> => ask((api) => api.status(), status);
  const detach = () => {
    const on = line;
    if (!on) return;
    line = null;
    heard = false;
    attached = Promise.withResolvers();
    on.lose();
    on.api[releaseProxy]();
  };

  return {
    onStatus: (listener) => void statusListeners.push(listener),
    onBoards: (listener) => void boardListeners.push(listener),
    watch(id, request, listener) {
      const watch: Watch = { request, listener, shownBy: null };
      watches.set(id, watch);
      sendWatch(id, watch);
    },
    hold(id, { stream, positions }) {
      const watch = watches.get(id);
      if (!watch || watch.shownBy !== null || isCurrent()) return false;
      watch.shownBy = 'before this page';
      behind = furthest(behind, { [stream]: { positions } });
      return true;
    },
    letGo,
    unwatch(id) {
      watches.delete(id);
      send((api) => api.unwatch(id));
    },
    setVisible(now) {
      visible = now;
      send((api) => api.setVisible(now));
    },
    setPaused(now) {
      paused = now;
      send((api) => api.setPaused(now));
    },
    query: (sql, options) =>
      ask(
        (api) => api.query(sql, options),
        async () => {
          throw new Error('The engine was started again while the query ran.\nAsk again, for less if it took long.');
        },
      ),
    reconnect: () => send((api) => api.reconnect()),
    status,
    get newest() {
      return newest;
    },
    get current() {
      return isCurrent();
    },
    attach(api) {
      const { promise: lost, resolve: lose } = Promise.withResolvers<void>();
      const on: Line = { api, lost, lose };
      line = on;
      if (newest) behind = furthest(behind, newest.streams);
      idleStatuses = 0;
      send(() => api.setVisible(visible));
      send(() => api.setPaused(paused));
      send(() => api.onStatus(proxy((now: Status) => hear(on, now))));
      send(() =>
        api.onBoards(
          proxy((now: Boards) => {
            if (on === line) for (const tell of boardListeners) tell(now);
          }),
        ),
      );
      for (const [id, watch] of watches) sendWatch(id, watch);
      attached.resolve(on);
    },
    detach,
    fail({ message, fix }) {
      detach();
      const refuse = () => {
        attached.promise.catch(toldToCallers);
        attached.reject(new Error(`${message}\n${fix}`));
      };
      refuse();
      // Whoever calls from now on gets this reason, not one of before.
      attached = Promise.withResolvers();
      refuse();
    },
  };
}

/** Is every stream as far as it was? One whose past is another, or that the relay serves no more, has nothing to reach. */
function standsAt({ connection, streams, restoring }: Status, before: Standing): boolean {
  return Object.entries(before).every(([name, { positions }]) => {
    const now = streams[name]?.positions ?? null;
    if (positions === null) return true;
    if (now === null) return connection.state === 'live' && !restoring && streams[name] === undefined;
    return now.epoch !== positions.epoch || isAsFar(now, positions);
  });
}

/** Nothing is read: all has been, or no relay answers, and what this browser kept of each stream is all there is. */
function isIdle({ connection, streams, restoring, rebuilding }: Status, before: Standing): boolean {
  if (restoring || rebuilding) return false;
  return Object.entries(before).every(([name, { positions }]) => {
    if (connection.state === 'live') return !streams[name]?.catchingUp;
    return positions === null || streams[name]?.positions;
  });
}

/** Of both the further; where a past is another, that of the latter. */
function furthest(one: Standing | null, other: Standing): Standing {
  const both = { ...one };
  for (const [name, { positions }] of Object.entries(other)) {
    const before = both[name]?.positions ?? null;
    if (before !== null && (positions === null || (before.epoch === positions.epoch && isAsFar(before, positions))))
      continue;
    both[name] = { positions };
  }
  return both;
}

function isAsFar(now: Position, before: Position): boolean {
  return Object.entries(before.next).every(([partition, next]) => (now.next[partition] ?? 0) >= next);
}
