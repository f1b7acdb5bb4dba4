/** What a cell holds, by the type of its column: int64 a safe integer or bigint, timestamp µs UTC, lists as JSON text. */
export type Cell = number | bigint | string | boolean | null;

/** A record by its stream's schema. `cells` are in the order of the schema's fields, the time field left out. */
export interface Row {
  readonly eventTimeUs: number;
  readonly cells: readonly Cell[];
}
