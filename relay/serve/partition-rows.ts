import type { PlacedRow } from '../batch/read-frame.ts';

/** What a conflator keeps of one partition: where the log's entries lie, and the newest rows of each key. */
export interface Extent {
  readonly sequence: number;
  readonly partition: number;
  readonly firstOffset: number;
  readonly nextOffset: number;
  /** null: no rows. */
  readonly frame: ExtentFrame | null;
}

export interface ExtentFrame {
  readonly version: number;
  readonly watermarkBeforeUs: number;
  readonly sealedAtUs: number;
  readonly offsets: readonly number[];
}

export interface KeptRow extends PlacedRow {
  readonly key: string;
  /** Of the schema its cells are of. */
  readonly version: number;
}

export interface Stretch {
  readonly nextOffset: number;
  /** In offset order, all of one version. */
  readonly kept: readonly KeptRow[];
  /** Records in it, kept ones among them. */
  readonly records: number;
  /** The first frame that has records in it. */
  readonly first: ExtentFrame | null;
}

const MAX_ROWS = 8192;

export class PartitionRows {
  /** Each key's newest row by offset, in offset order. */
  readonly #newest = new Map<string, KeptRow>();
  /** Of keys whose newest row by event time is an earlier one: that. Both are given, for either may be asked for. */
  readonly #later = new Map<string, KeptRow>();
  #extents: Extent[] = [];

  get keys(): number {
    return this.#newest.size;
  }

  add(extent: Extent, rows: readonly KeptRow[]): void {
    this.#extents.push(extent);
    for (const row of rows) {
      const { key } = row;
      const before = this.#later.get(key) ?? this.#newest.get(key);
      this.#newest.delete(key);
      this.#newest.set(key, row);
      if (before !== undefined && before.eventTimeUs > row.eventTimeUs) this.#later.set(key, before);
      else this.#later.delete(key);
    }
  }

  /** Extents that end at or before `offset` are over. */
  forget(offset: number): void {
    let over = 0;
    while ((this.#extents[over]?.nextOffset ?? Number.POSITIVE_INFINITY) <= offset) over++;
    this.#extents.splice(0, over);
  }

  /** From `from` on, at most up to the entry of sequence `until`: whole entries, and at most as many rows as a frame has. */
  stretch(from: number, until: number): Stretch {
    const extents = this.#extents.filter(({ sequence, nextOffset }) => sequence < until && nextOffset > from);
    const end = extents.at(-1)?.nextOffset ?? from;
    const rows = this.#between(from, end);
    const [head] = rows;
    const tooMany = rows.findIndex(({ version }, index) => index >= MAX_ROWS || version !== head?.version);
    const stop = rows[tooMany];
    const nextOffset = stop === undefined ? end : firstOffsetOf(extents, stop.offset);
    const kept = rows.filter(({ offset }) => offset < nextOffset);
    const covered = extents.filter((extent) => extent.firstOffset < nextOffset);
    let records = 0;
    for (const { frame } of covered) records += frame?.offsets.filter((offset) => offset >= from).length ?? 0;
    const version = head?.version;
    const first = covered.find(({ frame }) => frame !== null && frame.version === version)?.frame ?? null;
    return { nextOffset, kept, records, first };
  }

  /** When the last frame before `nextOffset` was sealed. */
  sealedAtUs(nextOffset: number): number {
    const before = this.#extents.filter(({ frame, firstOffset }) => frame !== null && firstOffset < nextOffset);
    return before.at(-1)?.frame?.sealedAtUs ?? 0;
  }

  /** Rows to give of [from, end), in offset order. */
  #between(from: number, end: number): KeptRow[] {
    const inside = ({ offset }: KeptRow): boolean => offset >= from && offset < end;
    const newest = [...this.#newest.values()].filter(inside);
    const later = [...this.#later.values()].filter(inside);
    return later.length === 0 ? newest : [...newest, ...later].sort((a, b) => a.offset - b.offset);
  }
}

function firstOffsetOf(extents: readonly Extent[], offset: number): number {
  return extents.findLast(({ firstOffset }) => firstOffset <= offset)?.firstOffset ?? offset;
}
