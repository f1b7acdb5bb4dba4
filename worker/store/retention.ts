import type { Segments } from './segments.ts';

export interface Released {
  readonly segments: Segments;
  released: number;
  revision: number;
}

/** Lets the oldest segments go, of the largest stream first, while all rows together take more than `budgetBytes`. */
export function releaseBeyond(streams: Iterable<Released>, budgetBytes: number): void {
  const all = [...streams];
  for (;;) {
    const bytes = all.reduce((sum, { segments }) => sum + segments.bytes, 0);
    const largest = all
      .filter(({ segments }) => segments.all.length > 1)
      .reduce<Released | null>((best, own) => (best && best.segments.bytes >= own.segments.bytes ? best : own), null);
    if (bytes <= budgetBytes || !largest) return;
    largest.released += largest.segments.release();
    largest.revision++;
  }
}

/** Lets segments go whose rows are older than their stream keeps them. */
export function releaseAged(streams: Iterable<Released & { readonly maxEventTimeUs: number | null }>): void {
  for (const stream of streams) {
    if (stream.maxEventTimeUs === null) continue;
    const rows = stream.segments.releaseAged(stream.maxEventTimeUs);
    if (rows === 0) continue;
    stream.released += rows;
    stream.revision++;
  }
}
