import type { DeadLetters } from './dead-letters/dead-letters.ts';
import type { LogEntry } from './log/log.ts';
import { untilAborted } from './sources/wait.ts';

/**
 * No entry gets into the log before the dead letters among its records are written: a relay that is killed goes on from
 * the end of its log, and would never see those records again. (X1)
 *
 *     entry ─ every letter is written ─▶ log
 *       └─ letters wait for room: entries wait behind them, in order ─ written ─▶ log
 */
export class FeedOrder {
  readonly #letters: DeadLetters;
  readonly #append: (entry: LogEntry) => void;
  #waiting: LogEntry[] = [];
  #settled: Promise<void> = Promise.resolve();

  constructor(letters: DeadLetters, append: (entry: LogEntry) => void) {
    this.#letters = letters;
    this.#append = append;
  }

  /** Resolves when none waits, or nobody wants to any more. */
  async settled(signal: AbortSignal | null): Promise<void> {
    if (this.#waiting.length > 0 && signal !== null) await untilAborted(this.#settled, signal);
  }

  append(entry: LogEntry): void {
    if (this.#waiting.length === 0 && !this.#letters.holds) {
      this.#append(entry);
      return;
    }
    this.#waiting.push(entry);
    if (this.#waiting.length === 1) this.#settled = this.#release();
  }

  /** The log they were for is gone, or closed. */
  clear(): void {
    this.#waiting = [];
  }

  async #release(): Promise<void> {
    do await this.#letters.room();
    while (this.#letters.holds && this.#waiting.length > 0);
    const released = this.#waiting;
    this.#waiting = [];
    for (const entry of released) this.#append(entry);
  }
}
