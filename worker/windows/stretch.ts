import type { Span, TimeView } from '../../contract/worker-api.ts';
import type { Feed } from './feed.ts';
import type { KeptWindow } from './kept-window.ts';
import { type WindowInstance, type WindowRows, windowEndsAfter } from './window-rows.ts';

/**
 * The event time a view has in it now, and the windows it is shown by: those that hold any of it.
 *
 *     fromUs ├──────────────────────────┤ untilUs
 *        ├───────┼───────┼───────┼───────┤
 *                                  ↑ lastUs: a moment of the last window
 */
export interface Stretch {
  /** Null: from the beginning. */
  readonly fromUs: number | null;
  readonly untilUs: number;
  readonly lastUs: number;
  /** It ends at the newest event, and so do its windows. */
  readonly follows: boolean;
  /** It ends at the wall clock: what is told last holds until then. */
  readonly untilNow: boolean;
  /** How long the view is said to be: what is folded over all of it is folded over just that. */
  readonly span: Span;
  /** Equal for pictures that follow each other: what was computed for one is good for the next. */
  readonly key: string;
}

/** Null: nothing has come yet. `nowUs` is the wall clock; views that need it are refused where there is none. */
export function stretchOf(
  { span, until, earlierUs, fromUs }: TimeView,
  { maxEventTimeUs }: Pick<Feed, 'maxEventTimeUs'>,
  nowUs: () => number | null,
): Stretch | null {
  if (maxEventTimeUs === null) return null;
  let endUs = until === 'newest' ? maxEventTimeUs : until === 'now' ? nowUs() : until;
  if (endUs === null) throw new RangeError('There is no clock here: a view ends at the newest event or at a time.');
  endUs -= earlierUs;
  return {
    fromUs: fromUs !== undefined ? Math.min(fromUs - earlierUs, endUs) : span === 'all' ? null : endUs - span,
    untilUs: endUs,
    // The newest event is in view, what happens at another end is not.
    lastUs: until === 'newest' ? endUs : endUs - 1,
    follows: until === 'newest' && earlierUs === 0,
    untilNow: until === 'now' && earlierUs === 0,
    span,
    // One that begins at a time grows: what was computed of it stays good.
    key: JSON.stringify([fromUs === undefined ? span : { fromUs }, until, earlierUs]),
  };
}

/** The windows of a stretch: their ends are in (afterUs, untilUs]. */
export interface InView {
  readonly newest: WindowInstance;
  /** −Infinity: all are there. */
  readonly afterUs: number;
  /** End of the last window that has begun, whatever is in view. */
  readonly untilUs: number;
  readonly instances: readonly WindowInstance[];
}

/** Null: there is no window at its end. Of more than `maxWindows` the newest. */
export function inView(
  { feed }: KeptWindow,
  rows: WindowRows,
  stretch: Stretch,
  maxWindows = Number.POSITIVE_INFINITY,
): InView | null {
  const newest = rows.newest(stretch.lastUs);
  const begun = feed.maxEventTimeUs === null ? null : rows.newest(feed.maxEventTimeUs);
  if (newest === null || begun === null) return null;
  const untilUs = Math.min(newest.endUs, begun.endUs);
  const { stepUs } = rows;
  let afterUs = startOf(rows, newest, stretch);
  if (stepUs > 0 && Number.isFinite(stepUs)) afterUs = Math.max(afterUs, untilUs - maxWindows * stepUs);
  let instances = windowEndsAfter(rows, afterUs, newest.endUs, stretch.lastUs);
  const cut = instances.at(-maxWindows - 1);
  if (cut) {
    afterUs = cut.endUs;
    instances = instances.slice(-maxWindows);
  }
  return { newest, afterUs, untilUs, instances };
}

/** The stretch reaches back from its end, which is before that of its last window: a window more may reach into it. */
function startOf(rows: WindowRows, newest: WindowInstance, { fromUs, untilUs }: Stretch): number {
  if (fromUs === null) return Number.NEGATIVE_INFINITY;
  return Math.min(spanStartUs(rows, newest.endUs, untilUs - fromUs), fromUs);
}

/** Where the last `overUs` before a window's end begin, rounded up to whole windows: the global one is whole always. */
export function spanStartUs({ stepUs }: WindowRows, untilUs: number, overUs: number): number {
  if (stepUs === 0) return untilUs - overUs;
  if (!Number.isFinite(stepUs)) return Number.NEGATIVE_INFINITY;
  return untilUs - Math.max(1, Math.ceil(overUs / stepUs)) * stepUs;
}
