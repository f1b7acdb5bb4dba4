import type { WindowStatus } from '../../contract/worker-api.ts';
import { PaneTable } from '../panes/pane-table.ts';
import { SessionTable } from '../panes/session-table.ts';
import type { Table } from './feed.ts';
import type { KeptWindow } from './kept-window.ts';

/** A window's counters, over all its groupings. Rows are counted by each grouping alike, so the first one tells them. */
export function windowStateOf(kept: KeptWindow): WindowStatus {
  const [first] = kept.groupings;
  const tables = [...new Set(kept.groupings.map(({ rows }) => rows.table))];
  const [table] = tables;
  const sum = (of: (table: Table) => number) => tables.reduce((total, one) => total + of(one), 0);
  return {
    from: kept.plan.window.from,
    tooLateRows: first?.rows.tooLateRows ?? 0,
    tooLateAssignments: first?.rows.tooLateAssignments ?? 0,
    duplicateRows: table?.seen?.duplicates ?? 0,
    forgottenEvents: table?.seen?.forgotten ?? 0,
    foldedRows: sum((one) => (one instanceof PaneTable ? one.foldedRows : 0)),
    droppedRows: sum((one) => (one instanceof SessionTable ? one.droppedRows : 0)),
    rowsWithoutGap: table instanceof SessionTable ? table.withoutGap : 0,
    groups: sum((one) => one.slots.size),
    maxGroups: sum((one) => one.maxGroups),
    keptFromUs: latest(tables.map(({ keptFromUs }) => keptFromUs)),
    coarseBeforeUs: latest(kept.groupings.map(({ rows }) => rows.coarseBeforeUs)),
  };
}

function latest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}
