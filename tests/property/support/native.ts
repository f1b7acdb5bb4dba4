import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** DuckDB as a native library in this process: what the engine's windows are compared with. It shares nothing with it. */
export class Native {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  static async open(): Promise<Native> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    return new Native(instance, await instance.connect());
  }

  async run(sql: string): Promise<void> {
    await this.#explained(sql, () => this.#connection.run(sql));
  }

  /** BIGINT and HUGEINT come as bigint, DOUBLE as number, lists as arrays. */
  async rows(sql: string): Promise<Record<string, unknown>[]> {
    const reader = await this.#explained(sql, () => this.#connection.runAndReadAll(sql));
    return reader.getRowObjectsJS();
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  async #explained<T>(sql: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      throw new Error(`the oracle's SQL is wrong: ${error instanceof Error ? error.message : error}\n${sql}`);
    }
  }
}
