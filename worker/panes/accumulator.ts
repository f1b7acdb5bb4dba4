import type { Cell, Column } from './column.ts';

/**
 * The state of one aggregate for many groups at once: a group is a slot, its state a place in arrays. States merge, so
 * that any run of panes folds into one value, in any order, to the same result.
 *
 *   rows → add → slot state ─ merge ─▶ slot state of a fold → value
 */
export interface Accumulator {
  /** Bytes a slot takes at least, for estimates; sets and sketches grow beyond it, see `bytesOf`. */
  readonly bytesPerSlot: number;
  /** Makes room for slots below `capacity`; new ones are empty. */
  resize(capacity: number): void;
  /** Empties a slot, for another group. */
  reset(slot: number): void;
  /** Counts the rows from `block.from` whose slot is not −1. */
  add(rows: RowsToAdd): void;
  /**
   * Adds a slot of another accumulator of the same aggregate to a slot of this one. The source may be this accumulator,
   * `from` is another slot then. The source keeps its state, and shares none of it.
   */
  merge(source: Accumulator, from: number, to: number): void;
  /** The aggregate's value. `rank` is a quantile's rank in [0, 1], or k of top_k; others ignore it. */
  value(slot: number, rank: number): Cell;
  /** Bound of the relative error of `value`: 0 = exact, Infinity = none can be given any more. */
  relativeError(slot: number, rank: number): number;
  /** Estimate of the bytes a slot takes now, never below `bytesPerSlot`. */
  bytesOf(slot: number): number;
  /** An empty accumulator of the same aggregate. */
  fresh(): Accumulator;
}

export interface RowsToAdd {
  readonly from: number;
  readonly rows: number;
  /** Per row the group's slot, or −1 for a row that does not count. */
  readonly slots: Int32Array;
  /** The argument's values; null for `count()`. */
  readonly argument: Column | null;
  /** The second argument's values, of arg_min and arg_max; null for all others. */
  readonly by: Column | null;
  readonly partitionAt: (row: number) => number;
  readonly timeUs: Float64Array;
  readonly offsetAt: (row: number) => number;
}

/** A float64 array grown to at least `capacity`. */
export function grown(array: Float64Array, capacity: number): Float64Array {
  if (array.length >= capacity) return array;
  const larger = new Float64Array(Math.max(capacity, array.length * 2, 64));
  larger.set(array);
  return larger;
}
