import type { Clock } from '../../contract/clock.ts';

export interface WatchdogOptions {
  readonly clock: Clock;
  /** Resolves when the worker has answered. */
  readonly ping: () => Promise<unknown>;
  /** Without an answer for so long the worker is taken for stuck. */
  readonly boundMs: number;
  /** A hidden page's timers come as seldom as once a minute. */
  readonly hidden: () => boolean;
  readonly onStuck: () => void;
}

/**
 * Asks the worker again and again whether it is there, once it has answered for the first time: its script may take as
 * long to load as it does. Time without an answer is counted by this page's own ticks: one that comes late counts for no
 * more than it should have taken, for what held it up holds up the worker too (the page was frozen, the computer slept,
 * or has far too much to do). In a hidden page, where ticks are seldom, it counts for at most a third of the bound.
 */
export function watchWorker({ clock, ping, boundMs, hidden, onStuck }: WatchdogOptions): () => void {
  const tickMs = Math.min(1000, boundMs / 5);
  let asked = false;
  let silentMs = 0;
  let tickedMs = 0;
  let cancel = () => {};
  const tick = () => {
    const nowMs = clock.nowMs();
    if (asked) silentMs += Math.min(Math.max(0, nowMs - tickedMs), hidden() ? boundMs / 3 : tickMs);
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
