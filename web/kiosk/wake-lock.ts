/** What of the browser keeps a screen on; left out where the page is not served over https. */
export interface ScreenKeeper {
  request(type: 'screen'): Promise<{ readonly released: boolean; release(): Promise<void> }>;
}

export interface WakeLockOptions {
  readonly keeper: ScreenKeeper | undefined;
  readonly visible: () => boolean;
  /** Calls back whenever the page may have become visible. */
  readonly onVisible: (look: () => void) => () => void;
  /** Null: the screen is kept on; else why it may go dark, in words. */
  readonly tell: (why: string | null) => void;
}

/** Keeps the screen on. A browser lets go the lock of a page that is hidden: it is taken again. */
export function keepScreenOn({ keeper, visible, onVisible, tell }: WakeLockOptions): () => void {
  let held: { readonly released: boolean; release(): Promise<void> } | null = null;
  let asking = false;
  let over = false;
  const ask = async () => {
    if (over || asking || !visible() || (held !== null && !held.released)) return;
    if (keeper === undefined) return tell('this browser keeps no screen on for pages that are not served over https');
    asking = true;
    try {
      held = await keeper.request('screen');
      if (over) await held.release();
      else tell(null);
    } catch (error) {
      // Of a battery that is low, say; it is asked again when the page is seen again.
      tell(error instanceof Error ? error.message : String(error));
    } finally {
      asking = false;
    }
  };
  const end = onVisible(() => void ask());
  void ask();
  return () => {
    over = true;
    end();
    void held?.release();
  };
}
