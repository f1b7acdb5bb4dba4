import type { Span, TimeView } from '../../contract/worker-api.ts';

/** Event time from the left edge of a chart to its right one, seconds since the epoch. */
export interface Extent {
  readonly fromS: number;
  readonly toS: number;
}

/** Less than this cannot be told apart by windows or by eyes. */
const LEAST_S = 0.01;

/**
 * What a chart shows of time. Of a time that was chosen exactly that; of the clock on the wall, up to the clock; and of the
 * newest event what its own picture reaches. What begins at a time begins there.
 *
 *     until: a time   ├──────── span ────────┤ until
 *     until: 'now'    ├──────── span ────────┤ nowS       nothing is drawn where nothing has come yet
 *     until: 'newest'   ├─────── own ───────┤
 */
export function extentOf({ span, until, fromUs }: TimeView, own: Extent, nowS: number): Extent {
  if (until === 'newest') {
    if (fromUs === undefined) return own;
    return { fromS: Math.min(Math.max(own.fromS, fromUs / 1e6), own.toS - LEAST_S), toS: own.toS };
  }
  const toS = until === 'now' ? nowS : until / 1e6;
  if (fromUs !== undefined) return { fromS: Math.min(fromUs / 1e6, toS - LEAST_S), toS };
  if (span === 'all') return { fromS: Math.min(own.fromS, toS - 1), toS };
  return { fromS: toS - span / 1e6, toS };
}

/** How far back from its end a picture's own extent reaches: where the view begins at a time, that is cut off later. */
export function ownSpan({ span, fromUs }: TimeView): Span {
  return fromUs === undefined ? span : 'all';
}

/** Extent of windows up to the newest event, at most so long, and not before the first of them. */
export function ownExtent(firstS: number, newestS: number, leastS: number, span: Span): Extent {
  const toS = Math.max(newestS, firstS + leastS);
  const fromS = span === 'all' ? firstS : Math.max(firstS, toS - span / 1e6);
  return { fromS: Math.min(fromS, toS - leastS), toS };
}

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
