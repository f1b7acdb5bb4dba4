import { HighwaterError } from '../../contract/errors.ts';
import type { QueryOptions, Row } from '../../contract/worker-api.ts';
import type { StreamState } from '../ingest/stream-state.ts';
import { decodeArrow } from '../store/arrow.ts';
import { type Database, quoteName } from '../store/database.ts';
import { errorText } from '../store/error-text.ts';
import { RAW_SCHEMA } from '../store/segments.ts';
import type { KeptWindow } from '../windows/kept-window.ts';
import type { WindowSet } from '../windows/window-set.ts';
import { MAX_PAIRS, pairsOf } from './plan-bound.ts';
import { refusalOf } from './refusal.ts';
import { toRows } from './rows.ts';
import { windowTable } from './window-table.ts';

const DEFAULT_ROWS = 10_000;
const MAX_ROWS = 1_000_000;
const DEFAULT_DEADLINE_MS = 10_000;
/** Work between two looks at the clock and at what else waits. */
const SLICE_MS = 20;

/**
 * SQL from outside: one at a time, read-only, in slices between which frames are ingested. `settle` puts all rows that
 * came before it into the tables. (Q1–Q4)
 */
export function createQueries(
  database: Database,
  settle: () => void,
  streams: ReadonlyMap<string, StreamState>,
  windows: WindowSet,
  nowMs: () => number,
) {
  let tail: Promise<unknown> = Promise.resolve();
  let closed = false;
  /** Windows that are tables now, and of which state. */
  const tables = new Map<string, { readonly window: KeptWindow; readonly revision: number }>();

  const run = async (sql: string, options: QueryOptions): Promise<Row[]> => {
    const maxRows = options.maxRows ?? DEFAULT_ROWS;
    const deadlineMs = options.deadlineMs ?? DEFAULT_DEADLINE_MS;
    if (closed) throw new HighwaterError('query_failed', 'The engine is closed.', 'Reload the page.');
    if (!Number.isInteger(maxRows) || maxRows < 1 || maxRows > MAX_ROWS)
      throw new HighwaterError('query_refused', `maxRows is ${maxRows}.`, `Ask for 1 to ${MAX_ROWS} rows.`);
    const statement = sql.trim().replace(/;\s*$/, '');
    const refused = refusalOf(statement);
    if (refused) throw new HighwaterError('query_refused', refused.message, refused.fix);
    try {
      settle();
      makeTables(database, windows, tables, database.tableNames(statement));
      database.read('BEGIN TRANSACTION READ ONLY');
      try {
        const started = nowMs();
        const bounded = `SELECT * FROM (\n${statement}\n) AS query LIMIT ${maxRows + 1}`;
        checkPlan(database, bounded);
        const pending = database.start(bounded);
        let result = null;
        let slice = nowMs();
        while (result === null) {
          result = pending.poll();
          const now = nowMs();
          if (result === null && now - started > deadlineMs) {
            pending.cancel();
            throw new HighwaterError(
              'query_timeout',
              `The query was stopped after ${deadlineMs} ms.`,
              'Ask for less event time, aggregate a window instead of the stream, or give a longer deadlineMs.',
            );
          }
          if (result === null && now - slice > SLICE_MS) {
            await database.yieldToHost();
            if (closed) throw new HighwaterError('query_failed', 'The engine was closed.', 'Reload the page.');
            slice = nowMs();
          }
        }
        return cut(toRows(decodeArrow(result)), maxRows);
      } finally {
        if (!closed) database.read('ROLLBACK');
      }
    } catch (error) {
      throw error instanceof HighwaterError ? error : failure(error, streams, windows);
    }
  };

  return {
    query(sql: string, options: QueryOptions = {}): Promise<Row[]> {
      const result = tail.then(() => run(sql, options));
      tail = result.catch(() => undefined);
      return result;
    },
    close(): void {
      closed = true;
    },
  };
}

/** Refuses what could not be stopped once it runs. */
function checkPlan(database: Database, sql: string): void {
  const plan = decodeArrow(database.read(`EXPLAIN (FORMAT json) ${sql}`));
  const pairs = pairsOf(String(plan.getChildAt(plan.numCols - 1).at(0)));
  if (pairs <= MAX_PAIRS) return;
  throw new HighwaterError(
    'query_refused',
    `The query would compare about ${pairs.toExponential(1)} pairs of rows, and could not be stopped while it does.`,
    `Join by an equality, or aggregate before joining: joins without an equality may compare ${MAX_PAIRS / 1e6} million pairs.`,
  );
}

/** Makes tables of the windows a statement names, unless they are as they were. */
function makeTables(
  database: Database,
  windows: WindowSet,
  tables: Map<string, { readonly window: KeptWindow; readonly revision: number }>,
  names: readonly string[],
): void {
  for (const name of tables.keys())
    if (!windows.all.has(name)) {
      database.run(`DROP TABLE IF EXISTS main.${quoteName(name)}`);
      tables.delete(name);
    }
  for (const [name, window] of windows.all) {
    if (!names.some((named) => named.toLowerCase() === name.toLowerCase())) continue;
    const made = tables.get(name);
    const revision = window.state.revision;
    if (made?.window === window && made.revision === revision) continue;
    database.transaction(() => {
      database.run(`DROP TABLE IF EXISTS main.${quoteName(name)}`);
      const { ipc, times } = windowTable(window);
      database.insert(ipc, { schema: RAW_SCHEMA, name: '_window' }, true);
      const columns = times.map((time) => `make_timestamp(${quoteName(time)}) AS ${quoteName(time)}`);
      database.run(
        `CREATE TABLE main.${quoteName(name)} AS SELECT * REPLACE (${columns.join(', ')}) FROM ${RAW_SCHEMA}._window; DROP TABLE ${RAW_SCHEMA}._window`,
      );
    });
    tables.set(name, { window, revision });
  }
}

/** At most `maxRows` rows; where some were cut, the array says so in an own property, which a structured clone keeps. */
function cut(rows: Row[], maxRows: number): Row[] {
  return rows.length > maxRows ? Object.assign(rows.slice(0, maxRows), { truncated: true }) : rows;
}

/** The database's own words, shortened, and what there is to ask. */
function failure(error: unknown, streams: ReadonlyMap<string, StreamState>, windows: WindowSet): HighwaterError {
  const tables = [
    ...[...streams].map(
      ([name, { schema }]) => `${name} (${schema?.fields.map((field) => field.name).join(', ') ?? 'no rows yet'})`,
    ),
    ...windows.all.keys(),
  ];
  return new HighwaterError('query_failed', errorText(error), `Tables here: ${tables.join('; ') || 'none yet'}.`, {
    cause: error,
  });
}
