import type { Rejected } from './decode/rejected.ts';
import type { LogEntry } from './log/log.ts';

/** What a stream has had so far. */
export interface FeedCounts {
  readonly records: number;
  readonly bytes: number;
  /** Of them, those held apart for their event is too far in the future. (W21) */
  readonly ahead: number;
  readonly frames: number;
  readonly frameBytes: number;
}

/** Counts what a stream has, and events ahead of the clock that come in a row. */
export class FeedTally {
  #records = 0;
  #bytes = 0;
  #ahead = 0;
  #frames = 0;
  #frameBytes = 0;
  #aheadInARow = 0;
  #aheadUs = 0;
  /** Since `handled` was last told. */
  #rejected = 0;

  get counts(): FeedCounts {
    const [records, bytes, ahead] = [this.#records, this.#bytes, this.#ahead];
    return { records, bytes, ahead, frames: this.#frames, frameBytes: this.#frameBytes };
  }

  /** Events ahead of the clock since the last one that was not. */
  get aheadInARow(): number {
    return this.#aheadInARow;
  }

  /** By how much the newest of them is. */
  get aheadUs(): number {
    return this.#aheadUs;
  }

  rejected({ aheadUs }: Rejected): void {
    this.#rejected++;
    if (aheadUs === null) return;
    this.#ahead++;
    this.#aheadInARow++;
    this.#aheadUs = aheadUs;
  }

  handled(records: number, bytes: number): void {
    this.#records += records;
    this.#bytes += bytes;
    if (records > this.#rejected) this.#aheadInARow = 0;
    this.#rejected = 0;
  }

  appended(entry: LogEntry): void {
    if (entry.kind !== 'frame') return;
    this.#frames++;
    this.#frameBytes += entry.message.length;
  }
}
