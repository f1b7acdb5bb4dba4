import type { DuckDBBindings } from '@duckdb/duckdb-wasm/blocking';
import type { Database, PendingQuery, TableName } from './database.ts';

/** An instantiated, not yet opened DuckDB, from whichever host. */
export type Bindings = DuckDBBindings & { readonly mod: { readonly HEAPU8: Uint8Array } };

/**
 * DuckDB behind `Database`. At boot it is locked down (SPEC Q4), in this order, which is the one that works: no
 * extension is fetched, memory is bounded, nothing outside is reachable, and none of it can be changed back.
 */
export function openDuckDb(bindings: Bindings, memoryLimitBytes: number): Database {
  bindings.open({ query: { queryPollingInterval: 10 } });
  let writer = bindings.connect();
  const reader = bindings.connect();
  const run = (sql: string) => writer.useUnsafe((api, id) => api.runQuery(id, sql));
  const read = (sql: string) => reader.useUnsafe((api, id) => api.runQuery(id, sql));
  for (const statement of [
    'SET autoinstall_known_extensions = false',
    'SET autoload_known_extensions = false',
    `SET memory_limit = '${Math.ceil(memoryLimitBytes / 2 ** 20)}MiB'`,
    // It hoists an expression that fails out of the TRY around it.
    "SET disabled_optimizers = 'common_subexpressions'",
    // A checkpoint packs rows to half their size, but stops everything for 150 to 400 ms, and for rows that come in large
    // ticks costs more than storing them. Space of dropped tables is free without one.
    "SET checkpoint_threshold = '1TB'",
    'SET enable_external_access = false',
    'SET lock_configuration = true',
  ])
    run(statement);

  return {
    run,
    read,
    insert(ipc: Uint8Array, table: TableName, create: boolean) {
      try {
        writer.insertArrowFromIPCStream(ipc, { ...table, create });
      } catch (error) {
        writer.close();
        writer = bindings.connect();
        throw error;
      }
    },
    transaction(work) {
      run('BEGIN');
      const owner = writer;
      try {
        const result = work();
        run('COMMIT');
        return result;
      } catch (error) {
        if (owner === writer) rollback(run);
        throw error;
      }
    },
    rollback: () => rollback(run),
    start: (sql) => reader.useUnsafe((api, id) => startPending(api, id, sql)),
    tableNames: (sql) => reader.useUnsafe((api, id) => api.getTableNames(id, sql)),
    memoryBytes: () => bindings.mod.HEAPU8.length,
    yieldToHost: () => new Promise((resolve) => setTimeout(resolve, 0)),
    close() {
      writer.close();
      reader.close();
      bindings.reset();
    },
  };
}

/** After an error the database may have ended the transaction itself. */
function rollback(run: (sql: string) => Uint8Array): void {
  try {
    run('ROLLBACK');
  } catch (error) {
    if (!/no transaction is active/i.test(String(error))) throw error;
  }
}

function startPending(api: DuckDBBindings, id: number, sql: string): PendingQuery {
  let header = api.startPendingQuery(id, sql, true);
  const chunks: Uint8Array[] = [];
  return {
    poll() {
      if (header === null) {
        header = api.pollPendingQuery(id);
        return null;
      }
      const chunk = api.fetchQueryResults(id);
      if (chunk && chunk.length > 0) {
        chunks.push(chunk);
        return null;
      }
      return [header, ...chunks];
    },
    cancel: () => {
      api.cancelPendingQuery(id);
    },
  };
}
