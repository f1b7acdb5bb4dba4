import { MIN_TIME_US } from '../contract/protocol/frame.ts';

/** The larger of two watermarks; null and MIN_TIME_US are "none yet". A watermark never moves back. (W3) */
export function laterWatermark(held: number | null, heard: number | null): number | null {
  if (heard === null || heard === MIN_TIME_US) return held;
  return held === null ? heard : Math.max(held, heard);
}
