import type { FrameScheduler } from './frame-scheduler.ts';

/** About a third of a second. */
const FRAMES = 20;

export interface Rest {
  /** Runs it once nothing newer was given for about a third of a second. */
  after(run: () => void): void;
  cancel(): void;
}

/** Waits for hands to rest, counted in frames: a run of keys is one thing said, a run of the wheel one range asked for. */
export function createRest(frames: FrameScheduler): Rest {
  const key = {};
  let left = 0;
  let waiting: (() => void) | null = null;
  const tick = () => {
    if (waiting === null) return;
    if (--left > 0) return frames.schedule(key, tick);
    const run = waiting;
    waiting = null;
    run();
  };
  return {
    after(run) {
      const idle = waiting === null;
      left = FRAMES;
      waiting = run;
      if (idle) frames.schedule(key, tick);
    },
    cancel() {
      waiting = null;
      frames.cancel(key);
    },
  };
}
