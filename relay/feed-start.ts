import { MIN_TIME_US } from '../contract/protocol/frame.ts';

/** What is known when a tab without a position comes. */
export interface StartKnown {
  /** How far back it begins; null: as far as the stream goes. */
  readonly backfillUs: number | null;
  /** MIN_TIME_US: none yet. */
  readonly newestUs: number;
  /** Has all that was there been read? */
  readonly atEnd: boolean;
  readonly nowUs: number;
}

/**
 * Where it begins: at all there is, or at the event time so far back from now, or from the newest event of a stream that was
 * read to its end. null: not known while older events are read. (P7)
 */
export function startOf(known: StartKnown): 'start' | { readonly sinceUs: number } | null {
  const { backfillUs, newestUs, atEnd, nowUs } = known;
  if (backfillUs === null) return 'start';
  if (atEnd && newestUs > MIN_TIME_US) return { sinceUs: Math.min(nowUs, newestUs) - backfillUs };
  return atEnd || newestUs >= nowUs - backfillUs ? { sinceUs: nowUs - backfillUs } : null;
}
