import type { FoldPicture, PanelRequest } from '../../contract/worker-api.ts';
import { decimalScale } from '../panes/decimal.ts';
import type { GroupKeys } from '../panes/group-keys.ts';
import { measureKey } from './aggregates.ts';
import { aggregatesUnder, compileError, compileSelect, isAdditive, typeOfSelect } from './evaluate.ts';
import { Fold, groupingFor, type KeptWindow, labelOf, numberOrNull } from './kept-window.ts';
import { sparkOf } from './series.ts';
import { versusOf } from './versus.ts';
import type { VisitSlot, WindowRows } from './window-rows.ts';

type FoldRequest = Extract<PanelRequest, { kind: 'fold' }>;

/** A measure folded over the newest event time: states are merged, not values, so averages and distinct counts are right. */
export function foldPicture(kept: KeptWindow, request: FoldRequest): FoldPicture {
  const { window } = kept.plan;
  const { rows } = groupingFor(kept, request.by);
  const { values, labelOf, relativeError } = foldValues(kept, request);
  const base = {
    windowSizeUs: rows.sizeUs,
    stepUs: rows.stepUs,
    relativeError,
    versus:
      request.by === null && typeof request.over === 'number' ? versusOf(kept, request.measure, request.over) : null,
    spark: request.sparkSpan === null ? null : sparkOf(kept, request.measure, request.sparkSpan),
  };
  if (request.by === null)
    return { ...base, rows: [{ key: '', value: values[0] ?? null }], rest: { keys: 0, value: null } };
  if (request.order.length > 0) {
    const slotOf = new Map(values.map((_, slot) => [labelOf(slot), slot] as const));
    const ordered = request.order.map((key) => ({ key, value: values[slotOf.get(key) ?? -1] ?? null }));
    return { ...base, rows: ordered, rest: { keys: 0, value: null } };
  }
  const sign = request.sort === 'ascending' ? 1 : -1;
  const shown = firstOf(values.length, request.top, (left, right) => {
    const order = byValue(values[left] ?? null, values[right] ?? null, sign);
    return order || (labelOf(left) < labelOf(right) ? -1 : 1);
  });
  const keys = values.length - shown.length;
  let value: number | null = null;
  if (keys > 0 && isAdditive(request.measure, window.select)) {
    const hidden = new Set(shown);
    value = values.reduce<number>((sum, one, slot) => (hidden.has(slot) ? sum : sum + (one ?? 0)), 0);
  }
  return {
    ...base,
    rows: shown.map((slot) => ({ key: labelOf(slot), value: values[slot] ?? null })),
    rest: { keys, value },
  };
}

/** The first `top` of 0 … count − 1 in an order, without putting the others in order too. */
function firstOf(count: number, top: number, compare: (left: number, right: number) => number): number[] {
  const first: number[] = [];
  for (let one = 0; one < count; one++) {
    const last = first.at(-1);
    if (first.length >= top && (last === undefined || compare(one, last) >= 0)) continue;
    let low = 0;
    let high = first.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(one, first[middle] as number) < 0) high = middle;
      else low = middle + 1;
    }
    first.splice(low, 0, one);
    if (first.length > top) first.pop();
  }
  return first;
}

interface Folded {
  /** By slot of the fold. */
  readonly values: readonly (number | null)[];
  readonly labelOf: (slot: number) => string;
  readonly relativeError: number;
}

