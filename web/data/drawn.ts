import type { Clock } from '../../contract/clock.ts';
import type { PanelPicture } from '../../contract/worker-api.ts';

/** How old the newest event was when it was first on the screen, over the last draws. */
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

/** Events older than this at draw are history being read, not live: their age says nothing about speed. */
const LIVE_MS = 60_000;
const KEPT_SAMPLES = 1000;

/** A draw is a sample when it shows a newer event of its stream than any draw before. */
export function createDrawn(clock: Clock): Drawn {
  const newestUs = new Map<string, number>();
  const agesMs: number[] = [];
  return {
    record(picture) {
      if (picture.kind === 'error' || picture.maxEventTimeUs === null) return;
      if (picture.maxEventTimeUs <= (newestUs.get(picture.stream) ?? Number.NEGATIVE_INFINITY)) return;
      newestUs.set(picture.stream, picture.maxEventTimeUs);
      const ageMs = clock.nowMs() - picture.maxEventTimeUs / 1000;
      if (ageMs < 0 || ageMs > LIVE_MS) return;
      agesMs.push(ageMs);
      if (agesMs.length > KEPT_SAMPLES) agesMs.shift();
    },
    summary() {
      const sorted = [...agesMs].sort((a, b) => a - b);
      const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? null;
      return { p50Ms: at(0.5), p99Ms: at(0.99), samples: sorted.length };
    },
  };
}
