import type { Clock } from '../../contract/clock.ts';

export interface WatchdogOptions {
  readonly clock: Clock;
  /** Resolves when the worker has answered. */
  readonly ping: () => Promise<unknown>;
  /** Without an answer for so long the worker is taken for stuck. */
  readonly boundMs: number;
  readonly onStuck: () => void;
}

/**
 * Asks the worker again and again whether it is there, once it has answered for the first time: its script may take as
 * long to load as it does. Time without an answer is counted by this page's own ticks, and
 * a tick counts for at most a third of the bound: a page that was frozen, and its worker with it, or a computer that
 * slept, takes nobody for stuck.
 */
export function watchWorker({ clock, ping, boundMs, onStuck }: WatchdogOptions): () => void {
  const tickMs = Math.min(1000, boundMs / 5);
  let asked = false;
  let silentMs = 0;
  let tickedMs = 0;
  let cancel = () => {};
  const tick = () => {
    const nowMs = clock.nowMs();
    if (asked) silentMs += Math.min(Math.max(0, nowMs - tickedMs), boundMs / 3);
    tickedMs = nowMs;
    if (silentMs >= boundMs) return onStuck();
    cancel = clock.after(tickMs, tick);
    if (asked) return;
    asked = true;
    ping().then(() => {
      asked = false;
      silentMs = 0;
    });
  };
  let watching = true;
  ping().then(() => {
    if (watching) tick();
  });
  return () => {
    watching = false;
    cancel();
  };
}
