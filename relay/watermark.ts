import type { Clock } from '../contract/clock.ts';
import { MIN_TIME_US } from '../contract/protocol/frame.ts';
import { REPLAY_PARTITION } from '../contract/protocol/position.ts';

/**
 * How far event time has certainly come. (W2–W5, W20)
 *
 *     partition: newest event time − delay        stream: the least over partitions that are not idle
 *     idle: read to its end, and silent for `idleMs` of the time in which the source was read. When all are idle the newest
 *     of them counts. It never moves back.
 *
 *     source    ──read──▶ event ──handled──▶ read ──▶ event ── handled, held up by readers ─────────▶ read ──▶
 *     silence   ■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■■ 1 s ■┄┄┄┄┄┄┄ stands still ┄┄┄┄┄┄┄■■■■■■■■■
 */
export class Watermark {
  readonly #delayUs: number;
  readonly #idleMs: number;
  readonly #clock: Clock;
  readonly #partitions = new Map<number, { maxEventTimeUs: number | null; atEnd: boolean; heardAtMs: number }>();
  #watermarkUs = MIN_TIME_US;
  /** Newest event time among replayed dead letters, which hold nothing back; null: there are none. */
  #replayedUs: number | null = null;
  /** When the event now being handled came; null while the source is being read. */
  #handlingSinceMs: number | null = null;
  /** Time in which nobody could have been heard, so far. */
  #deafMs = 0;

  constructor(delayUs: number, idleMs: number, clock: Clock) {
    this.#delayUs = delayUs;
    this.#idleMs = idleMs;
    this.#clock = clock;
  }

  /** Goes on from where a stream stood: its watermark, and the newest event time of each partition that had rows. */
  restore(watermarkUs: number, newestUs: ReadonlyMap<number, number>): void {
    this.#watermarkUs = Math.max(this.#watermarkUs, watermarkUs);
    for (const [partition, us] of newestUs) if (us > MIN_TIME_US) this.observe(partition, us);
  }

  /** A partition exists, and holds the stream back until it has rows or is idle. */
  open(partition: number): void {
    if (!this.#partitions.has(partition))
      this.#partitions.set(partition, { maxEventTimeUs: null, atEnd: false, heardAtMs: this.#listenedMs() });
  }

  observe(partition: number, maxEventTimeUs: number): void {
    if (partition === REPLAY_PARTITION) {
      this.#replayedUs = Math.max(this.#replayedUs ?? maxEventTimeUs, maxEventTimeUs);
      return;
    }
    this.open(partition);
    const entry = this.#partitions.get(partition);
    if (entry === undefined) return;
    entry.maxEventTimeUs = Math.max(entry.maxEventTimeUs ?? maxEventTimeUs, maxEventTimeUs);
    entry.heardAtMs = this.#listenedMs();
  }

  /** Has the partition been read to its end? null: all of them have. */
  atEnd(partition: number | null, atEnd: boolean): void {
    for (const [number, entry] of this.#partitions) if (partition === null || partition === number) entry.atEnd = atEnd;
  }

  /** The source is not read for now: who is silent meanwhile is not idle. */
  handling(): void {
    this.#handlingSinceMs ??= this.#clock.nowMs();
  }

  /** The source is read again. */
  reading(): void {
    this.#deafMs += this.#heldUpMs();
    this.#handlingSinceMs = null;
  }

  /** µs UTC, exclusive; MIN_TIME_US while there is none. */
  currentUs(): number {
    const nowMs = this.#listenedMs();
    const all = [...this.#partitions.values()];
    const active = all.filter((entry) => !entry.atEnd || nowMs - entry.heardAtMs < this.#idleMs);
    const times = (active.length > 0 ? active : all).map((entry) => entry.maxEventTimeUs);
    let newestUs: number | null = null;
    if (active.length > 0) newestUs = times.includes(null) ? null : Math.min(...(times as number[]));
    else
      newestUs = times.reduce<number | null>(
        (max, time) => (time === null ? max : Math.max(max ?? time, time)),
        this.#replayedUs,
      );
    if (newestUs !== null) this.#watermarkUs = Math.max(this.#watermarkUs, newestUs - this.#delayUs, MIN_TIME_US);
    return this.#watermarkUs;
  }

  /** A clock that stands still while the source is not read. */
  #listenedMs(): number {
    return this.#clock.nowMs() - this.#deafMs - this.#heldUpMs();
  }

  #heldUpMs(): number {
    if (this.#handlingSinceMs === null) return 0;
    return Math.max(0, this.#clock.nowMs() - this.#handlingSinceMs - MAX_HANDLING_MS);
  }
}

/** Handling an event takes its time; what takes longer than this is not handling, but waiting for others. */
const MAX_HANDLING_MS = 1_000;
