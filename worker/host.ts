import type { Clock } from '../contract/clock.ts';
import type { Down } from '../contract/protocol/down.ts';
import type { Boards, PanelRequest, QueryOptions, Row, Status, WindowProblem } from '../contract/worker-api.ts';
import { ClockAhead } from './connection/clock-ahead.ts';
import { createDelivery } from './connection/delivery.ts';
import { Gather } from './connection/gather.ts';
import { type Connection, openConnection, type SocketLike } from './connection/socket.ts';
import type { Engine } from './engine.ts';
import { closeFailed, EngineFailures, isBroken, reasonOf } from './engine-failures.ts';
import { type BoardsMessage, type Journal, noJournal } from './journal/journal.ts';
import { pictureOf, revisionOf, streamOf, watchOf } from './picture-of.ts';
import { createPictures, type PictureListener } from './pictures.ts';
import { Rate } from './rate.ts';
import { statusOf, withoutRates } from './status.ts';

/**
 * The worker without its browser: an engine kept up to date by a connection, and the pictures made from it.
 *
 *     socket ─▶ inbox ─▶ tick: engine.apply, credit ─▶ pictures that changed, at most 8 ms ─▶ (again, as a new task)
 *
 * One tick and a few pictures are one task; between tasks the page's calls get in. What the journal kept is applied
 * first, in ticks as well, and only then the relay is asked for what came after. When the engine fails (a trap of its
 * WebAssembly, rows that cannot be stored) it is replaced by one made from the journal in the same way; where there is no
 * journal, or where the engine fails by it, by an empty one, and everything is read from the relay again. Where none can
 * be opened, the host asks to be started again.
 *
 * So there are two ways back from a failure, this one and the page's, which ends the whole worker (web/data/keep-worker.ts).
 * Only the page can end a worker that does not answer, or give back memory, which WebAssembly never does. But it knows
 * nothing of what was lost: here the losses that were told, and which rows made the engine fail, outlive the engine, also
 * where there is no journal; the connection stays; and a host without a page has no other way.
 *
 *     restoring ─ all applied ─▶ subscribed, ticking ─ the engine fails ─▶ replacing ─▶ restoring, or subscribed anew
 */
export interface Host {
  onStatus(listener: (status: Status) => void): void;
  onBoards(listener: (boards: Boards) => void): void;
  watch(id: string, request: PanelRequest, listener: PictureListener): void;
  unwatch(id: string): void;
  /** What was applied is made durable in the journal: nobody looks, and what is not seen may be ended at any moment. */
  flush(): void;
  query(sql: string, options?: QueryOptions): Promise<Row[]>;
  /** Does not wait for the next attempt to reach the relay. */
  reconnect(): void;
  status(): Status;
  /** Resolves when the journal's files are given back. */
  close(): Promise<void>;
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
  /** What is kept for the next opening; left out: nothing. The host owns it. */
  readonly journal?: Journal;
  /** With more bytes of memory than this the host asks, once, to be started again; left out: not for that reason. */
  readonly maxHeapBytes?: number;
  /** Also when no engine can be opened in place of one that failed; left out: the connection is closed then. */
  readonly onWantsRestart?: (reason: string) => void;
  /** Something that should not happen and that nobody waits for. */
  readonly onError: (error: unknown) => void;
}

const CREDIT_BYTES = 16 * 2 ** 20;
const PICTURES_MS = 8;
const STATUS_MS = 500;
const FILTERS_MS = 5_000;

