import type { Closing } from './closing.ts';

/** `afterUs` of rows that came before any window over them had closed. */
export const IN_TIME = Number.NEGATIVE_INFINITY;

/** Rows that came while the same windows were still open. */
export interface Part {
  /** The latest closing time that was reached when they came: windows that closed by then do not count them. */
  readonly afterUs: number;
  /** Of a folded pane: kinds of windows that had all closed when the rows came, so that they count in none of them. */
  readonly refusedBy: readonly Closing[];
  /** Group → slot in the accumulators. */
  readonly slots: Map<number, number>;
}

/** One slice of event time, [startUs, endUs). */
export interface Pane {
  readonly startUs: number;
  readonly endUs: number;
  readonly parts: Part[];
  /** Several panes folded into one, for their age: it is shown as one window. */
  readonly coarse: boolean;
}

/** Someone who reads what changed, call by call; what they have not taken is neither folded nor let go. */
export interface Follower {
  /** They have taken all that closed up to this watermark. */
  takenUs: number;
  /** Null: they ask only for what closes. */
  readonly touched: Map<Pane, Map<Part, Set<number>>> | null;
  /** They read no further. */
  readonly leave: () => void;
}

export function partOf({ parts }: Pane, afterUs: number): Part {
  const known = parts.find((part) => part.afterUs === afterUs);
  if (known) return known;
  const made: Part = { afterUs, refusedBy: [], slots: new Map() };
  parts.push(made);
  return made;
}

export function touch(touched: Map<Pane, Map<Part, Set<number>>>, pane: Pane, part: Part, key: number): void {
  const parts = touched.get(pane) ?? new Map<Part, Set<number>>();
  touched.set(pane, parts);
  const groups = parts.get(part) ?? new Set<number>();
  parts.set(part, groups);
  groups.add(key);
}
