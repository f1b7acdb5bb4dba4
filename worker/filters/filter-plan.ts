import { byNames } from '../../contract/spec/by-names.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { Filter, PanelRequest } from '../../contract/worker-api.ts';
import { OTHER_TEXT } from '../panes/group-keys.ts';
import { PaneTable } from '../panes/pane-table.ts';
import { quoteName } from '../store/database.ts';
import { groupingWith, type KeptGrouping, type KeptWindow } from '../windows/kept-window.ts';
import type { GroupFilter } from './chosen-groups.ts';

export type WindowRequest = Exclude<PanelRequest, { kind: 'rows' }>;

/**
 * How a window is filtered: by its groups, when one of its groupings has all columns that are needed and tells all groups
 * apart; else by a condition on the rows it is made of, or those its base is made of; else not at all.
 *
 *     stream ── conditions: machine IN ('m1') ─▶ base ── conditions ─▶ window ── groups: line IN ('a') ─▶ picture
 */
export interface FilterPlan {
  readonly groups: readonly GroupFilter[];
  /** By the window they are on: what its rows are asked for. */
  readonly conditions: ReadonlyMap<string, readonly RowFilter[]>;
  /** Columns that neither has, or whose filters are not for this window. */
  readonly unfiltered: readonly string[];
}

/** A filter on rows: `sql` is written as in a window's spec. */
export interface RowFilter {
  readonly sql: string;
  readonly filter: Filter;
}

export function planFilters(
  kept: KeptWindow,
  request: WindowRequest,
  specs: Readonly<Record<string, WindowSpec>>,
  fieldsOf: (stream: string) => readonly string[],
): FilterPlan {
  const { by } = kept.plan.window;
  const indexOf = (name: string) => by.findIndex((column) => column.name === name);
  let needed = neededBy(request)
    .map(indexOf)
    .filter((index) => index >= 0);
  const groups: GroupFilter[] = [];
  const conditions = new Map<string, RowFilter[]>();
  const unfiltered = new Set<string>();
  for (const filter of request.filters) {
    if (filter.of?.includes(request.window) === false) {
      unfiltered.add(filter.column);
      continue;
    }
    const index = indexOf(filter.column);
    const grouping = index < 0 ? null : groupingWith(kept, [...needed, index]);
    if (grouping !== null && (!foldsGroups(grouping) || filter.values.includes(OTHER_TEXT))) {
      needed = [...needed, index];
      groups.push({ index, filter });
      continue;
    }
    const found = findColumn(kept.plan.name, filter.column, specs, fieldsOf);
    if (found === null) unfiltered.add(filter.column);
    else conditions.set(found.window, [...(conditions.get(found.window) ?? []), { sql: found.sql, filter }]);
  }
  return { groups, conditions, unfiltered: [...unfiltered] };
}

/** Some of its rows are of `(other)`, or of no session, whatever their group: only who asks for that is answered. (N5) */
export function foldsGroups({ rows: { table } }: KeptGrouping): boolean {
  return table instanceof PaneTable ? table.foldedRows > 0 : table.droppedRows > 0;
}

/** By-columns a picture is made of. */
function neededBy(request: WindowRequest): readonly string[] {
  switch (request.kind) {
    case 'series':
      return request.seriesBy === null ? [] : [request.seriesBy];
    case 'fold':
      return request.by === null ? [] : [request.by];
    case 'groups':
      return request.by;
    case 'states':
      return request.rowsBy === null ? [] : [request.rowsBy];
  }
}

/** The window whose rows have a column, and the column as its spec may write it: the nearest on the way to the stream. */
function findColumn(
  window: string,
  column: string,
  specs: Readonly<Record<string, WindowSpec>>,
  fieldsOf: (stream: string) => readonly string[],
): { readonly window: string; readonly sql: string } | null {
  for (let name = window, hops = 0; hops <= MAX_HOPS; hops++) {
    const spec = specs[name];
    if (!spec) return null;
    const by = byNames(spec.by).indexOf(column);
    if (by >= 0) return { window: name, sql: asOperand(Object.values(spec.by)[by] ?? '') };
    if (Object.hasOwn(spec.compute ?? {}, column)) return { window: name, sql: column };
    const base = specs[spec.from];
    if (!base) {
      const fields = fieldsOf(spec.from);
      const lower = column.toLowerCase();
      const field = fields.find((own) => own === column) ?? fields.find((own) => own.toLowerCase() === lower);
      return field === undefined ? null : { window: name, sql: quoteName(field) };
    }
    if (byNames(base.by).includes(column)) return { window: name, sql: quoteName(column) };
    name = spec.from;
  }
  return null;
}

/** Windows over windows over … are no longer than this. */
const MAX_HOPS = 64;

function asOperand(sql: string): string {
  return /^\s*(?:[A-Za-z_]\w*|"(?:[^"]|"")+")\s*$/.test(sql) ? sql.trim() : `(${sql}\n)`;
}
