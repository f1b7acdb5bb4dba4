import type { Emissions, EmittedRow, OutputMode } from '../../contract/emitted-row.ts';
import type { ValueType } from '../panes/column.ts';
import type { Pane, Part } from '../panes/pane-table.ts';
import type { Session } from '../panes/session-table.ts';
import { measureKey } from './aggregates.ts';
import { typeOfSelect } from './evaluate.ts';
import { GridRows } from './grid-rows.ts';
import type { KeptGrouping, KeptWindow } from './kept-window.ts';
import { parseExactly } from './parse-exactly.ts';
import { plainValue } from './plain-value.ts';
import { groupingIdOf, readRows, type Wanted, type WindowRow } from './read-rows.ts';
import { SessionRows, sessionInstance } from './session-rows.ts';
import type { WindowInstance, WindowRows } from './window-rows.ts';

/**
 * What a window puts out, call by call. (W32–W34)
 *
 *     append    each window once, when it is closed: end + allow ≤ watermark, and no row can change it
 *     update    the rows that have changed since the last call
 *     complete  every row there is; nothing is too late for it
 */
export function emissionsOf(kept: KeptWindow, mode: OutputMode): Emissions {
  const followed = kept.groupings.map((grouping) => follow(kept, grouping, mode));
  const toEmitted = emitter(kept);
  return {
    next: () =>
      followed
        .flatMap(({ take }) => take())
        .sort((left, right) => left.endUs - right.endUs || left.startUs - right.startUs)
        .map(toEmitted),
    close: () => {
      for (const { close } of followed) close();
    },
  };
}

/** A row of a session whose bounds are no more. */
interface Retracted extends Omit<WindowRow, 'state'> {
  readonly state: 'retracted';
}

interface Followed {
  readonly take: () => (WindowRow | Retracted)[];
  readonly close: () => void;
}

function follow(kept: KeptWindow, grouping: KeptGrouping, mode: OutputMode): Followed {
  const { rows } = grouping;
  if (mode === 'complete') return followAll(kept, grouping);
  if (rows instanceof SessionRows) return followSessions(kept, grouping, rows, mode);
  if (rows instanceof GridRows) return followGrid(kept, grouping, rows, mode);
  throw new TypeError('rows of an unknown kind');
}

