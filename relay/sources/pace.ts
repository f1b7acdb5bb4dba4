import type { Clock } from '../../contract/clock.ts';
import { sleep } from './wait.ts';

/**
 * Holds a replay to the pace of its events: the first event is due at once, and each later one
 * `(its event time − the first's) / speed` after that. A source has no idea of event time, so whoever shapes the records
 * awaits `until` for each; the source, being pulled, then goes no faster. Events behind the newest are due at once.
 */
export interface Pacer {
  /** Resolves when an event of `eventTimeUs` (µs UTC) is due, or `signal` aborts. */
  until(eventTimeUs: number, signal: AbortSignal): Promise<void>;
}

/** `speed` 1 is as it happened, 60 an hour in a minute, `max` never waits. */
export function createPacer(speed: number | 'max', clock: Clock): Pacer {
  let start: { readonly wallMs: number; readonly eventTimeUs: number } | null = null;
  return {
    async until(eventTimeUs, signal) {
      if (speed === 'max') return;
      start ??= { wallMs: clock.nowMs(), eventTimeUs };
      const dueMs = start.wallMs + (eventTimeUs - start.eventTimeUs) / 1000 / speed;
      const waitMs = dueMs - clock.nowMs();
      if (waitMs > 0) await sleep(clock, waitMs, signal);
    },
  };
}
