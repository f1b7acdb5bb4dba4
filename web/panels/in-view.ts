import type { TimeView } from '../../contract/worker-api.ts';

/** A stretch of event time: from, and up to but not with. Null: as far as there is any. */
export interface InView {
  readonly fromUs: number | null;
  readonly untilUs: number | null;
}

/** What of a stream is in view. `untilUs` is null where it goes on with what comes. */
export function inView(view: TimeView, newestUs: number | null, nowMs: number): InView {
  const { until, earlierUs, span } = view;
  const endUs = typeof until === 'number' ? until : until === 'now' ? nowMs * 1000 : newestUs;
  const untilUs = typeof until === 'number' ? until - earlierUs : null;
  if (view.fromUs !== undefined) return { fromUs: view.fromUs - earlierUs, untilUs };
  return { fromUs: span === 'all' || endUs === null ? null : endUs - span - earlierUs, untilUs };
}
