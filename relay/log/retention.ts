import type { Clock } from '../../contract/clock.ts';
import type { KeptLog } from './kept-log.ts';
import { SEGMENTS_KEPT, type Segments } from './segments.ts';

/**
 * Which of a log's segments stay: those within its bytes and its age. The oldest goes first, and never one that holds what
 * was not shown yet. (L3)
 */
export interface RetentionParts {
  readonly segments: Segments;
  readonly kept: KeptLog;
  readonly clock: Clock;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Entries from this sequence on were not shown. */
  readonly shownEnd: () => number;
  /** Something may be too old, though nothing comes. */
  readonly due: () => void;
}

const MIN_AGE_CHECK_MS = 1_000;
const MAX_AGE_CHECK_MS = 600_000;

export class Retention {
  readonly #parts: RetentionParts;
  #cancel: () => void = () => undefined;
  readonly #waitMs: number;
  /** Wall clock when it was last looked at. */
  #lookedMs: number;
  /** The clock has leapt: nothing is too old before it has gone on from there for a while. */
  #isHeld = false;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#waitMs = Math.max(MIN_AGE_CHECK_MS, Math.min(parts.maxAgeMs / SEGMENTS_KEPT, MAX_AGE_CHECK_MS));
    this.#lookedMs = parts.clock.nowMs();
    this.#plan();
  }

  /** What is more than may be kept goes; what is appended to stays. Throws as `dropOldest` does. */
  fit(): void {
    const { segments, maxBytes } = this.#parts;
    while (segments.bytes > maxBytes && segments.list.length > 1) if (!this.#dropOldest()) break;
  }

  /** What is older than it may be goes, and what is appended to is closed soon enough for that. Throws as `begin` does. */
  age(): void {
    const { segments, kept, clock, maxAgeMs } = this.#parts;
    const nowMs = clock.nowMs();
    if (this.#isHeld || this.#hasLeapt(nowMs)) return;
    for (const { number } of [...segments.list]) {
      if (nowMs - (kept.segments.get(number)?.newestMs ?? nowMs) <= maxAgeMs) break;
      if (segments.list.length === 1) segments.begin();
      if (!this.#dropOldest()) break;
    }
    const active = segments.list.at(-1);
    const begunMs = active === undefined ? nowMs : (kept.segments.get(active.number)?.begunMs ?? nowMs);
    if (nowMs - begunMs > maxAgeMs / SEGMENTS_KEPT) segments.roll();
  }

  close(): void {
    this.#cancel();
  }

  #plan(): void {
    const { clock, due } = this.#parts;
    this.#cancel = clock.after(this.#waitMs, () => {
      const nowMs = clock.nowMs();
      this.#isHeld = this.#hasLeapt(nowMs);
      this.#lookedMs = nowMs;
      due();
      this.#plan();
    });
  }

  /** It says that much more has passed than was waited for: it was set, or the machine slept. */
  #hasLeapt(nowMs: number): boolean {
    return nowMs - this.#lookedMs > 2 * this.#waitMs;
  }

  #dropOldest(): boolean {
    const { segments, kept, shownEnd } = this.#parts;
    const [oldest] = segments.list;
    if (oldest === undefined || (kept.segments.get(oldest.number)?.end ?? 0) > shownEnd()) return false;
    if (segments.dropOldest() === null) return false;
    kept.forget(oldest.number);
    return true;
  }
}
