import type { Accumulator } from '../panes/accumulator.ts';
import type { Closing } from '../panes/closing.ts';
import type { GroupKeys } from '../panes/group-keys.ts';
import type { Pane, PaneTable } from '../panes/pane-table.ts';
import type { Session, SessionTable } from '../panes/session-table.ts';
import type { WindowBounds } from '../panes/slices.ts';
import type { Measure } from '../panes/slots.ts';
import type { Grid } from './grid.ts';

/** One window that has rows. */
export interface WindowInstance {
  readonly startUs: number;
  readonly endUs: number;
  /** Several windows folded into one, for their age. */
  readonly coarse: boolean;
  /** A session: its one group. */
  readonly session: Session | null;
}

export type VisitSlot = (key: number, slot: number) => void;

/** How a window's rows are read, whatever keeps them: pictures, SQL tables and emission read nothing else. */
export interface WindowRows {
  readonly keys: GroupKeys;
  readonly measures: ReadonlyMap<string, Measure>;
  /** Windows before this were let go; null: none were. */
  readonly keptFromUs: number | null;
  /** Windows before this are folded into coarser ones; null: none are. */
  readonly coarseBeforeUs: number | null;
  /** Start of the oldest pane or session there is; null: none. */
  readonly oldestUs: number | null;
  /** Nominal length of a window, and distance of their ends; 0 for sessions. */
  readonly sizeUs: number;
  readonly stepUs: number;
  /** All windows are of one length: not of a calendar, not sessions. */
  readonly regular: boolean;
  readonly tooLateRows: number;
  readonly tooLateAssignments: number;
  /** Windows with rows whose end is in (afterUs, untilUs], by end. */
  instances(afterUs: number, untilUs: number): WindowInstance[];
  /** The window that holds a time and ends first; for sessions the one that ends last. Null: there is none. */
  newest(timeUs: number): WindowInstance | null;
  /**
   * Every (group, slot) that counts in a window; a group may come in several slots. Their states hold of `measures` only;
   * left out: of all.
   */
  visit(instance: WindowInstance, visit: VisitSlot, measures?: Iterable<string>): void;
  /** Every (group, slot) in [fromUs, untilUs), so that each row is met once even where windows overlap. */
  visitSpan(fromUs: number, untilUs: number, visit: VisitSlot, measures?: Iterable<string>): void;
  /** When no row changes the window any more. */
  closesUs(instance: WindowInstance): number;
  revisionOf(instance: WindowInstance, key: number): number;
}

export function stateOf(rows: WindowRows, key: string): Accumulator {
  const measure = rows.measures.get(key);
  if (!measure) throw new RangeError(`no measure ${key}`);
  return measure.state;
}

/** Windows of a grid over the panes of a table. */
export class GridRows implements WindowRows {
  readonly table: PaneTable;
  readonly grid: Grid;
  readonly closing: Closing;
  /** `coarseBeforeUs` as it was found when the table's was `atUs`. */
  #coarse: { readonly atUs: number | null; readonly beforeUs: number | null } = { atUs: null, beforeUs: null };

  constructor(table: PaneTable, grid: Grid, closing: Closing) {
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

  visit(instance: WindowInstance, visit: VisitSlot, measures: Iterable<string> = this.#all()): void {
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

  visitSpan(fromUs: number, untilUs: number, visit: VisitSlot, measures: Iterable<string> = this.#all()): void {
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

/** Index of the first element that passes, when all after it do. */
function bisect<T>(all: readonly T[], passes: (one: T) => boolean): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (passes(all[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Sessions of a table. */
export class SessionRows implements WindowRows {
  readonly table: SessionTable;
  readonly coarseBeforeUs = null;
  readonly sizeUs = 0;
  readonly stepUs = 0;
  readonly regular = false;

  constructor(table: SessionTable) {
    this.table = table;
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

  get oldestUs(): number | null {
    return this.table.all[0]?.startUs ?? null;
  }

  get tooLateRows(): number {
    return this.table.tooLateRows;
  }

  get tooLateAssignments(): number {
    return this.table.tooLateRows;
  }

  instances(afterUs: number, untilUs: number): WindowInstance[] {
    const { all } = this.table;
    const first = bisect(all, ({ endUs }) => endUs > afterUs);
    const end = bisect(all, ({ endUs }) => endUs > untilUs);
    return all.slice(first, end).map(sessionInstance);
  }

  newest(): WindowInstance | null {
    const last = this.table.all.at(-1);
    return last ? sessionInstance(last) : null;
  }

  visit({ session }: WindowInstance, visit: VisitSlot): void {
    if (session) visit(session.key, session.slot);
  }

  visitSpan(fromUs: number, untilUs: number, visit: VisitSlot): void {
    for (const instance of this.instances(fromUs, untilUs)) this.visit(instance, visit);
  }

  closesUs({ endUs }: WindowInstance): number {
    return endUs + this.table.shape.allowUs;
  }

  revisionOf({ session }: WindowInstance): number {
    return session?.revision ?? 0;
  }
}

export function sessionInstance(session: Session): WindowInstance {
  return { startUs: session.startUs, endUs: session.endUs, coarse: false, session };
}
