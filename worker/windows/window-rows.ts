import type { Accumulator } from '../panes/accumulator.ts';
import type { GroupKeys } from '../panes/group-keys.ts';
import type { Session } from '../panes/session-table.ts';
import type { Measure } from '../panes/slots.ts';
import type { Table } from './feed.ts';

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

/** Groups that are read; the others are as if they were not there. */
export interface Chosen {
  has(key: number): boolean;
}

export function visitChosen(chosen: Chosen | null, visit: VisitSlot): VisitSlot {
  if (chosen === null) return visit;
  return (key, slot) => {
    if (chosen.has(key)) visit(key, slot);
  };
}

/** How a window's rows are read, whatever keeps them: pictures, SQL tables and emission read nothing else. */
export interface WindowRows {
  readonly table: Table;
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
  /** The window that holds a time and ends first; of sessions that have begun by then the one that ends last. Null: there is none. */
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
  /** The same, of these groups alone. */
  choose(chosen: Chosen): WindowRows;
}

/** Windows with rows whose end is in (afterUs, untilUs] and that have begun at `lastUs`, by end: sessions may begin later. */
export function windowEndsAfter(rows: WindowRows, afterUs: number, untilUs: number, lastUs: number): WindowInstance[] {
  const found = rows.instances(afterUs, untilUs);
  return rows.stepUs === 0 ? found.filter(({ startUs }) => startUs <= lastUs) : found;
}

export function stateOf(rows: WindowRows, key: string): Accumulator {
  const measure = rows.measures.get(key);
  if (!measure) throw new RangeError(`no measure ${key}`);
  return measure.state;
}
