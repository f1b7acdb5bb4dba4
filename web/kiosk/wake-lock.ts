import type { Clock } from '../../contract/clock.ts';

/** What of the browser keeps a screen on; left out where the page is not served over https. */
export interface ScreenKeeper {
  request(type: 'screen'): Promise<ScreenLock>;
}

export interface ScreenLock {
  readonly released: boolean;
  release(): Promise<void>;
  addEventListener(type: 'release', listen: () => void): void;
}

export interface WakeLockOptions {
  readonly keeper: ScreenKeeper | undefined;
  readonly visible: () => boolean;
  /** Calls back whenever the page may have become visible. */
  readonly onVisible: (look: () => void) => () => void;
  readonly clock: Clock;
  /** Null: the screen is kept on; else why it may go dark, in words. */
  readonly tell: (why: string | null) => void;
}

/** What the system refuses, or takes back, it may give later. */
const AGAIN_MS = 60_000;

/** Keeps the screen on. A browser lets go the lock of a page that is hidden: it is taken again. */
export function keepScreenOn({ keeper, visible, onVisible, clock, tell }: WakeLockOptions): () => void {
  let held: ScreenLock | null = null;
  let cancel = () => {};
  let asking = false;
  let over = false;
  const ask = async () => {
    if (over || asking || !visible() || (held !== null && !held.released)) return;
    if (keeper === undefined) return tell('this browser keeps no screen on for pages that are not served over https');
    asking = true;
    cancel();
    try {
      const lock = await keeper.request('screen');
      held = lock;
      if (over) return await lock.release();
      lock.addEventListener('release', () => lock === held && visible() && dark('the system lets it go dark'));
      tell(null);
    } catch (error) {
      // Of a battery that is low, say.
      dark(error instanceof Error ? error.message : String(error));
    } finally {
      asking = false;
    }
  };
  const dark = (why: string) => {
    if (over) return;
    tell(why);
    cancel();
    cancel = clock.after(AGAIN_MS, () => void ask());
  };
  const end = onVisible(() => void ask());
  void ask();
  return () => {
    over = true;
    end();
    cancel();
    // What is over has nothing more to say of it.
    held?.release().catch(() => undefined);
  };
}