function foldValues(kept: KeptWindow, { measure, by, over }: FoldRequest): Folded {
  const { plan, feed } = kept;
  const { select } = plan.window;
  const { rows, columns } = groupingFor(kept, by);
  const wanted = aggregatesUnder(measure, select).map(measureKey);
  const span = feed.maxEventTimeUs === null ? null : spanOf(rows, feed.maxEventTimeUs, feed.watermarkUs, over);
  if (span === null) return { values: [], labelOf: String, relativeError: 0 };
  const places = new Places(kept, rows.keys, by, columns);
  const fold = new Fold(rows, wanted, 1);
  let room = 1;
  span.visit((key, slot) => {
    const place = places.of(key);
    if (place >= room) {
      room = Math.max(64, room * 2);
      fold.resize(room);
    }
    fold.merge(slot, place);
  }, wanted);
  const sources = { state: (key: string) => fold.state(key), seconds: () => span.seconds, measures: plan.measures };
  const value = compileSelect(measure, select, sources);
  const error = compileError(measure, select, sources);
  const scale = decimalScale(typeOfSelect(measure, select, plan.measures)) ?? 0;
  let relativeError = 0;
  const values = Array.from({ length: by === null ? 1 : places.size }, (_, place) => {
    relativeError = Math.max(relativeError, error(place));
    return numberOrNull(value(place), scale);
  });
  return { values, labelOf: (place) => places.label(place), relativeError };
}

/** Numbers what a fold is grouped by: groups of one label are one. Labels are made only where they are needed. */
class Places {
  readonly #label: (key: number) => string;
  /** By group + 1: its place + 1; 0: it has none yet. */
  readonly #places: Int32Array;
  readonly #keys: number[] = [];
  readonly #labels: string[] = [];
  /** Null: groups have a label each. */
  readonly #byLabel: Map<string, number> | null;

  constructor(kept: KeptWindow, keys: GroupKeys, by: string | null, columns: readonly number[]) {
    const index = kept.plan.window.by.findIndex(({ name }) => name === by);
    const at = columns.indexOf(index);
    const type = kept.plan.byTypes[index];
    this.#label = (key) => (by === null ? '' : labelOf(keys.tuple(key)[at] ?? null, type));
    this.#places = new Int32Array(keys.size + 1);
    // Times are shown by the millisecond.
    this.#byLabel = by !== null && columns.length === 1 && type !== 'timestamp' ? null : new Map();
  }

  get size(): number {
    return this.#keys.length;
  }

  of(key: number): number {
    const known = this.#places[key + 1] as number;
    if (known > 0) return known - 1;
    const place = this.#byLabel === null ? this.#keys.length : this.#placeOf(this.#byLabel, this.#label(key));
    if (place === this.#keys.length) this.#keys.push(key);
    this.#places[key + 1] = place + 1;
    return place;
  }

  label(place: number): string {
    this.#labels[place] ??= this.#label(this.#keys[place] as number);
    return this.#labels[place];
  }

  #placeOf(byLabel: Map<string, number>, label: string): number {
    const place = byLabel.get(label) ?? byLabel.size;
    byLabel.set(label, place);
    return place;
  }
}

interface FoldSpan {
  readonly seconds: number;
  readonly visit: (visit: VisitSlot, measures: readonly string[]) => void;
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
      visit: (visit, measures) => {
        for (const instance of shown) rows.visit(instance, visit, measures);
      },
    };
  }
  if (over === null)
    return {
      seconds: (newest.endUs - newest.startUs) / 1e6,
      visit: (visit, measures) => rows.visit(newest, visit, measures),
    };
  const untilUs = newest.endUs;
  const fromUs = over === 'all' ? Number.NEGATIVE_INFINITY : spanStartUs(rows, untilUs, over);
  let firstUs = fromUs;
  if (over === 'all') firstUs = rows.instances(fromUs, untilUs)[0]?.startUs ?? untilUs;
  return {
    seconds: (untilUs - firstUs) / 1e6,
    visit: (visit, measures) => rows.visitSpan(fromUs, untilUs, visit, measures),
  };
}

/** Where the last `overUs` before a window's end begin, rounded up to whole windows. */
export function spanStartUs({ stepUs }: WindowRows, untilUs: number, overUs: number): number {
  if (stepUs === 0 || !Number.isFinite(stepUs)) return untilUs - overUs;
  return untilUs - Math.max(1, Math.ceil(overUs / stepUs)) * stepUs;
}

/** Nulls last, whichever way the rest is sorted. */
function byValue(left: number | null, right: number | null, sign: number): number {
  if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
  return (left - right) * sign;
}
