import type { Extent } from './extent.ts';
import { nearest, type Scene } from './scene.ts';

/** Where the keyboard's cursor stands. */
export interface Keyed {
  readonly seconds: number;
  /** From the top. */
  readonly row: number;
}

/** Where a key takes the cursor: from window to window, or row to row, and never out of view. */
export function moved(
  { stops, rows, next }: Scene,
  { fromS, toS }: Extent,
  at: Keyed | null,
  key: { readonly do: 'step' | 'row' | 'end'; readonly by: number },
): Keyed {
  const first = stops.findIndex((one) => one >= fromS);
  const last = stops.findLastIndex((one) => one <= toS);
  const low = first < 0 || first > last ? 0 : first;
  const high = last < low ? stops.length - 1 : last;
  const stop = (index: number) => stops[Math.min(high, Math.max(low, index))] ?? 0;
  const row = at?.row ?? 0;
  if (key.do === 'end') return { seconds: stop(key.by < 0 ? low : high), row };
  if (!at) return { seconds: stop(high), row };
  if (key.do === 'row') return { seconds: at.seconds, row: Math.min(Math.max(0, rows - 1), Math.max(0, row + key.by)) };
  if (!next) return { seconds: stop(nearest(stops, at.seconds) + key.by), row };
  let { seconds } = at;
  for (let steps = Math.abs(key.by); steps > 0; steps--) seconds = next(seconds, row, key.by < 0 ? -1 : 1);
  return { seconds, row };
}
