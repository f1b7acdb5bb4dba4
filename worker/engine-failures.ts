import { HighwaterError } from '../contract/errors.ts';
import type { Status } from '../contract/worker-api.ts';
import type { Engine } from './engine.ts';

/** More failures of the engine than this within the time: it will not get better by itself. */
const MAX_FAILURES = 5;
const FAILURES_MS = 600_000;
/** After more failures to store rows, the rows that the journal keeps are taken for their cause. */
const MAX_FAILURES_BY_ROWS = 3;
const KEPT_RESTARTS = 20;

/** How often the engine has failed, and what that says. */
export class EngineFailures {
  #recentMs: readonly number[] = [];
  #restarts: Status['restarts'] = [];

  /** As the page is told, newest last. */
  get restarts(): Status['restarts'] {
    return this.#restarts;
  }

  add(error: unknown, reason: string, atMs: number): { readonly byRows: boolean; readonly hopeless: boolean } {
    this.#recentMs = [...this.#recentMs.filter((beforeMs) => beforeMs > atMs - FAILURES_MS), atMs];
    this.#restarts = [...this.#restarts, { atMs, reason }].slice(-KEPT_RESTARTS);
    const recent = this.#recentMs.length;
    return { byRows: recent > MAX_FAILURES_BY_ROWS && !isTrap(error), hopeless: recent > MAX_FAILURES };
  }
}

/** Rows that were counted may be missing from the tables, or worse: only a new engine is right again. */
export function isBroken(error: unknown): boolean {
  return isTrap(error) || (error instanceof HighwaterError && error.code === 'store_failed');
}

/** After a trap the memory of a WebAssembly module means nothing any more; it may lie under an error that says so. */
export function isTrap(error: unknown): boolean {
  return error instanceof WebAssembly.RuntimeError || (error instanceof Error && isTrap(error.cause));
}

/** Ends an engine that failed with this: one that has trapped traps again at being closed, which is no news. */
export function closeFailed(engine: Engine, failure: unknown, onError: (error: unknown) => void): void {
  try {
    engine.close();
  } catch (error) {
    if (!isTrap(failure)) onError(error);
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
