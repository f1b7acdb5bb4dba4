import { createRequire } from 'node:module';
import type { Database } from './database.ts';
import { type Bindings, openDuckDb } from './duckdb.ts';

/** Opens an in-memory DuckDB in Node. */
export async function openNodeDatabase(memoryLimitBytes: number): Promise<Database> {
  const require = createRequire(import.meta.url);
  const duckdb = require('@duckdb/duckdb-wasm/blocking') as typeof import('@duckdb/duckdb-wasm/blocking');
  const module = (name: string) => ({
    mainModule: require.resolve(`@duckdb/duckdb-wasm/dist/${name}`),
    mainWorker: '',
  });
  const bindings = await duckdb.createDuckDB(
    { mvp: module('duckdb-mvp.wasm'), eh: module('duckdb-eh.wasm') },
    new duckdb.VoidLogger(),
    duckdb.NODE_RUNTIME,
  );
  await bindings.instantiate(() => undefined);
  return openDuckDb(bindings as unknown as Bindings, memoryLimitBytes);
}
