import type { Clock } from '../contract/clock.ts';
import { HighwaterError } from '../contract/errors.ts';
import type { Down } from '../contract/protocol/down.ts';
import { sourceStream } from '../contract/spec/source-stream.ts';
import type {
  Boards,
  PanelPicture,
  PanelRequest,
  QueryOptions,
  Row,
  Status,
  WindowProblem,
} from '../contract/worker-api.ts';
import { createDelivery } from './connection/delivery.ts';
import { type Connection, openConnection, type SocketLike } from './connection/socket.ts';
import type { Engine } from './engine.ts';
import { createPictures, type PictureListener } from './pictures.ts';
import { Rate } from './rate.ts';
import { statusOf } from './status.ts';

/**
 * The worker without its browser: an engine kept up to date by a connection, and the pictures made from it.
 *
 *     socket ─▶ inbox ─▶ tick: engine.apply, credit ─▶ pictures that changed, at most 8 ms ─▶ (again, as a new task)
 *
 * One tick and a few pictures are one task; between tasks the page's calls get in. When the engine fails (a trap of its
 * WebAssembly, rows that cannot be stored) it is replaced by an empty one and everything is read again.
 */
export interface Host {
  onStatus(listener: (status: Status) => void): void;
  onBoards(listener: (boards: Boards) => void): void;
  watch(id: string, request: PanelRequest, listener: PictureListener): void;
  /** The listener let go, when there was one. */
  unwatch(id: string): PictureListener | null;
  setVisible(visible: boolean): void;
  setPaused(paused: boolean): void;
  query(sql: string, options?: QueryOptions): Promise<Row[]>;
  status(): Status;
  close(): void;
}

export interface HostOptions {
  readonly openEngine: () => Promise<Engine>;
  readonly openSocket: () => SocketLike;
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Runs as a task of its own, after the tasks that wait now. */
  readonly defer: (run: () => void) => void;
  /** Something that should not happen and that nobody waits for. */
  readonly onError: (error: unknown) => void;
}

const CREDIT_BYTES = 16 * 2 ** 20;
const PICTURES_MS = 8;
const STATUS_MS = 500;
/** More failures of the engine than this within the time: it will not get better by itself. */
const MAX_FAILURES = 5;
const FAILURES_MS = 600_000;
const KEPT_RESTARTS = 20;

