import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import type { Clock } from '../../contract/clock.ts';
import type { Status } from '../../contract/worker-api.ts';
import type { Zone } from '../format-time.ts';
import type { Newer } from '../offline/newer.ts';
import { type FrameWatchdog, watchFrames } from './frame-watchdog.ts';
import type { KioskOptions } from './kiosk-options.ts';
import { createFlow } from './of-board.ts';
import { createReloadGuard } from './reload-guard.ts';
import { reloadAtMs } from './reload-time.ts';
import { createReloads } from './reloads.ts';

export interface UseReloadsOptions {
  readonly clock: Clock;
  readonly kiosk: Accessor<KioskOptions>;
  readonly zone: Accessor<Zone>;
  /** Of what is shown. */
  readonly status: Accessor<Status | null>;
  readonly paused: () => boolean;
  /** The relay has a newer page. */
  readonly newer: Accessor<Newer | null>;
  readonly serves: () => Promise<boolean>;
  readonly reload: () => Promise<void>;
}

const NEWER_WORDS: Readonly<Record<Newer, string>> = {
  protocol: 'the relay speaks a later protocol',
  build: 'a newer page is served',
};
/** A page that draws nothing is loaded again once; if that does not help, somebody must come. */
const WATCHDOG_RELOADS = 1;

/** Why a kiosk loads itself again: its time has come, the relay has a newer page, or it draws no more. */
export function useReloads(options: UseReloadsOptions): {
  readonly notes: Accessor<readonly string[]>;
  readonly drew: () => void;
} {
  const { clock } = options;
  const openedMs = clock.nowMs();
  const [told, setTold] = createSignal<string | null>(null);
  const wrong = () => {
    const { reload } = options.kiosk();
    return reload === null || reloadAtMs(reload, openedMs, options.zone()) !== null
      ? null
      : `reload=${reload} is neither a time such as 04:00 nor a length such as 24h`;
  };
  let dog: FrameWatchdog | null = null;
  const flow = createFlow();
  const flowing = createMemo(() => {
    const status = options.status();
    return status !== null && flow(status);
  });
  const isKiosk = createMemo(() => options.kiosk().kiosk);
  createEffect(
    on(isKiosk, (is) => {
      if (!is) return;
      const of = (name: string, most?: number) =>
        createReloads({
          clock,
          guard: createReloadGuard(sessionStorage, name, most),
          serves: options.serves,
          reload: options.reload,
          tell: setTold,
        });
      const reloads = of('reloads');
      const stuck = of('stuck', WATCHDOG_RELOADS);
      createEffect(() => {
        const { reload } = options.kiosk();
        const atMs = reload === null ? null : reloadAtMs(reload, openedMs, options.zone());
        if (atMs !== null) reloads.at(atMs);
      });
      createEffect(() => {
        const newer = options.newer();
        if (newer !== null) reloads.because(NEWER_WORDS[newer]);
      });
      dog = watchFrames({
        clock,
        requestFrame: (run) => requestAnimationFrame(run),
        visible: () => document.visibilityState === 'visible',
        flowing: () => flowing() && !options.paused() && hasPictures(),
        onStuck: (reason) => stuck.because(reason),
      });
      onCleanup(() => {
        dog?.close();
        dog = null;
        reloads.close();
        stuck.close();
        setTold(null);
      });
    }),
  );
  return {
    notes: () => [wrong(), told()].filter((words): words is string => words !== null),
    drew: () => dog?.drew(),
  };
}

/** Is there a panel that follows what comes? One of a time that is past stands still. */
function hasPictures(): boolean {
  const until = new URLSearchParams(location.search).get('to');
  if (until !== null && !until.startsWith('now')) return false;
  return document.querySelector('[data-stage=shown] .panel:not([data-kind=text])') !== null;
}
