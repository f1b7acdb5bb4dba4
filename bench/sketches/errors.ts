import type { Accumulator } from '../../worker/panes/accumulator.ts';
import { MAX_FEW_VALUES } from '../../worker/panes/few-values.ts';
import { type AccumulatorPlan, makeAccumulator } from '../../worker/windows/measures.ts';
import { drawValues } from './values.ts';

export const RANKS = [0.01, 0.5, 0.95, 0.99, 0.999] as const;
export const TOP = 10;
const BLOCK = 8192;
/** Slots that rows are spread over before they are merged, as panes are. */
const SLOTS = 16;

export interface Deviation {
  /** Relative; of top_k the largest excess of a count over the k-th count. */
  readonly measured: number;
  readonly promised: number;
}

export interface Errors {
  readonly distribution: string;
  readonly n: number;
  readonly seed: number;
  /** How many different values there truly were. */
  readonly different: number;
  readonly distinct: Deviation;
  /** One for each of RANKS. */
  readonly quantiles: readonly Deviation[];
  readonly top: Deviation;
  /** How many of the values listed truly are among the most frequent. */
  readonly topRight: number;
  readonly topListed: number;
}

/** Feeds values of a distribution to the accumulators themselves, and compares with what sorting all of them says. */
export function measure(distribution: string, n: number, seed: number): Errors {
  const values = drawValues(distribution, n, seed);
  const distinct = accumulate(makeAccumulator({ fn: 'count_distinct' }, 'float', null), values);
  const quantile = accumulate(makeAccumulator({ fn: 'quantile' }, 'float', null), values);
  const topK = accumulate(makeAccumulator({ fn: 'top_k' }, 'float', null), values);
  const sorted = values.sort();
  const runs = runsOf(sorted);
  return {
    distribution,
    n,
    seed,
    different: runs.counts.length,
    distinct: {
      measured: Math.abs(Number(distinct.value(0, 0)) / runs.counts.length - 1),
      promised: distinct.relativeError(0, 0),
    },
    quantiles: RANKS.map((rank) => {
      const right = quantileOf(sorted, rank);
      return {
        measured: Math.abs(Number(quantile.value(0, rank)) / right - 1),
        promised: quantile.relativeError(0, rank),
      };
    }),
    ...topErrors(topK, sorted, runs),
  };
}

/** The value at a rank; of so few values that they are kept, between two of them in proportion. */
function quantileOf(sorted: Float64Array, rank: number): number {
  const place = rank * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? Number.NaN;
  if (sorted.length > MAX_FEW_VALUES) return low;
  return low + ((sorted[Math.ceil(place)] ?? low) - low) * (place - Math.floor(place));
}

/** Values in blocks into slots by turns, the slots merged into the one of a fold. */
function accumulate({ make }: AccumulatorPlan, values: Float64Array): Accumulator {
  const state = make();
  state.resize(SLOTS);
  const zeros = new Float64Array(BLOCK);
  const slots = Int32Array.from({ length: BLOCK }, (_, row) => row % SLOTS);
  for (let at = 0; at < values.length; at += BLOCK) {
    const block = values.subarray(at, at + BLOCK);
    state.add({
      from: 0,
      rows: block.length,
      slots,
      argument: { kind: 'number', values: block, validity: null },
      by: null,
      partitionAt: () => 0,
      timeUs: zeros,
      offsetAt: (row) => at + row,
    });
  }
  const fold = state.fresh();
  fold.resize(1);
  for (let slot = 0; slot < SLOTS; slot++) fold.merge(state, slot, 0);
  return fold;
}

interface Runs {
  /** Where each different value begins in the sorted values. */
  readonly starts: readonly number[];
  readonly counts: Float64Array;
}

function runsOf(sorted: Float64Array): Runs {
  const starts: number[] = [];
  for (let at = 0; at < sorted.length; at++) if (at === 0 || sorted[at] !== sorted[at - 1]) starts.push(at);
  const counts = Float64Array.from(starts, (start, index) => (starts[index + 1] ?? sorted.length) - start);
  return { starts, counts };
}

function topErrors(
  topK: Accumulator,
  sorted: Float64Array,
  { counts }: Runs,
): Pick<Errors, 'top' | 'topRight' | 'topListed'> {
  const listed = JSON.parse(String(topK.value(0, TOP))) as { value: number; count: number }[];
  const last = listed.at(-1)?.count ?? 1;
  const byCount = counts.slice().sort();
  const least = byCount[Math.max(0, byCount.length - TOP)] ?? 0;
  const right = listed.map(({ value }) => occurrences(sorted, value));
  const excess = listed.map(({ count }, index) => count - (right[index] ?? 0));
  // A count that is too low breaks the promise altogether.
  const measured = excess.some((one) => one < 0) ? Number.POSITIVE_INFINITY : Math.max(...excess) / last;
  return {
    top: { measured, promised: topK.relativeError(0, TOP) },
    topRight: right.filter((count) => count >= least).length,
    topListed: listed.length,
  };
}

function occurrences(sorted: Float64Array, value: number): number {
  return firstFrom(sorted, (one) => one > value) - firstFrom(sorted, (one) => one >= value);
}

function firstFrom(sorted: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle] ?? Number.NaN)) high = middle;
    else low = middle + 1;
  }
  return low;
}
