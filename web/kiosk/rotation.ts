import type { Clock } from '../../contract/clock.ts';

/**
 * Which board of a playlist is shown, and when the next is. That one is prepared, unseen, a moment before, so that it has
 * its pictures when it is shown:
 *
 *     shown ── due − lead ──▶ preparing the next ── due, and it is ready ──▶ shown
 *       └───── by hand ──────▶ preparing another ── it is ready ─────────────▶ shown
 *
 * Nothing is kept from one board to the next but its place in the list.
 */
export interface RotationOptions {
  readonly clock: Clock;
  readonly boards: () => readonly string[];
  readonly everyMs: () => number;
  /** The board that is shown; null: none yet. */
  readonly shown: () => string | null;
  readonly show: (board: string) => void;
  /** Draws a board where nobody sees it; null: none any more. */
  readonly prepare: (board: string | null) => void;
  /** Has the board that is prepared all its pictures? */
  readonly isReady: () => boolean;
}

export interface Rotation {
  /** To the next, or the one before (−1), as soon as it is ready. */
  step(by: 1 | -1): void;
  setPaused(paused: boolean): void;
  /** The list, or how long each is shown, is another now. */
  changed(): void;
  close(): void;
}

const LEAD_MS = 1_500;
/** A board that is not ready by then is shown as it is. */
const PATIENCE_MS = 3_000;
const LOOK_MS = 50;

export function createRotation(options: RotationOptions): Rotation {
  const { clock } = options;
  let paused = false;
  /** Where in the list the board that is shown stands, or stood. */
  let place = 0;
  let cancel = () => {};

  const wait = (delayMs: number, run: () => void) => {
    cancel();
    cancel = clock.after(delayMs, run);
  };
  const after = (by: 1 | -1): string | null => {
    const boards = options.boards();
    const shown = options.shown();
    const at = shown === null ? -1 : boards.indexOf(shown);
    // What stood here is gone: the one that has its place now is next.
    const next = at < 0 ? (by > 0 ? place : place - 1) : at + by;
    return boards[(next + boards.length) % boards.length] ?? null;
  };
  const show = (board: string) => {
    options.show(board);
    options.prepare(null);
    place = Math.max(0, options.boards().indexOf(board));
    start();
  };
  const showWhenReady = (board: string, dueMs: number) => {
    const nowMs = clock.nowMs();
    if (!options.boards().includes(board)) return start();
    if (nowMs >= dueMs && (options.isReady() || nowMs >= dueMs + PATIENCE_MS)) return show(board);
    wait(nowMs < dueMs ? dueMs - nowMs : LOOK_MS, () => showWhenReady(board, dueMs));
  };
  const turn = (by: 1 | -1, dueMs: number) => {
    const next = after(by);
    if (next === null || next === options.shown()) return start();
    options.prepare(next);
    showWhenReady(next, dueMs);
  };
  const start = () => {
    cancel();
    options.prepare(null);
    const boards = options.boards();
    const shown = options.shown();
    if (boards.length === 0) return;
    if (shown === null || !boards.includes(shown)) {
      const next = after(1);
      if (next !== null) show(next);
      return;
    }
    place = boards.indexOf(shown);
    if (paused || boards.length === 1) return;
    const everyMs = options.everyMs();
    const leadMs = Math.min(LEAD_MS, everyMs / 2);
    const dueMs = clock.nowMs() + everyMs;
    wait(everyMs - leadMs, () => turn(1, dueMs));
  };

  start();
  return {
    step(by) {
      turn(by, clock.nowMs());
    },
    setPaused(now) {
      paused = now;
      start();
    },
    changed: start,
    close: () => cancel(),
  };
}
