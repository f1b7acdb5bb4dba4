import type { Clock } from '../../contract/clock.ts';
import type { PanelPicture, Status } from '../../contract/worker-api.ts';

/** How old the newest event was when it was first on the screen, over the draws of the last minute. */
export interface DrawnSummary {
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly samples: number;
}

export interface Drawn {
  /** Call in the frame in which a picture was drawn. */
  readonly record: (picture: PanelPicture) => void;
  readonly summary: () => DrawnSummary;
}

/** Events older than this at draw are not live: their age says nothing about speed. */
const LIVE_MS = 10_000;
/** A slow minute is over after a minute. */
const KEPT_MS = 60_000;
const KEPT_SAMPLES = 1000;

/** Clocks that seem so far apart may be one: a message of the relay is on its way for as long. */
const ON_THE_WAY_MS = 1000;

/**
 * A draw is a sample when it shows a newer event of its stream than any draw before, out of a frame the relay sealed
 * while this tab was connected: what was sealed before is history.
 */
export function createDrawn(
  clock: Clock,
  status: () => Pick<Status, 'connection' | 'clockAheadMs'> | null | undefined,
): Drawn {
  const newestUs = new Map<string, number>();
  let samples: readonly { readonly atMs: number; readonly ageMs: number }[] = [];
  const recent = (nowMs: number) => samples.filter(({ atMs }) => atMs > nowMs - KEPT_MS);
  return {
    record(picture) {
      if (picture.kind === 'error' || picture.maxEventTimeUs === null) return;
      if (picture.maxEventTimeUs <= (newestUs.get(picture.stream) ?? Number.NEGATIVE_INFINITY)) return;
      newestUs.set(picture.stream, picture.maxEventTimeUs);
      const { connection, clockAheadMs = null } = status() ?? {};
      const aheadMs = apartMs(clockAheadMs);
      if (connection?.state !== 'live' || (picture.sealedAtMs ?? 0) + aheadMs < connection.sinceMs) return;
      const atMs = clock.nowMs();
      const ageMs = atMs - aheadMs - picture.maxEventTimeUs / 1000;
      if (ageMs >= 0 && ageMs <= LIVE_MS) samples = [...recent(atMs), { atMs, ageMs }].slice(-KEPT_SAMPLES);
    },
    summary() {
      const sorted = recent(clock.nowMs())
        .map(({ ageMs }) => ageMs)
        .sort((a, b) => a - b);
      const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
      return { p50Ms: at(0.5), p99Ms: at(0.99), samples: sorted.length };
    },
  };
}

function apartMs(clockAheadMs: number | null): number {
  return clockAheadMs === null || (clockAheadMs > 0 && clockAheadMs <= ON_THE_WAY_MS) ? 0 : clockAheadMs;
}
