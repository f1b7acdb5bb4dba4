/**
 * What the engine asks of its database. Two connections stand behind it: one writes (ingest and definitions), one reads
 * what comes from outside. Results are Arrow IPC bytes.
 */
export interface Database {
  /** Runs one or more statements on the writing connection; the last one's result. Throws the database's own error. */
  run(sql: string): Uint8Array;
  /**
   * Appends one Arrow IPC stream to a table by column position; `create` makes the table of it. A throw leaves the
   * stream decoder unusable, so the connection is replaced: an open transaction is gone with it.
   */
  insert(ipc: Uint8Array, table: TableName, create: boolean): void;
  /** Runs `work` in one transaction: all of it is there afterwards, or nothing and the error is thrown. */
  transaction<T>(work: () => T): T;
  /** Ends the writing connection's transaction without effect; nothing when there is none. */
  rollback(): void;
  /** Runs a statement on the reading connection at once. */
  read(sql: string): Uint8Array;
  /** Starts a statement on the reading connection; it advances only by `poll`. One at a time. */
  start(sql: string): PendingQuery;
  /** Names of the tables a statement reads; throws when it does not parse. */
  tableNames(sql: string): readonly string[];
  /** Bytes of the module's memory. It grows and never shrinks. */
  memoryBytes(): number;
  /** Lets the host run other work, such as incoming frames, before going on. */
  yieldToHost(): Promise<void>;
  close(): void;
}

export interface TableName {
  readonly schema: string;
  readonly name: string;
}

export interface PendingQuery {
  /** Works for a few milliseconds; the result's IPC messages once it is complete, else null. */
  poll(): readonly Uint8Array[] | null;
  cancel(): void;
}

/** A text as an SQL expression; the database reads SQL up to a NUL. */
export function quoteText(text: string): string {
  const quoted = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return quoted.length === 1 ? (quoted[0] ?? "''") : `(${quoted.join(' || chr(0) || ')})`;
}

/** `name` as an SQL identifier. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
