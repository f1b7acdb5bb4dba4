/**
 * How coarse panes become with age: past `afterUs` they are at least `grainUs` long.
 *
 *     age     0 ──────── 1 h ──────────── 1 w ─────────── 1 y ─────▶
 *     grain     as made   │     1 min      │     1 h       │  1 d
 */
export type Ladder = readonly { readonly afterUs: number; readonly grainUs: number }[];

const HOUR_US = 3600e6;
const DAY_US = 24 * HOUR_US;

export const DEFAULT_LADDER: Ladder = [
  { afterUs: HOUR_US, grainUs: 60e6 },
  { afterUs: 7 * DAY_US, grainUs: HOUR_US },
  { afterUs: 365 * DAY_US, grainUs: DAY_US },
];

/** What a pane of this age and length has to be folded into; null: it may stay. Ages of the ladder times `factor`. */
export function nextGrainUs(ladder: Ladder, ageUs: number, lengthUs: number, factor: number): number | null {
  let grainUs: number | null = null;
  for (const step of ladder) if (ageUs >= step.afterUs * factor && lengthUs < step.grainUs) grainUs = step.grainUs;
  return grainUs;
}
