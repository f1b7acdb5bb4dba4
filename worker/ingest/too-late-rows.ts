import { type Cell, cellAt } from '../panes/column.ts';
import type { FrameBlock } from './frame-block.ts';

/** Rows kept of a stream; past it the oldest go. */
export const MAX_TOO_LATE_ROWS = 10_000;

export interface TooLateRow {
  readonly timeUs: number;
  readonly partition: number;
  readonly offset: number;
  /** The watermark it was behind. */
  readonly watermarkUs: number;
  /** Another window took it. */
  readonly counted: boolean;
  readonly cells: ReadonlyMap<string, Cell>;
}

/** The newest rows that came too late for a window, kept apart so that they can be looked at. (W8) */
export class TooLateRows {
  #rows: TooLateRow[] = [];
  #next = 0;
  revision = 0;

  /** In the order they came. */
  get all(): readonly TooLateRow[] {
    return [...this.#rows.slice(this.#next), ...this.#rows.slice(0, this.#next)];
  }

  add(block: FrameBlock, row: number, watermarkUs: number, counted: boolean): void {
    const kept: TooLateRow = {
      timeUs: block.timeUs[row] ?? 0,
      partition: block.partitionAt(row),
      offset: block.offsetAt(row),
      watermarkUs,
      counted,
      cells: new Map(
        block.schema.fields
          .filter(({ name }) => name !== block.schema.timeField)
          .map(({ name }) => [name, cellAt(block.field(name), row)] as const),
      ),
    };
    this.revision++;
    if (this.#rows.length < MAX_TOO_LATE_ROWS) this.#rows.push(kept);
    else {
      this.#rows[this.#next] = kept;
      this.#next = (this.#next + 1) % MAX_TOO_LATE_ROWS;
    }
  }

  clear(): void {
    this.#rows = [];
    this.#next = 0;
    this.revision++;
  }
}
