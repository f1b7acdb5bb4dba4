import { type Cell, cellAt } from '../panes/column.ts';
import { isTooLate } from '../panes/row-filter.ts';
import type { FrameBlock } from './frame-block.ts';

/** Rows a `rows` picture can show at most. */
const CAPACITY = 1000;
/** Frames held before their rows are sorted in: more than this, and more rows than a picture could show many times over. */
const MAX_PENDING = 32;
const MAX_PENDING_ROWS = 16 * CAPACITY;

export interface RecentRow {
  readonly timeUs: number;
  readonly partition: number;
  readonly offset: number;
  readonly cells: ReadonlyMap<string, Cell>;
  /** How the row stood to the watermark when it came. */
  readonly arrived: 'in time' | 'late' | 'too late';
}

/** Which rows of a frame are kept. */
export type RowTest = (block: FrameBlock) => (row: number) => boolean;

/** A stream's newest rows by event time, kept as frames come, so that a picture of them reads no table. */
export class RecentRows {
  static readonly capacity = CAPACITY;
  readonly #test: RowTest | null;
  #rows: RecentRow[] = [];
  #pending: { block: FrameBlock; watermarkUs: number | null; marks: Uint8Array | null }[] = [];
  #pendingRows = 0;

  /** With a test only rows that pass it are kept. */
  constructor(test: RowTest | null = null) {
    this.#test = test;
  }

  /** There may have been more rows than are kept. */
  get isFull(): boolean {
    this.#settle();
    return this.#rows.length >= CAPACITY;
  }

  /** Rows to begin with, the newest there are. */
  seed(rows: readonly RecentRow[]): void {
    this.#rows = [...rows].sort(newestFirst).slice(0, CAPACITY);
  }

  /** `marks`: what became of each row, null when none was late. */
  add(block: FrameBlock, watermarkUs: number | null, marks: Uint8Array | null): void {
    this.#pending.push({ block, watermarkUs, marks });
    this.#pendingRows += block.rows;
    if (this.#pending.length > MAX_PENDING && this.#pendingRows > MAX_PENDING_ROWS) this.#settle();
  }

  /** Newest first, by event time, then partition, then offset. */
  newest(limit: number): readonly RecentRow[] {
    this.#settle();
    return this.#rows.slice(0, limit);
  }

  clear(): void {
    this.#rows = [];
    this.#pending = [];
    this.#pendingRows = 0;
  }

  #settle(): void {
    if (this.#pending.length === 0) return;
    const frames = this.#pending.sort(
      (left, right) => right.block.frame.header.maxEventTimeUs - left.block.frame.header.maxEventTimeUs,
    );
    this.#pending = [];
    this.#pendingRows = 0;
    for (const { block, watermarkUs, marks } of frames) {
      const oldest = this.#rows.length < CAPACITY ? Number.NEGATIVE_INFINITY : (this.#rows.at(-1)?.timeUs ?? 0);
      if (block.frame.header.maxEventTimeUs < oldest) continue;
      const found = newestOf(block, oldest, this.#test?.(block) ?? null).map((row): RecentRow => {
        const timeUs = block.timeUs[row] ?? 0;
        const late = watermarkUs !== null && timeUs < watermarkUs;
        return {
          timeUs,
          partition: block.partitionAt(row),
          offset: block.offsetAt(row),
          cells: new Map(block.schema.fields.map(({ name }) => [name, cellOf(block, name, row)])),
          arrived: !late ? 'in time' : isTooLate(marks?.[row] ?? 0) ? 'too late' : 'late',
        };
      });
      this.#rows = [...found, ...this.#rows].sort(newestFirst).slice(0, CAPACITY);
    }
  }
}

/** Rows of a block not before `oldest`: its newest by event time, at most CAPACITY. */
function newestOf(block: FrameBlock, oldest: number, passes: ((row: number) => boolean) | null): number[] {
  const rows: number[] = [];
  for (let row = block.from; row < block.rows; row++)
    if ((block.timeUs[row] ?? 0) >= oldest && (passes === null || passes(row))) rows.push(row);
  if (rows.length <= CAPACITY) return rows;
  return rows
    .sort((left, right) => (block.timeUs[right] ?? 0) - (block.timeUs[left] ?? 0) || right - left)
    .slice(0, CAPACITY);
}

function cellOf(block: FrameBlock, name: string, row: number): Cell {
  return name === block.schema.timeField ? (block.timeUs[row] ?? null) : cellAt(block.field(name), row);
}

function newestFirst(left: RecentRow, right: RecentRow): number {
  return right.timeUs - left.timeUs || right.partition - left.partition || right.offset - left.offset;
}
