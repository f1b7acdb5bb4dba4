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
import { TOO_LATE_SCHEMA, tooLateTable } from './too-late-table.ts';
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
  /** What is a table now, by its quoted name. */
  const tables = new Map<string, Made>();

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
      makeTables(database, windows, streams, tables, statement);
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

/** A window or the too-late rows of a stream as a table, of a certain state. */
interface Made {
  readonly of: KeptWindow | StreamState;
  readonly revision: number;
}

/** Makes tables of the windows and too-late rows a statement names, unless they are as they were. */
function makeTables(
  database: Database,
  windows: WindowSet,
  streams: ReadonlyMap<string, StreamState>,
  made: Map<string, Made>,
  statement: string,
): void {
  const names = database.tableNames(statement).map((name) => name.toLowerCase());
  for (const [key, { of }] of made)
    if ('plan' in of && !windows.all.has(of.plan.name)) {
      database.run(`DROP TABLE IF EXISTS ${key}`);
      made.delete(key);
    }
  const make = (key: string, of: Made['of'], revision: number, rows: () => { ipc: Uint8Array; projection: string }) => {
    const known = made.get(key);
    if (known?.of === of && known.revision === revision) return;
    database.transaction(() => {
      database.run(`DROP TABLE IF EXISTS ${key}`);
      const { ipc, projection } = rows();
      database.insert(ipc, { schema: RAW_SCHEMA, name: '_window' }, true);
      database.run(
        `CREATE TABLE ${key} AS SELECT ${projection} FROM ${RAW_SCHEMA}._window; DROP TABLE ${RAW_SCHEMA}._window`,
      );
    });
    made.set(key, { of, revision });
  };
  for (const [name, window] of windows.all)
    if (names.includes(name.toLowerCase()))
      make(`main.${quoteName(name)}`, window, window.feed.revision, () => windowTable(window));
  if (!/\btoo_late\b/i.test(statement)) return;
  for (const [name, state] of streams)
    if (state.schema && names.includes(name.toLowerCase()))
      make(`${TOO_LATE_SCHEMA}.${quoteName(name)}`, state, state.tooLateRows.revision, () => tooLateTable(state));
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
