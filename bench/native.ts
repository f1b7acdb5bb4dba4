import {
  BIGINT,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  INTEGER,
  type JS,
} from '@duckdb/node-api';

/** DuckDB as a native library in Node: the limit a tab is held against, and the judge of results. */
export class Native {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(threads: number): Promise<Native> {
    const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
    return new Native(instance, await instance.connect());
  }

  async run(sql: string): Promise<void> {
    await this.#connection.run(sql);
  }

  /** All rows of a result, each an array of its columns. */
  async rows(sql: string): Promise<JS[][]> {
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getRowsJS();
  }

  /** All columns of a result. */
  async columns(sql: string): Promise<JS[][]> {
    const reader = await this.#connection.runAndReadAll(sql);
    return reader.getColumnsJS();
  }

  /** A table of these columns, all of one length: BIGINT, INTEGER and DOUBLE by the kind of array. */
  async table(
    name: string,
    columns: Readonly<Record<string, BigInt64Array | Int32Array | Float64Array>>,
  ): Promise<void> {
    const arrays = Object.values(columns);
    const types = arrays.map((array) =>
      array instanceof BigInt64Array ? BIGINT : array instanceof Int32Array ? INTEGER : DOUBLE,
    );
    const fields = Object.keys(columns).map((column, index) => `${column} ${types[index]}`);
    await this.run(`CREATE TABLE ${name} (${fields.join(', ')})`);
    const appender = await this.#connection.createAppender(name);
    const length = arrays[0]?.length ?? 0;
    for (let first = 0; first < length; first += CHUNK_ROWS) {
      const chunk = DuckDBDataChunk.create(types, Math.min(CHUNK_ROWS, length - first));
      for (const [index, array] of arrays.entries())
        chunk.setColumnValues(index, [...array.subarray(first, first + CHUNK_ROWS)]);
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

const CHUNK_ROWS = 2048;
