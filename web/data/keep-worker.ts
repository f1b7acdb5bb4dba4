import { proxy, type Remote, transfer, wrap } from 'comlink';
import type { Clock } from '../../contract/clock.ts';
import type { StartOptions, Status, WorkerApi } from '../../contract/worker-api.ts';
import { type Failure, failureOf } from './failure.ts';
import { watchWorker } from './watchdog.ts';

/** The worker of the page that leads, kept running. */
export interface KeptWorker {
  /** Hands a page's port to the worker that runs now. */
  serve(page: string, port: MessagePort): void;
  close(): void;
}

export interface KeepWorkerOptions {
  readonly clock: Clock;
  readonly open: () => Worker;
  readonly start: Omit<StartOptions, 'restarts' | 'relay'>;
  /** A port to the relay in this tab, for each worker; left out: none runs there. */
  readonly relayInTab?: () => MessagePort;
  /** Restarts the page knows of: those of workers before, and what the one that runs has told. */
  readonly restarts: () => Status['restarts'];
  /** Without an answer for so long it is started again. */
  readonly stuckMs: number;
  /** This page is not seen. */
  readonly hidden: () => boolean;
  /** Another worker runs from now on: ports given before lead nowhere. The first time before this function returns. */
  readonly onWorker: (worker: Pick<KeptWorker, 'serve'>) => void;
  /** It cannot be started, and is tried again; or it failed too often, and is not. */
  readonly onFailure: (failure: Failure) => void;
}

/** More restarts than this within the time: it will not get better by itself. */
const MAX_RESTARTS = 5;
const RESTARTS_MS = 600_000;
const KEPT_RESTARTS = 20;
const FIRST_RETRY_MS = 2000;
const MAX_RETRY_MS = 60_000;

/**
 * Starts the worker, and starts it again when it is stuck, throws, or asks for it:
 *
 *     starting ──ready──▶ running ──stuck, error──▶ starting … more than 5 times in 10 minutes ──▶ stopped
 *        └── cannot start: tried again, after 2 s doubling to a minute
 *
 * An engine that fails while its worker is well is replaced there, and knows what it had told (worker/host.ts).
 */
export function keepWorker(options: KeepWorkerOptions): KeptWorker {
  const { clock } = options;
  let restarts = options.restarts();
  let retryMs = FIRST_RETRY_MS;
  let api: Remote<WorkerApi> | null = null;
  let end = () => {};

  const serve = (page: string, port: MessagePort) => {
    // It resolves when the page is gone, or never, when the worker is.
    api?.serve(page, transfer(port, [port])).catch(reportError);
  };
  const open = () => {
    const worker = options.open();
    const opened = wrap<WorkerApi>(worker);
    api = opened;
    let ready = false;
    let cancel = () => {};
    end = () => {
      end = () => {};
      api = null;
      cancel();
      worker.terminate();
    };
    const fail = (reason: string) => {
      if (api === opened) restart(reason);
    };
    const cannotStart = (failure: Failure) => {
      if (api !== opened) return;
      end();
      options.onFailure(failure);
      cancel = clock.after(retryMs, open);
      end = () => cancel();
      retryMs = Math.min(2 * retryMs, MAX_RETRY_MS);
    };
    worker.addEventListener('error', (event) => {
      if (ready) fail(`the engine failed (${event.message || 'no reason was given'})`);
      else
        cannotStart({
          message: `The engine could not be started: ${event.message || 'its script could not be loaded'}.`,
          fix: 'Reload the page if it stays so.',
        });
    });
    const stopWatching = watchWorker({
      clock,
      ping: () => opened.ping(),
      boundMs: options.stuckMs,
      hidden: options.hidden,
      onStuck: () => fail(`the engine did not answer for ${options.stuckMs / 1000} s`),
    });
    cancel = stopWatching;
    void opened.onWantsRestart(proxy(fail));
    options.onWorker({ serve });
    const relay = options.relayInTab?.();
    const start = { ...options.start, restarts, ...(relay && { relay }) };
    opened.start(relay ? transfer(start, [relay]) : start).then(
      () => {
        if (api !== opened) return;
        ready = true;
        retryMs = FIRST_RETRY_MS;
      },
      (error: unknown) => cannotStart(failureOf(error)),
    );
  };
  const restart = (reason: string) => {
    const nowMs = clock.nowMs();
    end();
    restarts = [...together(restarts, options.restarts()), { atMs: nowMs, reason }].slice(-KEPT_RESTARTS);
    const recent = restarts.filter(({ atMs }) => atMs > nowMs - RESTARTS_MS).length;
    if (recent <= MAX_RESTARTS) return open();
    options.onFailure({
      message: `The engine was started ${recent - 1} times within ten minutes and failed again: ${reason}.`,
      fix: 'Reload the page. If it happens again, leave out the query or the panel that brought it about, or show less event time.',
    });
  };
  open();
  return { serve, close: () => end() };
}

/** Of both, each once, oldest first: either may be ahead of the other. */
function together(ours: Status['restarts'], told: Status['restarts']): Status['restarts'] {
  const isOurs = (one: Status['restarts'][number]) =>
    ours.some(({ atMs, reason }) => atMs === one.atMs && reason === one.reason);
  return [...ours, ...told.filter((one) => !isOurs(one))].sort((left, right) => left.atMs - right.atMs);
}
