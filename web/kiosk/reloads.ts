import type { Clock } from '../../contract/clock.ts';
import type { ReloadGuard } from './reload-guard.ts';

export interface ReloadsOptions {
  readonly clock: Clock;
  /** Against a page that is no better after it. */
  readonly guard: ReloadGuard;
  /** Does what served the page answer now? */
  readonly serves: () => Promise<boolean>;
  /** Keeps what is to be kept, and loads the page again. */
  readonly reload: () => Promise<void>;
  /** What the wall says of it; null: nothing. */
  readonly tell: (words: string | null) => void;
}

export interface Reloads {
  /** Loads the page again at this time, however often that comes. */
  at(atMs: number): void;
  /** Loads the page again for a reason that may still be there after it: a few times, and not more. */
  because(reason: string): void;
  close(): void;
}

const AGAIN_MS = 15_000;

/**
 * A wall that loads itself again, and never into an error page: only when what served it answers.
 *
 *     due ──▶ does it answer? ── yes ──▶ reload
 *               ▲      └── no ──▶ waits 15 s ─┐
 *               └─────────────────────────────┘
 */
export function createReloads({ clock, guard, serves, reload, tell }: ReloadsOptions): Reloads {
  let due = false;
  let over = false;
  let cancel = () => {};
  const start = async () => {
    if (over) return;
    if (await serves()) {
      if (!over) await reload();
      return;
    }
    tell('to be loaded again once the server answers');
    cancel = clock.after(AGAIN_MS, () => void start());
  };
  const begin = () => {
    if (due || over) return;
    due = true;
    cancel();
    void start();
  };
  return {
    at(atMs) {
      if (due) return;
      cancel();
      cancel = clock.after(Math.max(0, atMs - clock.nowMs()), begin);
    },
    because(reason) {
      if (due) return;
      if (guard.allow(clock.nowMs())) begin();
      else tell(`${reason}: loaded again three times, and it is still so`);
    },
    close() {
      over = true;
      cancel();
    },
  };
}
