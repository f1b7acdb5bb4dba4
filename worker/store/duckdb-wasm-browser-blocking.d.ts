declare module 'duckdb-wasm-browser-blocking' {
  export { createDuckDB, getPlatformFeatures, VoidLogger } from '@duckdb/duckdb-wasm/blocking';
  export const BROWSER_RUNTIME: import('@duckdb/duckdb-wasm/blocking').DuckDBRuntime;
}
