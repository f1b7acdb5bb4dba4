import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { FieldType } from '../../contract/spec/field.ts';
import { type Database, quoteName, type TableName } from './database.ts';

/** Rows of a segment at most; a whole segment is what retention lets go. */
export const MAX_SEGMENT_ROWS = 500_000;
export const RAW_SCHEMA = '_raw';

const TYPES: Readonly<Record<FieldType, string>> = {
  int64: 'BIGINT',
  float64: 'DOUBLE',
  string: 'VARCHAR',
  bool: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
};
/** Bytes a value takes in memory, by estimate; a text's own bytes come on top. */
const BYTES: Readonly<Record<FieldType, number>> = { int64: 8, float64: 8, string: 22, bool: 1, timestamp: 8 };
/** `_event_time`, `_partition`, `_offset`. */
const FIXED_BYTES = 20;

export interface Segment {
  readonly table: TableName;
  readonly schema: StreamSchema;
  readonly bytesPerRow: number;
  rows: number;
  /** Event time of its rows, oldest and newest; ±Infinity while it has none. */
  oldestUs: number;
  newestUs: number;
}

/** Of the age at which rows are let go, what a segment may span: so much later than asked for they go. */
const AGE_SHARE = 1 / 8;

/**
 * A stream's rows: tables in order of arrival, each of one schema version, and a view over all of them in the newest
 * schema. Only the last one grows.
 *
 *   _raw."orders_0"  _raw."orders_1"  …  ─▶  view main."orders"
 */
export class Segments {
  readonly #database: Database;
  readonly #stream: string;
  readonly #budgetBytes: number;
  #segments: Segment[] = [];
  #newest: StreamSchema | null = null;
  #made = 0;
  #releasedUntilUs: number | null = null;
  /** Rows this much older than the newest event are let go; null: whatever their age. */
  maxAgeUs: number | null = null;

  constructor(database: Database, stream: string, budgetBytes: number) {
    this.#database = database;
    this.#stream = stream;
    this.#budgetBytes = budgetBytes;
  }

  get all(): readonly Segment[] {
    return this.#segments;
  }

  get rows(): number {
    return this.#segments.reduce((sum, { rows }) => sum + rows, 0);
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.rows * segment.bytesPerRow, 0);
  }

  /** Newest event time of the rows that were let go for their age or the room they took; null: none were. */
  get releasedUntilUs(): number | null {
    return this.#releasedUntilUs;
  }

  /** Makes a schema the stream's: its view has these fields from now on, and older rows what they have of them. */
  announce(schema: StreamSchema): void {
    this.#newest = schema;
    if (this.#segments.length === 0) this.active(schema, 0);
    this.#view();
  }

  /** The segment that takes `rows` more rows of a schema. */
  active(schema: StreamSchema, rows: number): Segment {
    const last = this.#segments.at(-1);
    if (
      last &&
      last.schema === schema &&
      (last.rows === 0 || (last.rows + rows <= this.#limit(last) && !this.#spansEnough(last)))
    )
      return last;
    const table = { schema: RAW_SCHEMA, name: `${this.#stream}_${this.#made++}` };
    const columns = [
      '_event_time TIMESTAMP',
      ...schema.fields
        .filter(({ name }) => name !== schema.timeField)
        .map(({ name, type }) => `${quoteName(name)} ${TYPES[type]}`),
      '_partition UINTEGER',
      '_offset BIGINT',
    ];
    this.#database.run(`CREATE TABLE ${quoteTable(table)} (${columns.join(', ')})`);
    const made: Segment = { table, schema, bytesPerRow: rowBytes(schema), ...EMPTY };
    this.#segments.push(made);
    this.#view();
    return made;
  }

  /** Lets the oldest segment go, unless it is the only one; how many rows that were. */
  release(): number {
    if (this.#segments.length < 2) return 0;
    const [oldest] = this.#segments.splice(0, 1);
    this.#view();
    if (!oldest) return 0;
    this.#drop(oldest);
    if (oldest.rows > 0) this.#releasedUntilUs = Math.max(this.#releasedUntilUs ?? oldest.newestUs, oldest.newestUs);
    return oldest.rows;
  }

  /** Lets segments go whose rows are all older than `maxAgeUs` before `newestUs`, but the last one; how many rows that were. */
  releaseAged(newestUs: number): number {
    let rows = 0;
    while (
      this.maxAgeUs !== null &&
      this.#segments.length > 1 &&
      (this.#segments[0]?.newestUs ?? newestUs) < newestUs - this.maxAgeUs
    )
      rows += this.release();
    return rows;
  }

  #spansEnough({ oldestUs, newestUs }: Segment): boolean {
    return this.maxAgeUs !== null && newestUs - oldestUs >= this.maxAgeUs * AGE_SHARE;
  }

  /** Lets all rows go, keeping the newest schema; how many rows that were. */
  clear(): number {
    const gone = this.#segments;
    this.#releasedUntilUs = null;
    const rows = this.rows;
    this.#segments = [];
    if (this.#newest) this.active(this.#newest, 0);
    for (const segment of gone) this.#drop(segment);
    return rows;
  }

  /**
   * A SELECT of one table's rows in the newest schema: fields it does not have are null. `only`: the table has its event
   * time and these fields alone.
   */
  projection(table: string, own: StreamSchema, only?: ReadonlySet<string>): string {
    const newest = this.#newest ?? own;
    const has = new Map(own.fields.map((field) => [field.name, field]));
    const columns = newest.fields.flatMap(({ name, type }) => {
      if (name === newest.timeField) return `_event_time AS ${quoteName(name)}`;
      const field = name === own.timeField ? undefined : has.get(name);
      if (!field) return `NULL::${TYPES[type]} AS ${quoteName(name)}`;
      if (only && !only.has(name)) return [];
      return field.type === type
        ? quoteName(name)
        : `TRY_CAST(${quoteName(name)} AS ${TYPES[type]}) AS ${quoteName(name)}`;
    });
    const places = only ? [] : ['_partition', '_offset'];
    return `SELECT ${[...columns, '_event_time', ...places].join(', ')} FROM ${table}`;
  }

  #view(): void {
    const parts = this.#segments.map(({ table, schema }) => this.projection(quoteTable(table), schema));
    this.#database.run(`CREATE OR REPLACE VIEW main.${quoteName(this.#stream)} AS ${parts.join(' UNION ALL ')}`);
  }

  #drop({ table }: Segment): void {
    this.#database.run(`DROP TABLE ${quoteTable(table)}`);
  }

  /** Segments are an eighth of the budget at most, so that letting one go never empties the stream. */
  #limit({ bytesPerRow }: Segment): number {
    return Math.min(MAX_SEGMENT_ROWS, Math.max(1000, Math.floor(this.#budgetBytes / 8 / bytesPerRow)));
  }
}

const EMPTY = { rows: 0, oldestUs: Number.POSITIVE_INFINITY, newestUs: Number.NEGATIVE_INFINITY };

/** Bytes a row of a schema takes in memory, by estimate. */
export function rowBytes(schema: StreamSchema): number {
  return FIXED_BYTES + schema.fields.reduce((sum, { type }) => sum + BYTES[type], 0);
}

export function quoteTable({ schema, name }: TableName): string {
  return `${quoteName(schema)}.${quoteName(name)}`;
}
