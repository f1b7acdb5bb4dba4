import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrame } from '../../contract/protocol/frame.ts';
import { type PlacedRow, readRows } from '../batch/read-frame.ts';
import type { Log, LogEntry } from '../log/log.ts';
import { encodeRows } from './encode-rows.ts';
import { type Extent, type KeptRow, PartitionRows } from './partition-rows.ts';

/**
 * The newest row of each key of a stretch of a log, for all readers of it that fall behind. (F8)
 *
 *     sequence   base ──────────────── end ┄┄┄ log.end      entries in [base, end) are read; a reader between them is
 *     reader                └ cursor                        given, for [its position, end), what of it is the newest
 *
 * Gaps are not passed over: a reader goes up to one, is told, and goes on behind it. Nothing is read, and nothing kept,
 * while nobody is behind.
 */
export interface ConflatorParts {
  readonly log: Log;
  readonly stream: string;
  readonly epoch: string;
  readonly latestBy: readonly string[];
  readonly schemaOf: (version: number) => StreamSchema | null;
  readonly maxKeys?: number;
}

/** What a reader is given instead of the log's entries from its cursor on. */
export interface Conflated {
  readonly cursor: number;
  /** null: everything before `cursor` was given. */
  readonly entry: Exclude<LogEntry, { kind: 'gap' }> | null;
  /** Records that `entry` covers and does not hold. */
  readonly left: number;
}

const MAX_KEYS = 100_000;

export class Conflator {
  readonly #parts: ConflatorParts;
  readonly #maxKeys: number;
  readonly #partitions = new Map<number, PartitionRows>();
  /** By sequence, from `#base` on. */
  #extents: Extent[] = [];
  #gaps: number[] = [];
  #base = 0;
  #overflowed = false;

  constructor(parts: ConflatorParts) {
    this.#parts = parts;
    this.#maxKeys = parts.maxKeys ?? MAX_KEYS;
  }

  get end(): number {
    return this.#base + this.#extents.length;
  }

  get keys(): number {
    let keys = 0;
    for (const rows of this.#partitions.values()) keys += rows.keys;
    return keys;
  }

  /** There are too many keys: readers go by the log. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  /** Reads on from the log, about `maxRows` of it, so that a reader at `cursor` can be served. False: nothing is left. */
  advance(cursor: number, maxRows: number): boolean {
    const { log } = this.#parts;
    if (cursor < this.#base || cursor > this.end) this.clear(cursor);
    let rows = 0;
    while (!this.#overflowed && rows < maxRows) {
      const entry = log.get(this.end);
      if (entry === null) return false;
      rows += this.#take(entry);
      if (this.keys > this.#maxKeys) {
        this.clear();
        this.#overflowed = true;
      }
    }
    return !this.#overflowed && this.end < log.end;
  }

  /** What comes next for a reader at `cursor` that has everything below `next`; null: the log's own entry. */
  next(cursor: number, next: Readonly<Record<string, number>>): Conflated | null {
    if (this.#overflowed || cursor < this.#base || cursor >= this.end) return null;
    const until = this.#gaps.find((sequence) => sequence >= cursor) ?? this.end;
    let at = cursor;
    let extent = this.#extents[at - this.#base];
    while (at < until && extent !== undefined && extent.nextOffset <= (next[extent.partition] ?? 0))
      extent = this.#extents[++at - this.#base];
    if (at >= until || extent === undefined) return at === cursor ? null : { cursor: at, entry: null, left: 0 };
    return { cursor: at, ...this.#stretch(extent, next[extent.partition] ?? extent.firstOffset, until) };
  }

  /** Every reader is at or behind `cursor`'s place: what lies before it serves nobody. */
  forget(cursor: number): void {
    const passed = Math.min(cursor, this.end) - this.#base;
    if (passed < FORGET_ENTRIES) return;
    this.#base += passed;
    for (const { partition, nextOffset } of this.#extents.splice(0, passed))
      this.#partitions.get(partition)?.forget(nextOffset);
    this.#gaps = this.#gaps.filter((sequence) => sequence >= this.#base);
  }

  clear(base = 0): void {
    this.#base = base;
    this.#extents = [];
    this.#gaps = [];
    this.#partitions.clear();
  }

  #stretch(extent: Extent, from: number, until: number): Omit<Conflated, 'cursor'> {
    const { partition } = extent;
    const rows = this.#rowsOf(partition);
    const { nextOffset, kept, records, first } = rows.stretch(from, until);
    const schema = first === null ? null : this.#parts.schemaOf(first.version);
    if (first === null || schema === null || kept.length === 0) {
      const entry = { kind: 'progress', partition, firstOffset: from, nextOffset, watermarkUs: null } as const;
      return { entry, left: records };
    }
    const { stream, epoch } = this.#parts;
    const { watermarkBeforeUs } = first;
    const sealedAtUs = rows.sealedAtUs(nextOffset);
    const entry = encodeRows(
      { stream, epoch, partition, firstOffset: from, nextOffset, watermarkBeforeUs, sealedAtUs },
      schema,
      kept,
    );
    return { entry, left: records - kept.length };
  }

  /** Returns how many rows it had. */
  #take(entry: LogEntry): number {
    const sequence = this.end;
    const { partition, firstOffset, nextOffset } = entry;
    if (entry.kind === 'gap') this.#gaps.push(sequence);
    const schema = entry.kind === 'frame' ? this.#parts.schemaOf(entry.schemaVersion) : null;
    if (entry.kind !== 'frame' || schema === null) {
      const extent: Extent = { sequence, partition, firstOffset, nextOffset, frame: null };
      this.#extents.push(extent);
      if (entry.kind !== 'gap') this.#rowsOf(partition).add(extent, []);
      return 0;
    }
    const { header, payload } = decodeFrame(entry.message);
    const rows = readRows(payload, firstOffset, schema);
    const extent: Extent = {
      ...{ sequence, partition, firstOffset, nextOffset },
      frame: {
        version: schema.version,
        watermarkBeforeUs: header.watermarkBeforeUs,
        sealedAtUs: header.sealedAtUs,
        offsets: rows.map(({ offset }) => offset),
      },
    };
    this.#extents.push(extent);
    const keyOf = keyReader(schema, this.#parts.latestBy);
    this.#rowsOf(partition).add(
      extent,
      rows.map((row): KeptRow => ({ ...row, key: keyOf(row), version: schema.version })),
    );
    return rows.length;
  }

  #rowsOf(partition: number): PartitionRows {
    const known = this.#partitions.get(partition);
    if (known !== undefined) return known;
    const made = new PartitionRows();
    this.#partitions.set(partition, made);
    return made;
  }
}

/** So many entries are forgotten at a time. */
const FORGET_ENTRIES = 64;

/** In a version before the field was there, it counts as one value. */
function keyReader(schema: StreamSchema, latestBy: readonly string[]): (row: PlacedRow) => string {
  const cells = schema.fields.filter(({ name }) => name !== schema.timeField).map(({ name }) => name);
  const columns = latestBy.map((name) => cells.indexOf(name));
  return ({ cells: values }) =>
    JSON.stringify(columns.map((column) => (values[column] === undefined ? null : text(values[column]))));
}

function text(cell: PlacedRow['cells'][number]): string | number | boolean | null {
  return typeof cell === 'bigint' ? (Number.isSafeInteger(Number(cell)) ? Number(cell) : String(cell)) : cell;
}
