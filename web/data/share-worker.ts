import { wrap } from 'comlink';
import type { Clock } from '../../contract/clock.ts';
import { type PageApi, pageLock } from '../../contract/worker-api.ts';
import type { EngineLink } from './engine-link.ts';
import { type Failure, PAGE_LEFT } from './failure.ts';
import { holdLock } from './hold-lock.ts';
import type { KeepWorkerOptions, KeptWorker } from './keep-worker.ts';
import type { FromSwitchboard, ToSwitchboard } from './switchboard.ts';

/**
 * One worker for all pages of the origin. Who holds the leader's lock starts it; all others wait for the lock, and are
 * served by the worker of the one who leads. The lock passes on when its page is closed, crashes or is discarded.
 *
 *     page ──lock granted──▶ leads: worker, `leader` to all ──▶ is served
 *       └──waits, `who`?──▶ `leader` told ──port, by the switchboard──▶ is served
 *                 ▲                           └── not for 5 s: the port is lost ──┐
 *                 └───────────────────────────────────────────────────────────────┘
 *
 * A page of another build speaks another language: it has a lock, a worker and followers of its own.
 */
export interface ShareOptions {
  readonly page: string;
  readonly build: string;
  readonly clock: Clock;
  readonly link: EngineLink;
  readonly keepWorker: (events: Pick<KeepWorkerOptions, 'onWorker' | 'onFailure'>) => KeptWorker;
  readonly openSwitchboard: () => MessagePort;
  /** This page runs the worker from now on. */
  readonly onLeads: () => void;
  /** Why there is no engine for the moment, until the link hears of one. */
  readonly onChanging: (words: string) => void;
  readonly onFailure: (failure: Failure) => void;
}

/** What pages call out to each other. A term is one worker's time; `asker` the page it is told to, null: news for all. */
type Call =
  | { readonly kind: 'who'; readonly page: string }
  | { readonly kind: 'leader'; readonly term: string; readonly words: string; readonly asker: string | null }
  | { readonly kind: 'failed'; readonly failure: Failure };

const FIRST_ASK_MS = 1000;
const MAX_ASK_MS = 10_000;
/** A port may be lost on its way; one that is younger than this is only slow to be answered. */
const LOST_PORT_MS = 5000;

export function canShare(): boolean {
  return 'locks' in navigator && 'SharedWorker' in globalThis && 'BroadcastChannel' in globalThis;
}

export function shareWorker(options: ShareOptions): () => void {
  const { page, build, clock, link } = options;
  const channel = new BroadcastChannel(`highwater ${build}`);
  const closed = new AbortController();
  const call = (what: Call) => channel.postMessage(what);
  let term: string | null = null;
  let served = false;
  let newestPort: MessagePort | null = null;
  let joinedAtMs = 0;
  let closeSwitchboard = () => {};
  let askMs = FIRST_ASK_MS;
  let cancelAsking = () => {};

  const detach = () => {
    link.detach();
    closeSwitchboard();
    newestPort = null;
    served = false;
  };
  /** Whichever worker served this page is gone: what it drew stays. */
  const leave = (words: string) => {
    detach();
    if (term !== null) options.onChanging(words);
  };
  const fail = (failure: Failure) => {
    detach();
    link.fail(failure);
    options.onFailure(failure);
  };
  const attach = (port: MessagePort) => {
    const api = wrap<PageApi>(port);
    newestPort = port;
    link.attach(api);
    void api.ping().then(() => {
      if (newestPort !== port) return;
      served = true;
      closeSwitchboard();
    });
  };

  // -- Following

  const join = ({ term: of, words, asker }: Extract<Call, { kind: 'leader' }>) => {
    const lost = !served && asker === page && clock.nowMs() - joinedAtMs >= LOST_PORT_MS;
    if (of === term && !lost) return;
    leave(words);
    term = of;
    joinedAtMs = clock.nowMs();
    const { port1, port2 } = new MessageChannel();
    const switchboard = options.openSwitchboard();
    switchboard.postMessage({ kind: 'join', page } satisfies ToSwitchboard, [port2]);
    closeSwitchboard = () => switchboard.close();
    attach(port1);
  };
  const ask = () => {
    cancelAsking();
    if (!served) call({ kind: 'who', page });
    askMs = served ? FIRST_ASK_MS : Math.min(2 * askMs, MAX_ASK_MS);
    cancelAsking = clock.after(askMs, ask);
  };
  const follow = (data: Call) => {
    if (data.kind === 'leader') join(data);
    else if (data.kind === 'failed') fail(data.failure);
  };

  // -- Leading

  const lead = (): KeptWorker => {
    let terms = 0;
    let words = '';
    let worker: Pick<KeptWorker, 'serve'> | null = null;
    let failure: Failure | null = null;
    let switchboard: MessagePort | null = null;
    /** The switchboard may have ended with the page that started it: whoever asks is told only when it knows the leader. */
    const announce = (asker: string | null) => {
      const opened = options.openSwitchboard();
      opened.onmessage = ({ data, ports: [port] }: MessageEvent<FromSwitchboard>) => {
        if (data.kind === 'join') {
          if (port) worker?.serve(data.page, port);
          return;
        }
        switchboard?.close();
        switchboard = opened;
        if (failure) call({ kind: 'failed', failure });
        else if (term !== null) call({ kind: 'leader', term, words, asker });
      };
      opened.postMessage({ kind: 'lead' } satisfies ToSwitchboard);
    };
    channel.onmessage = ({ data }: MessageEvent<Call>) => {
      if (data.kind === 'who') announce(data.page);
    };
    return options.keepWorker({
      onWorker(opened) {
        words =
          terms > 0 ? 'The engine is being started again' : 'The page that ran the engine is gone, another takes over';
        leave(words);
        worker = opened;
        failure = null;
        term = `${page}/${terms++}`;
        announce(null);
        const { port1, port2 } = new MessageChannel();
        opened.serve(page, port2);
        attach(port1);
      },
      onFailure(failed) {
        failure = failed;
        fail(failed);
        call({ kind: 'failed', failure: failed });
      },
    });
  };

  channel.onmessage = ({ data }: MessageEvent<Call>) => follow(data);
  holdLock(pageLock(page), closed.signal, () => {
    ask();
    holdLock(`highwater leader ${build}`, closed.signal, () => {
      cancelAsking();
      options.onLeads();
      const worker = lead();
      closed.signal.addEventListener('abort', () => worker.close());
    });
  });
  return () => {
    closed.abort();
    cancelAsking();
    link.fail(PAGE_LEFT);
    channel.close();
  };
}
