/**
 * One animation frame for everything that draws. Each painter has at most one drawing waiting: a newer one takes the
 * older one's place, so a slow machine draws less often, never later.
 */
export interface FrameScheduler {
  /** Runs `draw` in the next frame unless a newer drawing of `key` comes first. */
  schedule(key: object, draw: () => void): void;
  cancel(key: object): void;
}

export function createFrameScheduler(requestFrame: (run: () => void) => void): FrameScheduler {
  const waiting = new Map<object, () => void>();
  let asked = false;
  const run = () => {
    asked = false;
    const now = [...waiting.values()];
    waiting.clear();
    for (const draw of now) draw();
  };
  return {
    schedule(key, draw) {
      waiting.set(key, draw);
      if (asked) return;
      asked = true;
      requestFrame(run);
    },
    cancel(key) {
      waiting.delete(key);
    },
  };
}
