import type { FoldPicture, PanelRequest } from '../../contract/worker-api.ts';
import { decimalScale } from '../panes/decimal.ts';
import { compileError, compileSelect, isAdditive, typeOfSelect } from './evaluate.ts';
import { firstOf } from './first-of.ts';
import { foldOver } from './folded.ts';
import { groupingFor, type KeptWindow, numberOrNull } from './kept-window.ts';
import { byGroup, byIndexes } from './places.ts';
import { sparkOf } from './series.ts';
import { type Stretch, stretchOf } from './stretch.ts';
import { versusOf } from './versus.ts';

type FoldRequest = Extract<PanelRequest, { kind: 'fold' }>;

/** A measure folded over event time: states are merged, not values, so averages and distinct counts are right. */
export function foldPicture(
  kept: KeptWindow,
  request: FoldRequest,
  stretch: Stretch | null,
  nowUs: () => number | null,
): FoldPicture {
  const { window, measures } = kept.plan;
  const { measure, over, sparkSpan } = request;
  const grouping = groupingFor(kept, request.by === null ? [] : [request.by]);
  const { rows } = grouping;
  const by = byIndexes(kept, request.by === null ? [] : [request.by]);
  const { places, count, values: sources } = foldOver(kept, grouping, by, [measure], over, stretch);
  const value = compileSelect(measure, window.select, sources);
  const error = compileError(measure, window.select, sources);
  const scale = decimalScale(typeOfSelect(measure, window.select, measures)) ?? 0;
  let relativeError = 0;
  const values = Array.from({ length: count }, (_, place) => {
    relativeError = Math.max(relativeError, error(place));
    return numberOrNull(value(place), scale);
  });
  const sparkView = sparkSpan === null ? null : { ...request.view, span: sparkSpan };
  const base = {
    windowSizeUs: rows.sizeUs,
    stepUs: rows.stepUs,
    relativeError,
    keptFromUs: rows.keptFromUs,
    versus:
      request.by === null && typeof over === 'number' && stretch !== null
        ? versusOf(kept, measure, over, stretch)
        : null,
    spark: sparkView && sparkOf(kept, measure, sparkView, stretchOf(sparkView, kept.feed, nowUs)),
  };
  if (request.by === null)
    return { ...base, rows: [{ key: '', value: values[0] ?? null }], rest: { keys: 0, value: null } };
  const labels: (string | undefined)[] = [];
  const labelOf = (place: number): string => {
    labels[place] ??= places.label(place);
    return labels[place];
  };
  if (request.order.length > 0) {
    const placeOf = new Map(values.map((_, place) => [labelOf(place), place] as const));
    const ordered = request.order.map((key) => ({ key, value: values[placeOf.get(key) ?? -1] ?? null }));
    return { ...base, rows: ordered, rest: { keys: 0, value: null } };
  }
  const sign = request.sort === 'ascending' ? 1 : -1;
  const compare =
    request.sort === 'group'
      ? (left: number, right: number) => byGroup(places.cells(left)[0] ?? null, places.cells(right)[0] ?? null)
      : (left: number, right: number) =>
          byValue(values[left] ?? null, values[right] ?? null, sign) || (labelOf(left) < labelOf(right) ? -1 : 1);
  const shown = firstOf(values.length, request.top, compare);
  const keys = values.length - shown.length;
  let rest: number | null = null;
  if (keys > 0 && isAdditive(measure, window.select)) {
    const among = new Set(shown);
    rest = values.reduce<number>((sum, one, place) => (among.has(place) ? sum : sum + (one ?? 0)), 0);
  }
  return {
    ...base,
    rows: shown.map((place) => ({ key: labelOf(place), value: values[place] ?? null })),
    rest: { keys, value: rest },
  };
}

/** Nulls last, whichever way the rest is sorted. */
function byValue(left: number | null, right: number | null, sign: number): number {
  if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
  return (left - right) * sign;
}
