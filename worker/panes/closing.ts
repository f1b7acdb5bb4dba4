import type { WindowBounds } from './slices.ts';

/**
 * A kind of window over the panes of a table, and when its windows close: once the watermark has reached end + allow no
 * row is counted in them any more. (W7, W8)
 */
export interface Closing {
  /** Equal for equal windows. */
  readonly key: string;
  /** Windows that hold the time and start after another one, by end ascending. */
  readonly holding: (timeUs: number, startAfterUs: number) => readonly WindowBounds[];
  /** Infinity: they never close. */
  allowUs: number;
  /** Rows that were too late for every window that holds them, and window assignments of rows that were refused. */
  tooLateRows: number;
  tooLateAssignments: number;
  /** End of a window → group → how often it was changed after it was final. */
  readonly revisions: Map<number, Map<number, Revision>>;
}

interface Revision {
  count: number;
  /** The addition that raised it last: many rows of one frame are one revision. */
  addition: number;
}

export function newClosing(key: string, holding: Closing['holding'], allowUs: number): Closing {
  return { key, holding, allowUs, tooLateRows: 0, tooLateAssignments: 0, revisions: new Map() };
}

export function revise(closing: Closing, endUs: number, group: number, addition: number): void {
  let groups = closing.revisions.get(endUs);
  if (groups === undefined) {
    groups = new Map();
    closing.revisions.set(endUs, groups);
  }
  const known = groups.get(group);
  if (known === undefined) groups.set(group, { count: 1, addition });
  else if (known.addition !== addition) {
    known.count++;
    known.addition = addition;
  }
}

/** How the windows that hold a pane stand to a watermark that has passed the pane's end. */
export interface Standing {
  /** The latest closing time that is reached; −Infinity: none is. */
  readonly afterUs: number;
  /** All windows that hold it are closed. */
  readonly closed: boolean;
  /** Per closing, how many windows hold the pane and how many of them are closed. */
  readonly counts: readonly { readonly holding: number; readonly closed: number }[];
  /** Windows that are final and still take rows. */
  readonly revising: readonly { readonly closing: Closing; readonly endUs: number }[];
}

export function standingOf(closings: readonly Closing[], timeUs: number, watermarkUs: number): Standing {
  let afterUs = Number.NEGATIVE_INFINITY;
  let closed = true;
  const revising: { closing: Closing; endUs: number }[] = [];
  const counts = closings.map((closing) => {
    const holding = closing.holding(timeUs, Number.NEGATIVE_INFINITY);
    let gone = 0;
    for (const { endUs } of holding) {
      const closesUs = endUs + closing.allowUs;
      if (closesUs <= watermarkUs) {
        gone++;
        afterUs = Math.max(afterUs, closesUs);
      } else if (endUs <= watermarkUs) revising.push({ closing, endUs });
    }
    if (gone < holding.length) closed = false;
    return { holding: holding.length, closed: gone };
  });
  return { afterUs, closed, counts, revising };
}
