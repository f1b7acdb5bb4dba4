import type { Closing } from '../panes/closing.ts';
import type { GroupKeys } from '../panes/group-keys.ts';
import type { Pane, PaneTable } from '../panes/pane-table.ts';
import type { WindowBounds } from '../panes/slices.ts';
import type { Measure } from '../panes/slots.ts';
import { bisect } from './bisect.ts';
import type { Grid } from './grid.ts';
import { type Chosen, type VisitSlot, visitChosen, type WindowInstance, type WindowRows } from './window-rows.ts';

/** Windows of a grid over the panes of a table. */
export class GridRows implements WindowRows {
  readonly table: PaneTable;
  readonly grid: Grid;
  readonly closing: Closing;
  readonly #chosen: Chosen | null;
  /** `coarseBeforeUs` as it was found when the table's was `atUs`. */
  #coarse: { readonly atUs: number | null; readonly beforeUs: number | null } = { atUs: null, beforeUs: null };

  /** With `chosen` only those groups are read. */
  constructor(table: PaneTable, grid: Grid, closing: Closing, chosen: Chosen | null = null) {
    this.#chosen = chosen;
    this.table = table;
    this.grid = grid;
    this.closing = closing;
  }

  get keys(): GroupKeys {
    return this.table.keys;
  }

  get measures(): ReadonlyMap<string, Measure> {
    return this.table.measures;
  }

  get keptFromUs(): number | null {
    return this.table.keptFromUs;
  }

