import type { FoldPicture, PanelRequest } from '../../contract/worker-api.ts';
import type { Cell } from '../panes/column.ts';
import { decimalScale } from '../panes/decimal.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder, compileError, compileSelect, isAdditive, typeOfSelect } from './evaluate.ts';
import { Fold, groupingFor, type KeptWindow, labelOf } from './kept-window.ts';
import { sparkOf } from './series.ts';
import type { VisitSlot, WindowRows } from './window-rows.ts';

type FoldRequest = Extract<PanelRequest, { kind: 'fold' }>;

/** A measure folded over the newest event time: states are merged, not values, so averages and distinct counts are right. */
export function foldPicture(kept: KeptWindow, request: FoldRequest): FoldPicture {
  const { window } = kept.plan;
  const { rows } = groupingFor(kept, request.by);
  const { values, relativeError } = foldValues(kept, request);
  const base = {
    windowSizeUs: rows.sizeUs,
    stepUs: rows.stepUs,
    relativeError,
    spark: request.sparkSpan === null ? null : sparkOf(kept, request.measure, request.sparkSpan),
  };
  if (request.by === null)
    return { ...base, rows: [{ key: '', value: values.get('') ?? null }], rest: { keys: 0, value: null } };
  if (request.order.length > 0) {
    const ordered = request.order.map((key) => ({ key, value: values.get(key) ?? null }));
    return { ...base, rows: ordered, rest: { keys: 0, value: null } };
  }
  const sign = request.sort === 'ascending' ? 1 : -1;
  const sorted = [...values]
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
function foldValues(
  kept: KeptWindow,
  { measure, by, over }: FoldRequest,
): { values: Map<string, number | null>; relativeError: number } {
  const { plan, feed } = kept;
  const { select } = plan.window;
  const { rows, columns } = groupingFor(kept, by);
  const index = by === null ? null : columns.indexOf(plan.window.by.findIndex(({ name }) => name === by));
  const type = index === null ? undefined : plan.byTypes[columns[index] ?? 0];
  const wanted = aggregatesUnder(measure, select).map(measureKey);
  const span = feed.maxEventTimeUs === null ? null : spanOf(rows, feed.maxEventTimeUs, feed.watermarkUs, over);
  if (span === null) return { values: new Map(), relativeError: 0 };
  const slotOfLabel = new Map<string, number>();
  const slotOfKey = new Map<number, number>();
  const pairs: number[] = [];
  span.visit((key, slot) => {
    let target = slotOfKey.get(key);
    if (target === undefined) {
      const label = index === null ? '' : labelOf(rows.keys.tuple(key)[index] ?? null, type);
      target = slotOfLabel.get(label) ?? slotOfLabel.size;
      slotOfLabel.set(label, target);
      slotOfKey.set(key, target);
    }
    pairs.push(slot, target);
  });
  if (index === null && slotOfLabel.size === 0) slotOfLabel.set('', 0);
  const fold = new Fold(rows, wanted, Math.max(1, slotOfLabel.size));
  for (let at = 0; at < pairs.length; at += 2) fold.merge(pairs[at] as number, pairs[at + 1] as number);
  const sources = { state: (key: string) => fold.state(key), seconds: () => span.seconds, measures: plan.measures };
  const value = compileSelect(measure, select, sources);
  const error = compileError(measure, select, sources);
  const scale = decimalScale(typeOfSelect(measure, select, plan.measures)) ?? 0;
  let relativeError = 0;
  const values = new Map<string, number | null>();
  for (const [label, slot] of slotOfLabel) {
    values.set(label, numberOrNull(value(slot), scale));
    relativeError = Math.max(relativeError, error(slot));
  }
  return { values, relativeError };
}

interface FoldSpan {
  readonly seconds: number;
  readonly visit: (visit: VisitSlot) => void;
}

/**
 * What a fold reads: the newest window, or all rows of the windows whose ends lie in the last `over` of event time. Of
 * sessions without `over`: those that are open, or else the one that ended last.
 */
function spanOf(
  rows: WindowRows,
  maxEventTimeUs: number,
  watermarkUs: number | null,
  over: number | 'all' | null,
): FoldSpan | null {
  const newest = rows.newest(maxEventTimeUs);
  if (newest === null) return null;
  if (over === null && newest.session !== null) {
    const open = rows.instances(watermarkUs ?? Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    const shown = open.length > 0 ? open : [newest];
    return {
      seconds: shown.reduce((sum, { startUs, endUs }) => sum + (endUs - startUs) / 1e6, 0),
      visit: (visit) => {
        for (const instance of shown) rows.visit(instance, visit);
      },
    };
  }
  if (over === null)
    return { seconds: (newest.endUs - newest.startUs) / 1e6, visit: (visit) => rows.visit(newest, visit) };
  const untilUs = newest.endUs;
  const fromUs = over === 'all' ? Number.NEGATIVE_INFINITY : spanStartUs(rows, untilUs, over);
  let firstUs = fromUs;
  if (over === 'all') firstUs = rows.instances(fromUs, untilUs)[0]?.startUs ?? untilUs;
  return { seconds: (untilUs - firstUs) / 1e6, visit: (visit) => rows.visitSpan(fromUs, untilUs, visit) };
}

/** Where the last `overUs` before a window's end begin, rounded up to whole windows. */
export function spanStartUs({ stepUs }: WindowRows, untilUs: number, overUs: number): number {
  if (stepUs === 0 || !Number.isFinite(stepUs)) return untilUs - overUs;
  return untilUs - Math.max(1, Math.ceil(overUs / stepUs)) * stepUs;
}

function numberOrNull(value: Cell, scale: number): number | null {
  return value === null || typeof value === 'string' ? null : Number(value) / 10 ** scale;
}

/** Nulls last, whichever way the rest is sorted. */
function byValue(left: number | null, right: number | null, sign: number): number {
  if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
  return (left - right) * sign;
}
