import type { Span } from '../../contract/worker-api.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder, type Values } from './evaluate.ts';
import { foldSpan } from './fold-span.ts';
import { Fold, type KeptGrouping, type KeptWindow } from './kept-window.ts';
import { Places } from './places.ts';
import type { Stretch } from './stretch.ts';

/** States of a window's groups, merged over a length of event time: one place for each group of the wanted columns. */
export interface Folded {
  readonly places: Places;
  /** One where there is nothing to group by, seen or not. */
  readonly count: number;
  /** What select columns are computed from, by place. */
  readonly values: Values;
}

/** `by` are by-columns of the grouping, `measures` names of select columns. */
export function foldOver(
  kept: KeptWindow,
  grouping: KeptGrouping,
  by: readonly number[],
  measures: readonly string[],
  over: Span | null,
  stretch: Stretch | null,
): Folded {
  const { plan } = kept;
  const { rows } = grouping;
  const wanted = [...new Set(measures.flatMap((name) => aggregatesUnder(name, plan.window.select).map(measureKey)))];
  const places = new Places(kept, grouping, by);
  const span = stretch === null ? null : foldSpan(kept, rows, stretch, over);
  const fold = new Fold(rows, wanted, 1);
  let room = 1;
  span?.visit((key, slot) => {
    const place = places.of(key);
    if (place >= room) {
      room = Math.max(64, room * 2);
      fold.resize(room);
    }
    fold.merge(slot, place);
  }, wanted);
  return {
    places,
    count: by.length === 0 ? (span === null ? 0 : 1) : places.size,
    values: { state: (key) => fold.state(key), seconds: () => span?.seconds ?? 0, measures: plan.measures },
  };
}