  get coarseBeforeUs(): number | null {
    const atUs = this.table.coarseBeforeUs;
    if (this.#coarse.atUs !== atUs) {
      const last = this.table.panes.findLast((pane) => pane.coarse && !this.#isWithinWindow(pane));
      this.#coarse = { atUs, beforeUs: last?.endUs ?? null };
    }
    return this.#coarse.beforeUs;
  }

  get oldestUs(): number | null {
    return this.table.panes[0]?.startUs ?? null;
  }

  get sizeUs(): number {
    return this.grid.sizeUs;
  }

  get stepUs(): number {
    return this.grid.stepUs;
  }

  get regular(): boolean {
    return this.grid.fixed !== null;
  }

  get tooLateRows(): number {
    return this.closing.tooLateRows;
  }

  get tooLateAssignments(): number {
    return this.closing.tooLateAssignments;
  }

  instances(afterUs: number, untilUs: number): WindowInstance[] {
    const { panes, coarseBeforeUs } = this.table;
    const found = new Map<number, WindowInstance>();
    let previousUs = Number.NEGATIVE_INFINITY;
    for (let at = firstEndingAfter(panes, afterUs - this.grid.sizeUs); at < panes.length; at++) {
      const pane = panes[at] as Pane;
      if (pane.startUs >= untilUs) break;
      for (const bounds of this.grid.holding(pane.startUs, previousUs)) {
        if (bounds.endUs <= afterUs || found.has(bounds.endUs)) continue;
        if (bounds.endUs > untilUs) break;
        if (coarseBeforeUs !== null && bounds.startUs < coarseBeforeUs && this.#isCut(bounds)) continue;
        found.set(bounds.endUs, instanceOf(bounds, false));
      }
      previousUs = pane.startUs;
      if (pane.coarse && pane.endUs > afterUs && pane.endUs <= untilUs && !this.#isWithinWindow(pane))
        found.set(pane.endUs, instanceOf(pane, true));
    }
    return [...found.values()].sort((left, right) => left.endUs - right.endUs);
  }

  /** A bound lies within a folded pane, where its rows cannot be told from its neighbours'. */
  #isCut({ startUs, endUs }: WindowBounds): boolean {
    const { panes } = this.table;
    const over = (timeUs: number) => {
      const pane = panes[firstEndingAfter(panes, timeUs)];
      return pane !== undefined && pane.startUs < timeUs;
    };
    return over(startUs) || over(endUs);
  }

  /** A folded pane that is a part of a window is shown as that window. */
  #isWithinWindow(pane: Pane): boolean {
    return this.grid
      .holding(pane.startUs, Number.NEGATIVE_INFINITY)
      .some((bounds) => bounds.endUs >= pane.endUs && !this.#isCut(bounds));
  }

  newest(timeUs: number): WindowInstance | null {
    const [first] = this.grid.holding(this.table.slices.startOf(timeUs), Number.NEGATIVE_INFINITY);
    return first ? instanceOf(first, false) : null;
  }

  visit(instance: WindowInstance, each: VisitSlot, measures: Iterable<string> = this.#all()): void {
    const visit = visitChosen(this.#chosen, each);
    const { panes, runs, revision } = this.table;
    const closesUs = this.closesUs(instance);
    const { startUs, endUs } = instance;
    if (!instance.coarse && runs?.visit(startUs, endUs, closesUs, revision, measures, visit)) return;
    for (let at = firstStartingFrom(panes, instance.startUs); at < panes.length; at++) {
      const pane = panes[at] as Pane;
      if (pane.startUs >= instance.endUs) break;
      for (const { afterUs, refusedBy, slots } of pane.parts) {
        const counts = instance.coarse ? !refusedBy.includes(this.closing) : afterUs < closesUs;
        if (counts) for (const [key, slot] of slots) visit(key, slot);
      }
    }
  }

  visitSpan(fromUs: number, untilUs: number, each: VisitSlot, measures: Iterable<string> = this.#all()): void {
    const visit = visitChosen(this.#chosen, each);
    const { panes, runs, revision, coarseBeforeUs, closings } = this.table;
    // Late rows that other windows over the panes still took are not of this one. (W8)
    const isShared = closings.length > 1;
    const firstUs = Math.max(fromUs, coarseBeforeUs ?? Number.NEGATIVE_INFINITY, panes[0]?.startUs ?? untilUs);
    const lastUs = Math.min(untilUs, panes.at(-1)?.endUs ?? untilUs);
    const closesUs = isShared ? BEFORE_ALL_CLOSE : Number.POSITIVE_INFINITY;
    const merged = runs?.visit(firstUs, lastUs, closesUs, revision, measures, visit) ?? false;
    for (let at = firstStartingFrom(panes, fromUs); at < panes.length; at++) {
      const pane = panes[at] as Pane;
      if (pane.startUs >= (merged && !isShared ? firstUs : untilUs)) break;
      for (const { afterUs, refusedBy, slots } of pane.parts) {
        if (merged && pane.startUs >= firstUs && afterUs < closesUs) continue;
        if (refusedBy.includes(this.closing)) continue;
        if (isShared && !pane.coarse && !(afterUs < this.#lastClosesUs(pane))) continue;
        for (const [key, slot] of slots) visit(key, slot);
      }
    }
  }

  /** When the last of the windows that hold the pane closes. */
  #lastClosesUs({ startUs }: Pane): number {
    const last = this.grid.holding(startUs, Number.NEGATIVE_INFINITY).at(-1);
    return (last?.endUs ?? Number.NEGATIVE_INFINITY) + this.closing.allowUs;
  }

  #all(): readonly string[] {
    return [...this.table.measures.keys()];
  }

  choose(chosen: Chosen): GridRows {
    return new GridRows(this.table, this.grid, this.closing, chosen);
  }

  closesUs({ endUs }: WindowInstance): number {
    return endUs + this.closing.allowUs;
  }

  revisionOf({ endUs }: WindowInstance, key: number): number {
    return this.closing.revisions.get(endUs)?.get(key)?.count ?? 0;
  }
}

/** A closing time only rows in time are before. */
const BEFORE_ALL_CLOSE = -Number.MAX_VALUE;

function instanceOf({ startUs, endUs }: { startUs: number; endUs: number }, coarse: boolean): WindowInstance {
  return { startUs, endUs, coarse, session: null };
}

/** Index of the first pane with an end above `timeUs`. */
function firstEndingAfter(panes: readonly Pane[], timeUs: number): number {
  return bisect(panes, (pane) => pane.endUs > timeUs);
}

/** Index of the first pane that starts at or after `timeUs`. */
function firstStartingFrom(panes: readonly Pane[], timeUs: number): number {
  return bisect(panes, (pane) => pane.startUs >= timeUs);
}
