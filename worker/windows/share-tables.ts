import { greatestDivisor } from '../../contract/spec/whole-numbers.ts';
import { type Closing, newClosing } from '../panes/closing.ts';
import { PaneTable } from '../panes/pane-table.ts';
import { SessionTable } from '../panes/session-table.ts';
import { fixedSlices, type Slices } from '../panes/slices.ts';
import type { Table } from './feed.ts';
import type { Grid } from './grid.ts';
import { GridRows } from './grid-rows.ts';
import type { KeptGrouping } from './kept-window.ts';
import { type GroupingPlan, type MeasurePlan, makeMeasures, tableKey, type WindowPlan } from './plan.ts';
import { SessionRows } from './session-rows.ts';

/**
 * Panes a window may be made of so that it shares a table with finer ones. Sharing saves a pass over every new row, and
 * costs that many merges whenever the window is read. (N3)
 */
const MAX_SHARED_PANES = 120;

export interface Shared {
  readonly pairs: readonly (readonly [WindowPlan, readonly KeptGrouping[]])[];
  readonly tables: Table[];
  /** Those of them that are new, and empty. */
  readonly made: readonly Table[];
}

/**
 * As few tables as the windows' panes, groups, conditions and measures allow. Each grouping of a window takes a table
 * that was there before, when it has all that is needed, or else a new one, together with others.
 */
export function shareTables(plans: readonly WindowPlan[], before: readonly Table[]): Shared {
  const tables: Table[] = [];
  const drafts: Draft[] = [];
  const pending: (readonly [WindowPlan, readonly (() => KeptGrouping)[]])[] = [];
  for (const plan of plans) {
    const groupings = plan.groupings.map((grouping) => {
      const known = before.map((table) => takeOver(table, plan, grouping)).find((kept) => kept !== null);
      if (known) {
        const { table } = known.rows;
        if (!tables.includes(table)) tables.push(table);
        return () => known;
      }
      let draft = drafts.find((made) => made.join(plan, grouping));
      if (!draft) {
        draft = new Draft(plan, grouping);
        drafts.push(draft);
      }
      const own = draft;
      return () => own.kept(plan, grouping);
    });
    pending.push([plan, groupings]);
  }
  const made = drafts.map((draft) => draft.table);
  return {
    pairs: pending.map(([plan, groupings]) => [plan, groupings.map((grouping) => grouping())] as const),
    tables: [...tables, ...made],
    made,
  };
}

/** Divides the memory of all panes among the tables. (N5) */
export function shareBudget(tables: readonly Table[], budgetBytes: number): void {
  for (const table of tables) table.budgetBytes = budgetBytes / tables.length;
}

/** A table that keeps what this grouping needs already; null: it does not. */
function takeOver(table: Table, plan: WindowPlan, grouping: GroupingPlan): KeptGrouping | null {
  for (const key of plan.measures.keys()) if (!table.measures.has(key)) return null;
  if (table instanceof SessionTable) {
    if (grouping.session === null || keyOf(table) !== tableKey(grouping)) return null;
    return { columns: grouping.columns, rows: new SessionRows(table) };
  }
  const { grid } = plan;
  if (grid === null || keyOf(table) !== tableKey(grouping)) return null;
  const closing = table.closings.find(({ key }) => key === closingKey(plan, grid));
  return closing ? { columns: grouping.columns, rows: new GridRows(table, grid, closing) } : null;
}

function keyOf(table: Table): string {
  const session = table instanceof SessionTable ? table.shape : null;
  return tableKey({ columns: [], shape: table.shape, session });
}

function closingKey({ window }: WindowPlan, grid: Grid): string {
  return `${grid.key} +${window.allowUs}`;
}

/** A table to be made, for one or more windows. */
class Draft {
  readonly #first: GroupingPlan;
  readonly #measures: Map<string, MeasurePlan>;
  readonly #closings = new Map<string, Closing>();
  readonly #grids: Grid[] = [];
  #table: Table | null = null;

  constructor(plan: WindowPlan, grouping: GroupingPlan) {
    this.#first = grouping;
    this.#measures = new Map(plan.measures);
    this.#attach(plan);
  }

  /** Takes another window's grouping in; false: its rows or panes are others. */
  join(plan: WindowPlan, grouping: GroupingPlan): boolean {
    if (tableKey(grouping) !== tableKey(this.#first)) return false;
    if (plan.grid !== null && sharedSlices([...this.#grids, plan.grid]) === null) return false;
    for (const [key, measure] of plan.measures) this.#measures.set(key, measure);
    this.#attach(plan);
    return true;
  }

  get table(): Table {
    this.#table ??= this.#make();
    return this.#table;
  }

  kept(plan: WindowPlan, { columns }: GroupingPlan): KeptGrouping {
    const { table } = this;
    if (table instanceof SessionTable) return { columns, rows: new SessionRows(table) };
    const closing = plan.grid && this.#closings.get(closingKey(plan, plan.grid));
    if (!plan.grid || !closing) throw new TypeError(`window ${plan.name} is not of this table`);
    return { columns, rows: new GridRows(table, plan.grid, closing) };
  }

  #attach(plan: WindowPlan): void {
    if (plan.grid === null) return;
    this.#grids.push(plan.grid);
    const key = closingKey(plan, plan.grid);
    const { grid } = plan;
    if (!this.#closings.has(key))
      this.#closings.set(
        key,
        newClosing(key, (timeUs, startAfterUs) => grid.holding(timeUs, startAfterUs), plan.window.allowUs),
      );
  }

  #make(): Table {
    const measures = makeMeasures(this.#measures);
    if (this.#first.session) return new SessionTable(this.#first.session, measures);
    const slices = sharedSlices(this.#grids);
    if (!slices) throw new TypeError('windows of one table share no panes');
    return new PaneTable(this.#first.shape, slices, [...this.#closings.values()], measures);
  }
}

/** The coarsest panes that windows of all these grids are runs of; null: there are none that are coarse enough. */
function sharedSlices(grids: readonly Grid[]): Slices | null {
  const [first] = grids;
  if (!first) return null;
  if (grids.every(({ slices }) => slices.key === first.slices.key)) return first.slices;
  const fixed = grids.flatMap((grid) => (grid.fixed ? [grid.fixed] : []));
  const [one] = fixed;
  if (!one || fixed.length < grids.length) return null;
  const grainUs = fixed.reduce(
    (grain, other) => greatestDivisor(greatestDivisor(grain, other.grainUs), other.offsetUs - one.offsetUs),
    one.grainUs,
  );
  if (fixed.some(({ sizeUs, grainUs: own }) => grainUs < own && sizeUs / grainUs > MAX_SHARED_PANES)) return null;
  return fixedSlices(grainUs, one.offsetUs % grainUs);
}
