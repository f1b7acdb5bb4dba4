import type { Span, TimeView } from '../../contract/worker-api.ts';

/** Event time from the left edge of a chart to its right one, seconds since the epoch. */
export interface Extent {
  readonly fromS: number;
  readonly toS: number;
}

/**
 * What a chart shows of time. Of a time that was chosen exactly that; of the clock on the wall, up to the clock; and of the
 * newest event what its own picture reaches.
 *
 *     until: a time   ├──────── span ────────┤ until
 *     until: 'now'    ├──────── span ────────┤ nowS       nothing is drawn where nothing has come yet
 *     until: 'newest'   ├─────── own ───────┤
 */
export function extentOf(view: TimeView, own: Extent, nowS: number): Extent {
  const { span, until } = view;
  if (until === 'newest') return own;
  const toS = until === 'now' ? nowS : until / 1e6;
  if (span === 'all') return { fromS: Math.min(own.fromS, toS - 1), toS };
  return { fromS: toS - span / 1e6, toS };
}

/** Extent of windows up to the newest event, at most so long, and not before the first of them. */
export function ownExtent(firstS: number, newestS: number, leastS: number, span: Span): Extent {
  const toS = Math.max(newestS, firstS + leastS);
  const fromS = span === 'all' ? firstS : Math.max(firstS, toS - span / 1e6);
  return { fromS: Math.min(fromS, toS - leastS), toS };
}

/** Less than this cannot be told apart by windows or by eyes. */
const LEAST_S = 0.01;

/** The same place in view, at `factor` times the length. */
export function zoomAround({ fromS, toS }: Extent, centreS: number, factor: number): Extent {
  const length = Math.max(LEAST_S, (toS - fromS) * factor);
  const share = (centreS - fromS) / (toS - fromS);
  const from = centreS - length * share;
  return { fromS: from, toS: from + length };
}

/** A stretch of this part of the length around a moment, the moment in its middle. */
export function centredOn({ fromS, toS }: Extent, centreS: number, factor: number): Extent {
  const half = Math.max(LEAST_S, (toS - fromS) * factor) / 2;
  return { fromS: centreS - half, toS: centreS + half };
}

/** `share` of its length later. */
export function panned({ fromS, toS }: Extent, share: number): Extent {
  const by = (toS - fromS) * share;
  return { fromS: fromS + by, toS: toS + by };
}

/** Whole µs, as the board is asked for it. */
export function toRangeUs({ fromS, toS }: Extent): { fromUs: number; toUs: number } {
  const fromUs = Math.round(fromS * 1e6);
  return { fromUs, toUs: Math.max(fromUs + 1, Math.round(toS * 1e6)) };
}