function followAll(kept: KeptWindow, grouping: KeptGrouping): Followed {
  const { rows } = grouping;
  if (rows instanceof GridRows) rows.closing.allowUs = Number.POSITIVE_INFINITY;
  // A window over it is fed each session once, when it is closed: then closed sessions stay as they are.
  if (rows instanceof SessionRows) rows.table.keepsAll = rows.table.followers.size === 0;
  return {
    take: () => {
      const all = rows.instances(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      return readRows(kept, grouping, all.map(whole));
    },
    // The closing is of all windows that share a table and an allowance: it is lent for as long as this is open.
    close: () => {
      if (rows instanceof GridRows) rows.closing.allowUs = kept.plan.window.allowUs;
      if (rows instanceof SessionRows) rows.table.keepsAll = false;
    },
  };
}

function followGrid(kept: KeptWindow, grouping: KeptGrouping, rows: GridRows, mode: OutputMode): Followed {
  const { allowUs } = kept.plan.window;
  const follower = rows.table.follow(mode === 'update');
  return {
    take() {
      const [fromUs, watermarkUs] = advance(kept, follower);
      if (follower.touched === null)
        return readRows(kept, grouping, closedBetween(rows, allowUs, fromUs, watermarkUs).map(whole));
      const wanted = changedWindows(rows, follower.touched);
      follower.touched.clear();
      return readRows(kept, grouping, wanted);
    },
    close: follower.leave,
  };
}

/** The watermark at the last call, and the one now. */
function advance(kept: KeptWindow, follower: { takenUs: number }): readonly [fromUs: number, watermarkUs: number] {
  const fromUs = follower.takenUs;
  const watermarkUs = kept.feed.watermarkUs ?? Number.NEGATIVE_INFINITY;
  follower.takenUs = Math.max(fromUs, watermarkUs);
  return [fromUs, watermarkUs];
}

/** Windows that were open at one watermark and are closed at a later one. */
export function closedBetween(rows: WindowRows, allowUs: number, fromUs: number, untilUs: number): WindowInstance[] {
  return untilUs > fromUs ? rows.instances(fromUs - allowUs, untilUs - allowUs) : [];
}

/** The windows that count what was added to parts of panes. */
function changedWindows(rows: GridRows, touched: ReadonlyMap<Pane, ReadonlyMap<Part, ReadonlySet<number>>>): Wanted[] {
  const found = new Map<number, { instance: WindowInstance; keys: Set<number> }>();
  for (const [pane, parts] of touched)
    for (const { startUs, endUs } of rows.grid.holding(pane.startUs, Number.NEGATIVE_INFINITY)) {
      const instance = { startUs, endUs, coarse: false, session: null };
      for (const [{ afterUs }, keys] of parts) {
        if (afterUs >= rows.closesUs(instance)) continue;
        const known = found.get(endUs) ?? { instance, keys: new Set<number>() };
        for (const key of keys) known.keys.add(key);
        found.set(endUs, known);
      }
    }
  return [...found.values()];
}

function followSessions(kept: KeptWindow, grouping: KeptGrouping, rows: SessionRows, mode: OutputMode): Followed {
  const { allowUs } = kept.plan.window;
  const follower = rows.table.follow(mode === 'update');
  return {
    take() {
      const [fromUs, watermarkUs] = advance(kept, follower);
      if (follower.changed === null)
        return readRows(kept, grouping, closedBetween(rows, allowUs, fromUs, watermarkUs).map(whole));
      const { now, gone, told } = follower.changed;
      const live = [...now];
      const standing = new Set(live.map(boundsOf));
      // What was put out and is no more; where another has the same bounds, its row is put out instead.
      const retracted = [...gone].filter((session) => told.delete(session) && !standing.has(boundsOf(session)));
      now.clear();
      gone.clear();
      for (const session of told) if (rows.table.isClosed(session, watermarkUs)) told.delete(session);
      for (const session of live) told.add(session);
      return [
        ...retracted.map((session) => retractedRow(kept, grouping, session)),
        ...readRows(kept, grouping, live.map(sessionInstance).map(whole)),
      ];
    },
    close: follower.leave,
  };
}

function boundsOf({ key, startUs, endUs }: Session): string {
  return `${key} ${startUs} ${endUs}`;
}

function retractedRow(kept: KeptWindow, grouping: KeptGrouping, session: Session): Retracted {
  const { rows, columns } = grouping;
  const tuple = rows.keys.tuple(session.key);
  const { by, select } = kept.plan.window;
  return {
    startUs: session.startUs,
    endUs: session.endUs,
    by: by.map((_, index) => (columns.includes(index) ? (tuple[columns.indexOf(index)] ?? null) : null)),
    groupingId: groupingIdOf(kept, grouping),
    other: false,
    coarse: false,
    values: select.map(() => null),
    errors: select.map(() => 0),
    state: 'retracted',
    revision: session.revision,
  };
}

function whole(instance: WindowInstance): Wanted {
  return { instance, keys: null };
}

function emitter({ plan }: KeptWindow): (row: WindowRow | Retracted) => EmittedRow {
  const { window, measures, byTypes } = plan;
  const types = window.select.map(({ name }) => typeOfSelect(name, window.select, measures));
  const lists = window.select.map(({ expression }) => {
    if (expression.kind !== 'aggregate' || expression.aggregate.fn !== 'top_k') return null;
    const type = measures.get(measureKey(expression.aggregate))?.argumentType;
    return type === 'float' ? JSON.parse : parseExactly;
  });
  return (row) => {
    const columns: Record<string, unknown> = {};
    for (const [index, { name }] of window.by.entries())
      columns[name] = plainValue(row.by[index] ?? null, byTypes[index] ?? 'text');
    if (window.hasGroupingSets) columns.grouping_id = row.groupingId;
    const errors: Record<string, number> = {};
    for (const [index, { name }] of window.select.entries()) {
      const type: ValueType = types[index] ?? 'float';
      const value = plainValue(row.values[index] ?? null, type);
      const list = lists[index] ?? null;
      columns[name] = list !== null && typeof value === 'string' ? list(value) : value;
      const error = row.errors[index] ?? 0;
      if (error > 0) errors[name] = error;
    }
    return {
      windowStartUs: Number.isFinite(row.startUs) ? row.startUs : null,
      windowEndUs: Number.isFinite(row.endUs) ? row.endUs : null,
      columns,
      state: row.state,
      revision: row.revision,
      other: row.other,
      errors,
    };
  };
}