export async function startHost(options: HostOptions): Promise<Host> {
  const { clock, monotonicMs, onError } = options;
  let engine = await options.openEngine();
  let replacing = false;
  /** Given up: nobody starts another engine. */
  let lost = false;
  let closed = false;
  const journal = options.journal ?? noJournal();
  let restoredRows = 0;
  /** The restoring that goes on; null: none does. */
  let restoring: object | null = {};
  /** Ends when none goes on; never rejects. */
  let restored = Promise.resolve();
  /** What is shown stays until the engine is made again. */
  let rebuilding = false;
  let hasAsked = false;
  let boardsMessage: BoardsMessage | null = null;
  let boards: Boards | null = null;
  let windowProblems: readonly WindowProblem[] = [];
  let live: readonly string[] | null = null;
  const failures = new EngineFailures();
  let rate = new Rate();
  const clockAhead = new ClockAhead();
  const statusListeners = new Set<(status: Status) => void>();
  const boardListeners = new Set<(boards: Boards) => void>();

  const gather = new Gather();
  let scheduled = false;
  let cancelWake = () => {};
  const schedule = () => {
    if (scheduled || closed) return;
    scheduled = true;
    options.defer(work);
  };
  const tick = () => {
    const startMs = monotonicMs();
    const ticked = delivery.tick();
    gather.ticked(ticked, startMs, monotonicMs());
    rate.add(ticked.liveRows, clock.nowMs());
  };
  const work = () => {
    scheduled = false;
    cancelWake();
    if (closed || replacing) return;
    try {
      const ticks = delivery.pending && gather.waitMs(monotonicMs()) === 0;
      let dueMs: number | null = null;
      try {
        if (ticks) tick();
        if (!rebuilding) dueMs = pictures.make(PICTURES_MS);
      } finally {
        // Files take their time: pictures are on their way first. What was applied before something failed is kept as well.
        if (ticks) journal.commit();
      }
      if (rebuilding) return;
      const waitMs = Math.min(
        delivery.pending ? gather.waitMs(monotonicMs()) : Number.POSITIVE_INFINITY,
        dueMs === null ? Number.POSITIVE_INFINITY : Math.max(0, dueMs - monotonicMs()),
      );
      if (delivery.pending && waitMs === 0) schedule();
      else if (waitMs < Number.POSITIVE_INFINITY) cancelWake = clock.after(waitMs, schedule);
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
    journal,
    // Only a window whose stream has fields can be found wrong: the same windows again tell.
    onSchema: giveWindows,
    nowMs: () => clock.nowMs(),
    clockAheadMs: () => clockAhead.ms,
  });
  const pictures = createPictures({
    picture: (request) => pictureOf(engine, boards, request),
    prepare: (requests) => watchOf(engine, requests),
    revision: (request) => revisionOf(engine, boards, request),
    nowMs: monotonicMs,
    wallMs: () => clock.nowMs(),
    onDue: schedule,
    onError,
  });

  /** What filters needed is kept for a while: who looks at another board, or chooses again, may be back. */
  let cancelForget = () => {};
  const forgetSoon = () => {
    cancelForget();
    cancelForget = clock.after(FILTERS_MS, () => {
      if (closed || replacing) return;
      try {
        engine.keepFor(pictures.requests());
      } catch (error) {
        replaceEngine(error);
      }
    });
  };

  const takeBoards = (message: BoardsMessage) => {
    boardsMessage = message;
    const { type: _, ...told } = message;
    boards = told;
    try {
      giveWindows();
      schedule();
    } catch (error) {
      replaceEngine(error);
    }
    for (const tell of boardListeners) tell(boards);
  };
  const receive = (message: Exclude<Down, { type: 'welcome' | 'bye' | 'pong' }>) => {
    if (message.type === 'boards') {
      takeBoards(message);
      journal.boards(message);
    } else {
      if (message.type === 'stats' && message.atMs !== undefined) clockAhead.heard(message.atMs, clock.nowMs());
      delivery.message(message);
    }
    schedule();
  };

  /** Takes the journal's files and what it keeps: boards first, so that windows count from the first row on. */
  const openJournal = async () => {
    const kept = await journal.open();
    if (boardsMessage) journal.boards(boardsMessage);
    else if (kept && !closed) takeBoards(kept);
    if (!replacing && !closed) await restore();
  };
  /** Applies what the journal keeps, a piece at a time, then asks the relay for the rest. */
  const restore = async () => {
    const own = {};
    restoring = own;
    let rows = 0;
    // What is looked at is there first.
    const awaited = (stream: string) => pictures.requests().some((request) => streamOf(request, boards) === stream);
    for await (const entries of journal.read(awaited)) {
      if (restoring !== own || closed) return;
      try {
        rows += delivery.restore(entries);
      } catch (error) {
        return replaceEngine(error, true);
      }
      restoredRows = rows;
      schedule();
      await new Promise<void>((resolve) => options.defer(resolve));
    }
    if (restoring !== own || closed) return;
    restoring = null;
    rebuilding = false;
    if (live) delivery.live(live);
    schedule();
  };

  let sentMs = Number.NEGATIVE_INFINITY;
  let cancelStatus = () => {};
  let last: Status | null = null;
  const status = (): Status => {
    const now = {
      connection: connection.status(),
      rebuilding: !lost && (replacing || rebuilding),
      restoring: restoring !== null,
      restarts: failures.restarts,
    };
    // The engine is closed: what it said last is what is shown, but for what it says of this moment.
    if (replacing && last) return { ...withoutRates(last), ...now };
    last = statusOf({
      ...now,
      engine,
      clockAheadMs: clockAhead.ms,
      subscriptions: delivery.subscriptions,
      eventsPerSecond: rate.perSecond(clock.nowMs()),
      nowMs: clock.nowMs(),
      windowProblems,
      windowNames: Object.keys(boards?.windows ?? {}),
      journal: { ...journal.status(), restoredRows },
    });
    return last;
  };
  /** Tells the page, at once if it has not been told for half a second, and again every half second. */
  const tellStatus = () => {
    cancelStatus();
    const waitMs = sentMs + STATUS_MS - monotonicMs();
    if (closed) return;
    if (waitMs <= 0) {
      sentMs = monotonicMs();
      if (!replacing) askForRestart();
      if (statusListeners.size > 0) {
        const now = status();
        for (const tell of statusListeners) tell(now);
      }
    }
    cancelStatus = clock.after(waitMs > 0 ? waitMs : STATUS_MS, tellStatus);
  };

  const askForRestart = () => {
    const { usedBytes } = engine.memory();
    if (hasAsked || options.maxHeapBytes === undefined || usedBytes <= options.maxHeapBytes) return;
    hasAsked = true;
    journal.flush();
    options.onWantsRestart?.(`the engine's memory has grown to ${Math.round(usedBytes / 2 ** 20)} MiB`);
  };

  /** `byJournal`: what the journal keeps made it fail, and would again. */
  const replaceEngine = (error: unknown, byJournal = false) => {
    if (replacing || closed || lost) return;
    replacing = true;
    const reason = `the engine failed (${reasonOf(error)}) and was started again`;
    const { byRows, hopeless } = failures.add(error, reason, clock.nowMs());
    const again = journal.status().state === 'on' && !byJournal && !byRows;
    lost = hopeless;
    restoring = again && !lost ? {} : null;
    rebuilding = restoring !== null;
    rate = new Rate();
    delivery.restarted(again ? null : `${reason}; everything the relay still has is read again`);
    if (lost) {
      connection.close(`the engine keeps failing: ${reasonOf(error)}`);
      replacing = false;
      return;
    }
    // That no picture is made for a while is told at once.
    sentMs = Number.NEGATIVE_INFINITY;
    connection.restart(reason);
    restored
      .then(() => {
        // Its memory is needed for the next one.
        closeFailed(engine, error, onError);
        return options.openEngine();
      })
      .then((opened) => {
        engine = opened;
        replacing = false;
        if (closed) return engine.close();
        if (!again) journal.clear();
        giveWindows();
        pictures.engineReplaced();
        if (again) restored = restore().catch(onError);
        else if (live) delivery.live(live);
        schedule();
      })
      .catch((opening: unknown) =>
        cannotReplace(`${reasonOf(error)}; another could not be opened: ${reasonOf(opening)}`),
      );
  };
  /** The engine is closed and stays so: another worker has memory of its own, and is tried again by the page. */
  const cannotReplace = (why: string) => {
    if (closed) return;
    replacing = true;
    restoring = null;
    hasAsked = true;
    journal.flush();
    if (options.onWantsRestart) return options.onWantsRestart(`the engine failed (${why})`);
    lost = true;
    connection.close(`the engine could not be started again: ${why}`);
  };

  const connection: Connection = openConnection({
    openSocket: options.openSocket,
    clock,
    random: options.random,
    creditBytes: CREDIT_BYTES,
    onLive(streams) {
      live = streams;
      if (!replacing && restoring === null) delivery.live(streams);
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
  restored = openJournal().catch(onError);

  return {
    onStatus(listener) {
      statusListeners.add(listener);
      if (!replacing) listener(status());
    },
    onBoards(listener) {
      boardListeners.add(listener);
      if (boards) listener(boards);
    },
    watch(id, request, listener) {
      pictures.watch(id, request, listener);
      forgetSoon();
    },
    unwatch(id) {
      pictures.unwatch(id);
      forgetSoon();
    },
    flush: journal.flush,
    async query(sql, queryOptions) {
      const asked = engine;
      try {
        return await asked.query(sql, queryOptions);
      } catch (error) {
        if (isBroken(error) && asked === engine) replaceEngine(error);
        throw error;
      }
    },
    reconnect: () => connection.retry(),
    status,
    async close() {
      closed = true;
      cancelWake();
      cancelStatus();
      cancelForget();
      connection.close('the page was closed');
      // One that is being replaced is closed there.
      if (!replacing) engine.close();
      await restored;
      await journal.close();
    },
  };
}
