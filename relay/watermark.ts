import type { Clock } from '../contract/clock.ts';
import { MIN_TIME_US } from '../contract/protocol/frame.ts';

/**
 * How far event time has certainly come. (W2–W5)
 *
 *     partition: newest event time − delay        stream: the least over partitions that are not idle
 *     idle: read to its end, and silent for 5 s. When all are idle the newest of them counts. It never moves back.
 */
export class Watermark {
  readonly #delayUs: number;
  readonly #clock: Clock;
  readonly #partitions = new Map<number, { maxEventTimeUs: number | null; atEnd: boolean; heardAtMs: number }>();
  #watermarkUs = MIN_TIME_US;

  constructor(delayUs: number, clock: Clock) {
    this.#delayUs = delayUs;
    this.#clock = clock;
  }

  /** A partition exists, and holds the stream back until it has rows or is idle. */
  open(partition: number): void {
    if (!this.#partitions.has(partition))
      this.#partitions.set(partition, { maxEventTimeUs: null, atEnd: false, heardAtMs: this.#clock.nowMs() });
  }

  observe(partition: number, maxEventTimeUs: number): void {
    this.open(partition);
    const entry = this.#partitions.get(partition);
    if (entry === undefined) return;
    entry.maxEventTimeUs = Math.max(entry.maxEventTimeUs ?? maxEventTimeUs, maxEventTimeUs);
    entry.heardAtMs = this.#clock.nowMs();
  }

  /** Has the partition been read to its end? null: all of them have. */
  atEnd(partition: number | null, atEnd: boolean): void {
    for (const [number, entry] of this.#partitions) if (partition === null || partition === number) entry.atEnd = atEnd;
  }

  /** µs UTC, exclusive; MIN_TIME_US while there is none. */
  currentUs(): number {
    const nowMs = this.#clock.nowMs();
    const all = [...this.#partitions.values()];
    const active = all.filter((entry) => !entry.atEnd || nowMs - entry.heardAtMs < IDLE_MS);
    const times = (active.length > 0 ? active : all).map((entry) => entry.maxEventTimeUs);
    let newestUs: number | null = null;
    if (active.length > 0) newestUs = times.includes(null) ? null : Math.min(...(times as number[]));
    else
      newestUs = times.reduce<number | null>((max, time) => (time === null ? max : Math.max(max ?? time, time)), null);
    if (newestUs !== null) this.#watermarkUs = Math.max(this.#watermarkUs, newestUs - this.#delayUs, MIN_TIME_US);
    return this.#watermarkUs;
  }
}

const IDLE_MS = 5_000;
