import type { StatesPicture } from '../../contract/worker-api.ts';
import type { Extent } from './extent.ts';

export type StateRows = StatesPicture['rows'];
export type Stretch = StateRows[number]['stretches'][number];

/** Index of the stretch a moment is in, or of the one before it; -1: it is before all. */
export function stretchAt(stretches: readonly Stretch[], seconds: number): number {
  const us = seconds * 1e6;
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((stretches[middle]?.fromUs ?? 0) <= us) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The stretch a moment is in; null: nothing is known of it. */
export function stretchOf(stretches: readonly Stretch[], seconds: number): Stretch | null {
  const found = stretches[stretchAt(stretches, seconds)];
  return found && seconds * 1e6 < found.untilUs ? found : null;
}

/** The middle of what is in view of the next stretch of a row, or of the one before. */
export function nextStretch(
  stretches: readonly Stretch[],
  seconds: number,
  by: 1 | -1,
  { fromS, toS }: Extent,
): number {
  const at = stretchAt(stretches, seconds);
  const within = stretches[at] !== undefined && seconds * 1e6 < (stretches[at]?.untilUs ?? 0);
  const next = stretches[by > 0 ? at + 1 : within ? at - 1 : at];
  if (!next || next.untilUs / 1e6 <= fromS || next.fromUs / 1e6 >= toS) return seconds;
  return (Math.max(fromS, next.fromUs / 1e6) + Math.min(toS, next.untilUs / 1e6)) / 2;
}

/** Share of the known time in view that each state has, the longest first. */
export function timeShares(rows: StateRows, { fromS, toS }: Extent): { state: string | number; share: number }[] {
  const lengths = new Map<string | number, number>();
  let sum = 0;
  for (const { stretches } of rows)
    for (const { fromUs, untilUs, state } of stretches) {
      const length = Math.min(untilUs / 1e6, toS) - Math.max(fromUs / 1e6, fromS);
      if (length <= 0) continue;
      sum += length;
      lengths.set(state, (lengths.get(state) ?? 0) + length);
    }
  return [...lengths].map(([state, length]) => ({ state, share: length / sum })).sort((a, b) => b.share - a.share);
}

/** From the first stretch to the last, or as far as was asked; null: there are none. */
export function statesExtent(rows: StateRows, fromUs: number | null, untilUs: number | null): Extent | null {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { stretches } of rows) {
    first = Math.min(first, stretches[0]?.fromUs ?? first);
    last = Math.max(last, stretches.at(-1)?.untilUs ?? last);
  }
  if (!(first < last)) return null;
  return { fromS: Math.max(first, fromUs ?? first) / 1e6, toS: Math.max(untilUs ?? last, first + 1) / 1e6 };
}

/** Where the keyboard's cursor can start, ascending: the middles of all stretches. */
export function middlesOf(rows: StateRows): Float64Array {
  const all = rows.flatMap(({ stretches }) => stretches.map(({ fromUs, untilUs }) => (fromUs + untilUs) / 2e6));
  return Float64Array.from(all).sort();
}
