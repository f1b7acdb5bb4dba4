import { type Accessor, createSignal } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';

/**
 * The service worker, which keeps the page in this browser. A newer one waits until it is asked in, for it takes the page
 * of before with it:
 *
 *     registered ─▶ kept (offline works) ─ another build is served ─▶ waiting ── apply ──▶ its page, after a reload
 */
export interface Updates {
  /** Another build is in this browser and waits. */
  readonly waiting: Accessor<boolean>;
  /** Asks the server whether there is another, and waits for it to be here. Never rejects. */
  look(): Promise<void>;
  /** Lets in what waits; resolves when it is in, or did not come. */
  apply(): Promise<void>;
}

type Container = Pick<ServiceWorkerContainer, 'register' | 'getRegistration' | 'controller' | 'addEventListener'>;

const INSTALL_MS = 60_000;
const APPLY_MS = 5_000;
/** How often a page that stays open asks for another build. */
const LOOK_EVERY_MS = 30 * 60_000;
/** A first one of which a file did not come leaves nothing behind. It is tried again after this, then twice this, and so on. */
const RETRY_MS = 15_000;

export interface UpdatesOptions {
  /** Left out where the page is not served over https, or from this computer. */
  readonly container: Container | undefined;
  readonly url: string;
  readonly clock: Clock;
  /** Starts it: what is kept is downloaded beside the page's own work. */
  readonly whenCalm: (run: () => void) => void;
  readonly onError: (error: unknown) => void;
}

export function createUpdates({ container, url, clock, whenCalm, onError }: UpdatesOptions): Updates {
  const [waiting, setWaiting] = createSignal(false);
  let registration: ServiceWorkerRegistration | null = null;
  let applying = false;

  const within = (ms: number, listen: (done: () => void) => void): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      listen(() => {
        cancel();
        resolve();
      });
    });
  const installed = (worker: ServiceWorker): Promise<void> =>
    within(INSTALL_MS, (done) => {
      const see = () => worker.state !== 'installing' && done();
      worker.addEventListener('statechange', see);
      see();
    });
  const see = () => setWaiting(registration?.waiting != null && container?.controller != null);
  const follow = (of: ServiceWorkerRegistration) => {
    if (of === registration) return see();
    registration = of;
    see();
    of.addEventListener('updatefound', () => {
      if (of.installing) void installed(of.installing).then(see);
    });
  };
  const lookAgain = () => {
    clock.after(LOOK_EVERY_MS, lookAgain);
    void updates.look();
  };
  let retryMs = RETRY_MS;
  const keep = (container: Container): void => {
    const later = () => {
      clock.after(retryMs, () => keep(container));
      retryMs = Math.min(2 * retryMs, LOOK_EVERY_MS);
    };
    container.register(url).then(
      (made: ServiceWorkerRegistration | undefined) => {
        // A browser may take no service workers, and say nothing.
        if (!made) return;
        follow(made);
        if (made.active || made.waiting) return;
        const first = made.installing;
        if (!first) return later();
        first.addEventListener('statechange', () => first.state === 'redundant' && later());
      },
      (error: unknown) => {
        if (retryMs === RETRY_MS) onError(error);
        later();
      },
    );
  };
  const updates: Updates = {
    waiting,
    async look() {
      try {
        // The page may not have been calm yet, and be of a build of before all the same.
        registration ??= (await container?.getRegistration()) ?? null;
        await registration?.update();
      } catch {
        // The server is away: what is here stays.
        return;
      }
      if (registration?.installing) await installed(registration.installing);
      see();
    },
    async apply() {
      const next = registration?.waiting;
      if (!next || !container) return;
      applying = true;
      await within(APPLY_MS, (done) => {
        container.addEventListener('controllerchange', done, { once: true });
        next.postMessage({ type: 'SKIP_WAITING' });
      });
      applying = false;
    },
  };
  if (container) {
    const had = container.controller !== null;
    // Another tab has let it in: this page is of before.
    container.addEventListener('controllerchange', () => {
      if (had && !applying) setWaiting(true);
    });
    whenCalm(() => {
      keep(container);
      clock.after(LOOK_EVERY_MS, lookAgain);
    });
  }
  return updates;
}
