import type { Clock } from '../../contract/clock.ts';

/** Round the middle, one step at a time: no edge stays where it is for long. */
const STEPS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 2],
  [-1, 1],
  [-2, 0],
  [-1, -1],
  [0, -2],
  [1, -1],
] as const;
const EVERY_MS = 180_000;

/** Moves what is shown by a pixel or two every three minutes, so that nothing burns into a screen. */
export function shiftPixels(clock: Clock, still: () => boolean, move: (xPx: number, yPx: number) => void): () => void {
  let at = 0;
  let cancel = () => {};
  const step = () => {
    at = still() ? 0 : (at + 1) % STEPS.length;
    const [x, y] = STEPS[at] ?? STEPS[0];
    move(x, y);
    cancel = clock.after(EVERY_MS, step);
  };
  cancel = clock.after(EVERY_MS, step);
  return () => {
    cancel();
    move(0, 0);
  };
}
