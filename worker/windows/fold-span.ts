import type { Span } from '../../contract/worker-api.ts';
import type { KeptWindow } from './kept-window.ts';
import { type Stretch, spanStartUs } from './stretch.ts';
import { type VisitSlot, type WindowInstance, type WindowRows, windowEndsAfter } from './window-rows.ts';

/** What a fold reads. */
export interface FoldSpan {
  /** Seconds of event time it is over. */
  readonly seconds: number;
  readonly visit: (visit: VisitSlot, measures: readonly string[]) => void;
}

/**
 * The newest window of a stretch, or all rows of the windows whose ends lie in the last `over` of event time before its
 * end. Of sessions without `over`: those that are open then, or else the one that ended last. Null: there is none, or all
 * of it is after the newest event: how many there were is not known then, and is not 0.
 */
export function foldSpan({ feed }: KeptWindow, rows: WindowRows, stretch: Stretch, over: Span | null): FoldSpan | null {
  const newest = rows.newest(stretch.lastUs);
  const { maxEventTimeUs } = feed;
  if (newest === null || maxEventTimeUs === null) return null;
  if (over === null && newest.startUs > maxEventTimeUs) return null;
  if (over === null && newest.session !== null) {
    const openUs = stretch.follows ? (feed.watermarkUs ?? Number.NEGATIVE_INFINITY) : stretch.untilUs;
    const open = windowEndsAfter(rows, openUs, Number.POSITIVE_INFINITY, stretch.lastUs);
    return eachOf(rows, open.length > 0 ? open : [newest], null);
  }
  if (over === null) return eachOf(rows, [newest], null);
  const untilUs = newest.endUs;
  // What is in view may begin at a time, and be longer by now than it was said to be.
  const overUs = over === stretch.span && stretch.fromUs !== null ? stretch.untilUs - stretch.fromUs : over;
  const fromUs = overUs === 'all' ? Number.NEGATIVE_INFINITY : spanStartUs(rows, untilUs, overUs);
  if (fromUs > maxEventTimeUs) return null;
  let firstUs = fromUs;
  if (over === 'all') firstUs = rows.instances(fromUs, untilUs)[0]?.startUs ?? untilUs;
  const seconds = (untilUs - firstUs) / 1e6;
  if (newest.session !== null) return eachOf(rows, windowEndsAfter(rows, fromUs, untilUs, stretch.lastUs), seconds);
  return { seconds, visit: (visit, measures) => rows.visitSpan(fromUs, untilUs, visit, measures) };
}

/** `seconds` null: as long as they are together. */
function eachOf(rows: WindowRows, shown: readonly WindowInstance[], seconds: number | null): FoldSpan {
  return {
    seconds: seconds ?? shown.reduce((sum, { startUs, endUs }) => sum + (endUs - startUs) / 1e6, 0),
    visit: (visit, measures) => {
      for (const instance of shown) rows.visit(instance, visit, measures);
    },
  };
}
