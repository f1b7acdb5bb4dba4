import { windowStartUs } from '../../contract/spec/window.ts';
import type { FoldPicture, PanelRequest } from '../../contract/worker-api.ts';
import type { Cell } from '../panes/column.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder, compileSelect, isAdditive, relativeErrorOf } from './evaluate.ts';
import { byIndex, Fold, type KeptWindow, labelOf, panesWithin } from './kept-window.ts';
import { sparkOf } from './series.ts';

type FoldRequest = Extract<PanelRequest, { kind: 'fold' }>;

/** A measure folded over the newest event time: states are merged, not values, so averages and distinct counts are right. */
export function foldPicture(kept: KeptWindow, request: FoldRequest): FoldPicture {
  const { window } = kept.plan;
  const base = {
    windowSizeUs: window.sizeUs,
    relativeError: relativeErrorOf(request.measure, window.select),
    spark: request.sparkSpan === null ? null : sparkOf(kept, request.measure, request.sparkSpan),
  };
  const folded = foldValues(kept, request);
  if (request.by === null)
    return { ...base, rows: [{ key: '', value: folded.get('') ?? null }], rest: { keys: 0, value: null } };
  if (request.order.length > 0) {
    const rows = request.order.map((key) => ({ key, value: folded.get(key) ?? null }));
    return { ...base, rows, rest: { keys: 0, value: null } };
  }
  const sign = request.sort === 'ascending' ? 1 : -1;
  const sorted = [...folded]
    .map(([key, value]) => ({ key, value }))
    .sort((left, right) => byValue(left.value, right.value, sign) || (left.key < right.key ? -1 : 1));
  const rest = sorted.slice(request.top);
  const addable = isAdditive(request.measure, window.select) && rest.length > 0;
  return {
    ...base,
    rows: sorted.slice(0, request.top),
    rest: { keys: rest.length, value: addable ? rest.reduce((sum, { value }) => sum + (value ?? 0), 0) : null },
  };
}

/** Label → folded value. */
function foldValues(kept: KeptWindow, { measure, by, over }: FoldRequest): Map<string, number | null> {
  const { table, plan, state } = kept;
  const { window } = plan;
  const index = by === null ? null : byIndex(kept, by);
  const wanted = aggregatesUnder(measure, window.select).map(measureKey);
  if (state.maxEventTimeUs === null) return new Map();
  const newest = windowStartUs(state.maxEventTimeUs, window.sizeUs, window.offsetUs);
  const panes = panesWithin(kept, newest, over ?? window.sizeUs);
  const slotOfLabel = new Map<string, number>();
  const slotOfKey = new Map<number, number>();
  const targetOf = (key: number) => {
    const known = slotOfKey.get(key);
    if (known !== undefined) return known;
    const label = index === null ? '' : labelOf(table.keys.tuple(key)[index] ?? null, plan.byTypes[index]);
    const slot = slotOfLabel.get(label) ?? slotOfLabel.size;
    slotOfLabel.set(label, slot);
    slotOfKey.set(key, slot);
    return slot;
  };
  for (const { slots } of panes) for (const key of slots.keys()) targetOf(key);
  if (index === null && slotOfLabel.size === 0) slotOfLabel.set('', 0);
  const fold = new Fold(table, wanted, Math.max(1, slotOfLabel.size));
  for (const { slots } of panes) for (const [key, slot] of slots) fold.merge(slot, targetOf(key));
  const value = compileSelect(measure, window.select, (key) => fold.state(key));
  return new Map([...slotOfLabel].map(([label, slot]) => [label, numberOrNull(value(slot))] as const));
}

function numberOrNull(value: Cell): number | null {
  return value === null || typeof value === 'string' ? null : Number(value);
}

/** Nulls last, whichever way the rest is sorted. */
function byValue(left: number | null, right: number | null, sign: number): number {
  if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
  return (left - right) * sign;
}