export async function startHost(options: HostOptions): Promise<Host> {
  const { clock, monotonicMs, onError } = options;
  let engine = await options.openEngine();
  let replacing = false;
  let closed = false;
  let boards: Boards | null = null;
  let windowProblems: readonly WindowProblem[] = [];
  let live: readonly string[] | null = null;
  let failuresMs: readonly number[] = [];
  let restarts: Status['restarts'] = [];
  const rate = new Rate();
  const statusListeners = new Set<(status: Status) => void>();
  const boardListeners = new Set<(boards: Boards) => void>();

  let scheduled = false;
  let cancelWake = () => {};
  const schedule = () => {
    if (scheduled || closed) return;
    scheduled = true;
    options.defer(work);
  };
  const work = () => {
    scheduled = false;
    cancelWake();
    if (closed || replacing) return;
    try {
      if (delivery.pending) rate.add(delivery.tick(), clock.nowMs());
      const dueMs = pictures.make(PICTURES_MS);
      if (delivery.pending) schedule();
      else if (dueMs !== null) cancelWake = clock.after(Math.max(0, dueMs - monotonicMs()), schedule);
    } catch (error) {
      replaceEngine(error);
    }
  };

  const giveWindows = () => {
    if (boards && !replacing) windowProblems = engine.windows(boards.windows);
  };

  const delivery = createDelivery({
    engine: () => engine,
    send: (message) => connection.send(message),
    // Only a window whose stream has fields can be found wrong: the same windows again tell.
    onSchema: giveWindows,
    nowMs: () => clock.nowMs(),
  });
  const pictures = createPictures({
    picture: (request) => pictureOf(engine, boards, request),
    revision: (request) =>
      engine.revision(request.kind === 'rows' ? { stream: request.stream } : { window: request.window }),
    nowMs: monotonicMs,
    onDue: schedule,
    onError,
  });

  const receive = (message: Exclude<Down, { type: 'welcome' | 'bye' | 'pong' }>) => {
    if (message.type === 'boards') {
      boards = { boards: message.boards, windows: message.windows };
      try {
        giveWindows();
      } catch (error) {
        replaceEngine(error);
      }
      for (const tell of boardListeners) tell(boards);
    } else delivery.message(message);
    schedule();
  };

  let sentMs = Number.NEGATIVE_INFINITY;
  let cancelStatus = () => {};
  const status = () =>
    statusOf({
      engine,
      connection: connection.status(),
      subscriptions: delivery.subscriptions,
      eventsPerSecond: rate.perSecond(clock.nowMs()),
      nowMs: clock.nowMs(),
      windowProblems,
      windowNames: Object.keys(boards?.windows ?? {}),
      journal: { state: 'off', bytes: 0, budgetBytes: 0, restoredRows: 0, message: null },
      restarts,
    });
  /** Tells the page, at once if it has not been told for half a second, and again every half second. */
  const tellStatus = () => {
    cancelStatus();
    const waitMs = sentMs + STATUS_MS - monotonicMs();
    if (closed) return;
    if (waitMs <= 0 && !replacing) {
      sentMs = monotonicMs();
      if (statusListeners.size > 0) {
        const now = status();
        for (const tell of statusListeners) tell(now);
      }
    }
    cancelStatus = clock.after(waitMs > 0 ? waitMs : STATUS_MS, tellStatus);
  };

  const replaceEngine = (error: unknown) => {
    if (replacing || closed) return;
    replacing = true;
    const nowMs = clock.nowMs();
    const reason = `the engine failed (${reasonOf(error)}) and was started again`;
    failuresMs = [...failuresMs.filter((atMs) => atMs > nowMs - FAILURES_MS), nowMs];
    restarts = [...restarts, { atMs: nowMs, reason }].slice(-KEPT_RESTARTS);
    delivery.restarted(`${reason}; everything the relay still has is read again`);
    if (failuresMs.length > MAX_FAILURES) {
      connection.close(`the engine keeps failing: ${reasonOf(error)}`);
      replacing = false;
      return;
    }
    connection.restart(reason);
    const failed = engine;
    options
      .openEngine()
      .then((opened) => {
        engine = opened;
        replacing = false;
        giveWindows();
        pictures.engineReplaced();
        if (live) delivery.live(live);
        try {
          failed.close();
        } catch (closing) {
          onError(closing);
        }
        schedule();
      })
      .catch((opening: unknown) => {
        replacing = false;
        connection.close(`the engine could not be started again: ${reasonOf(opening)}`);
      });
  };

  const connection: Connection = openConnection({
    openSocket: options.openSocket,
    clock,
    random: options.random,
    creditBytes: CREDIT_BYTES,
    onLive(streams) {
      live = streams;
      if (!replacing) delivery.live(streams);
    },
    onMessage: (message) => {
      if (message.type !== 'welcome' && message.type !== 'bye' && message.type !== 'pong') receive(message);
    },
    onFrame(frame) {
      delivery.frame({ frame, receivedAtMs: clock.nowMs() });
      schedule();
    },
    onDropped() {
      live = null;
      delivery.dropped();
    },
    onChange: () => tellStatus(),
  });
  tellStatus();

  return {
    onStatus(listener) {
      statusListeners.add(listener);
      if (!replacing) listener(status());
    },
    onBoards(listener) {
      boardListeners.add(listener);
      if (boards) listener(boards);
    },
    watch: pictures.watch,
    unwatch: pictures.unwatch,
    setVisible: pictures.setVisible,
    setPaused: pictures.setPaused,
    async query(sql, queryOptions) {
      const asked = engine;
      try {
        return await asked.query(sql, queryOptions);
      } catch (error) {
        if (isBroken(error) && asked === engine) replaceEngine(error);
        throw error;
      }
    },
    status,
    close() {
      closed = true;
      cancelWake();
      cancelStatus();
      connection.close('the page was closed');
      engine.close();
    },
  };
}

/** Null while the window's stream has no fields yet: then there is nothing to show, and nothing wrong. */
function pictureOf(engine: Engine, boards: Boards | null, request: PanelRequest): PanelPicture | null {
  const stream = request.kind === 'rows' ? request.stream : sourceStream(request.window, boards?.windows ?? {});
  if (stream !== undefined && (engine.position(stream) === null || engine.streamState(stream).schema === null))
    return null;
  try {
    return engine.picture(request);
  } catch (error) {
    if (isTrap(error)) throw error;
    return {
      kind: 'error',
      message: reasonOf(error),
      fix: error instanceof HighwaterError ? error.fix : 'Reload the page.',
    };
  }
}

/** Rows that were counted may be missing from the tables, or worse: only a new engine is right again. */
function isBroken(error: unknown): boolean {
  return isTrap(error) || (error instanceof HighwaterError && error.code === 'store_failed');
}

/** After a trap the memory of a WebAssembly module means nothing any more; it may lie under an error that says so. */
function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || (error instanceof Error && isTrap(error.cause));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
