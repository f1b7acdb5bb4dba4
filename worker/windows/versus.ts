import type { Versus } from '../../contract/worker-api.ts';
import { decimalScale } from '../panes/decimal.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder, compileSelect, typeOfSelect } from './evaluate.ts';
import { GridRows } from './grid-rows.ts';
import { Fold, groupingFor, type KeptWindow, numberOrNull } from './kept-window.ts';
import { type Stretch, spanStartUs } from './stretch.ts';
import type { WindowRows } from './window-rows.ts';

/** Of less than this share of a length of time, nothing is said about all of it. */
const LEAST_SHARE = 0.5;
/** Different numbers over one window that are remembered. */
const MAX_NUMBERS = 32;

interface Remembered {
  readonly revision: number;
  readonly versus: Versus;
}

const remembered = new WeakMap<WindowRows, Map<string, Remembered>>();

/**
 * How a measure over the last `overUs` of a stretch of event time stands to the same length before, both as far as is final. Null:
 * too little is final, what was before is not all kept, some of either was lost, or the windows are of no fixed length.
 */
export function versusOf(kept: KeptWindow, measure: string, overUs: number, stretch: Stretch): Versus | null {
  const { rows } = groupingFor(kept, []);
  const { watermarkUs } = kept.feed;
  const newest = rows.newest(stretch.lastUs);
  if (newest === null || watermarkUs === null || !(rows instanceof GridRows) || !rows.regular) return null;
  const { stepUs, oldestUs, keptFromUs, coarseBeforeUs } = rows;
  if (!(stepUs > 0) || !Number.isFinite(stepUs)) return null;
  const fromUs = spanStartUs(rows, newest.endUs, overUs);
  const lengthUs = newest.endUs - fromUs;
  const untilUs = newest.endUs - Math.max(0, Math.ceil((newest.endUs - watermarkUs) / stepUs)) * stepUs;
  if (untilUs - fromUs < LEAST_SHARE * lengthUs) return null;
  const beforeUs = fromUs - lengthUs;
  if (oldestUs === null || [oldestUs, keptFromUs, coarseBeforeUs].some((us) => us !== null && us > beforeUs))
    return null;
  // Where nothing was let go, the first pane is where the stream begins, somewhere within it.
  if (oldestUs === beforeUs && keptFromUs === null) return null;
  const { gaps } = kept.feed;
  if (gaps.touch(beforeUs, untilUs - lengthUs) || gaps.touch(fromUs, untilUs)) return null;
  const numbers = remembered.get(rows) ?? new Map<string, Remembered>();
  remembered.set(rows, numbers);
  const name = JSON.stringify([measure, overUs, stretch.key, rows.closing.allowUs]);
  const known = numbers.get(name);
  // What is final is changed by late rows alone.
  if (
    known?.versus.fromUs === fromUs &&
    known.versus.untilUs === untilUs &&
    rows.table.changes.earliestSince(known.revision) >= untilUs
  )
    return known.versus;
  const versus = {
    fromUs,
    untilUs,
    overUs: lengthUs,
    now: valueOver(kept, rows, measure, fromUs, untilUs),
    before: valueOver(kept, rows, measure, beforeUs, untilUs - lengthUs),
  };
  numbers.delete(name);
  numbers.set(name, { revision: rows.table.revision, versus });
  const [oldest] = numbers.keys();
  if (numbers.size > MAX_NUMBERS && oldest !== undefined) numbers.delete(oldest);
  return versus;
}

function valueOver(
  kept: KeptWindow,
  rows: WindowRows,
  measure: string,
  fromUs: number,
  untilUs: number,
): number | null {
  const { window, measures } = kept.plan;
  const wanted = aggregatesUnder(measure, window.select).map(measureKey);
  const fold = new Fold(rows, wanted, 1);
  rows.visitSpan(fromUs, untilUs, (_, slot) => fold.merge(slot, 0), wanted);
  const value = compileSelect(measure, window.select, {
    state: (key) => fold.state(key),
    seconds: () => (untilUs - fromUs) / 1e6,
    measures,
  });
  return numberOrNull(value(0), decimalScale(typeOfSelect(measure, window.select, measures)) ?? 0);
}
