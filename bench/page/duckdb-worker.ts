import duckdbWasm from '@duckdb/duckdb-wasm/dist/duckdb-eh.wasm?url';
import { expose } from 'comlink';
import * as duckdb from 'duckdb-wasm-browser-blocking';
import { decodeArrow } from '../../worker/store/arrow.ts';
import type { Database } from '../../worker/store/database.ts';
import { type Bindings, openDuckDb } from '../../worker/store/duckdb.ts';
import { STREAM } from './events.ts';

/** DuckDB-WASM alone in its worker, as the engine has it: blocking bindings, Arrow in, Arrow out. */

let database: Database | null = null;
let created = false;

const api = {
  async open(): Promise<void> {
    const module = { mainModule: new URL(duckdbWasm, self.location.href).href, mainWorker: '' };
    const bindings = await duckdb.createDuckDB(
      { mvp: module, eh: module },
      new duckdb.VoidLogger(),
      duckdb.BROWSER_RUNTIME,
    );
    await bindings.instantiate(() => undefined);
    database = openDuckDb(bindings as unknown as Bindings, 3 * 2 ** 30);
  },

  /** Appends a batch; ms. */
  insert(ipc: Uint8Array): number {
    const before = performance.now();
    opened().insert(ipc, { schema: 'main', name: STREAM }, !created);
    created = true;
    return performance.now() - before;
  },

  /** Runs a query and has its columns as arrays; ms, in here. */
  query(sql: string): { ms: number; columns: unknown[][] } {
    const before = performance.now();
    const table = decodeArrow(opened().run(sql));
    const columns = Array.from({ length: table.numCols }, (_, index) => table.getChildAt(index).toArray());
    const ms = performance.now() - before;
    return { ms, columns: columns.map((column) => Array.from(column as ArrayLike<unknown>, plain)) };
  },
};
export type DuckDbWorker = typeof api;

function opened(): Database {
  if (!database) throw new Error('open the database first');
  return database;
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}

expose(api);
