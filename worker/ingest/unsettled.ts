import { HighwaterError } from '../../contract/errors.ts';
import type { Database } from '../store/database.ts';
import { errorText } from '../store/error-text.ts';
import { quoteTable, RAW_SCHEMA, rowBytes, type Segment } from '../store/segments.ts';
import type { FrameBlock } from './frame-block.ts';
import type { StreamState } from './stream-state.ts';
import { type Unit, unitsOf } from './unit.ts';

/** Rows that wait at most: few enough that putting them into their tables is one short step. */
const MAX_ROWS = 32_768;
const MAX_PAYLOAD_BYTES = 16 * 2 ** 20;
/** A frame costs however few rows it has. */
const MAX_FRAMES = 512;
const STAGING = { schema: RAW_SCHEMA, name: '_unsettled' };

/**
 * Rows that are counted, and in no table yet. To a chart the tables are nothing, so a tick only leaves its blocks here;
 * they are stored by few large inserts in one transaction, once enough have come or when something reads the tables.
 *
 *   tick ─▶ panes, position
 *     └───▶ [block, block, …] ── enough, a query, a backfill, retention ──▶ settle: one transaction ─▶ segments
 *                 └── reset: dropped
 *
 * A tick has checked that its rows can be stored. If storing fails all the same, panes are ahead of the tables for good,
 * and the engine must be replaced.
 */
export class Unsettled {
  readonly #database: Database;
  readonly #maxBytes: number;
  readonly #waiting = new Map<StreamState, Waiting>();

  /** Rows that take more than `maxBytes` of memory, by the estimate of segments, do not wait. */
  constructor(database: Database, maxBytes: number) {
    this.#database = database;
    this.#maxBytes = maxBytes;
  }

  add(state: StreamState, blocks: readonly FrameBlock[]): void {
    const waiting = this.#waiting.get(state) ?? { blocks: [], rows: 0, bytes: 0, payloadBytes: 0 };
    this.#waiting.set(state, waiting);
    for (const block of blocks) {
      const rows = block.rows - block.from;
      waiting.blocks.push(block);
      waiting.rows += rows;
      waiting.bytes += rows * rowBytes(block.schema);
      waiting.payloadBytes += block.frame.payload.length;
    }
  }

  rows(state: StreamState): number {
    return this.#waiting.get(state)?.rows ?? 0;
  }

  /** What a stream's rows will take in memory, by the estimate of segments. */
  bytes(state: StreamState): number {
    return this.#waiting.get(state)?.bytes ?? 0;
  }

  get totalBytes(): number {
    return this.#total(({ bytes }) => bytes);
  }

  get full(): boolean {
    return (
      this.#total(({ rows }) => rows) >= MAX_ROWS ||
      this.#total(({ payloadBytes }) => payloadBytes) >= MAX_PAYLOAD_BYTES ||
      this.#total(({ blocks }) => blocks.length) >= MAX_FRAMES ||
      this.totalBytes >= this.#maxBytes
    );
  }

  /** Lets a stream's rows go; how many that were. */
  drop(state: StreamState): number {
    const rows = this.rows(state);
    this.#waiting.delete(state);
    return rows;
  }

  /** Puts all rows into their segments: afterwards none waits, or `store_failed` is thrown. */
  settle(): void {
    if (this.#waiting.size === 0) return;
    try {
      const targets = [...this.#waiting].flatMap(([state, { blocks }]) =>
        unitsOf(blocks).map((unit) => ({ unit, segment: segmentFor(state, unit) })),
      );
      this.#database.transaction(() => {
        for (const { unit, segment } of targets) insertUnit(this.#database, unit, segment);
      });
      for (const { unit, segment } of targets) {
        segment.rows += newRows(unit.blocks);
        for (const { frame } of unit.blocks) {
          segment.oldestUs = Math.min(segment.oldestUs, frame.header.minEventTimeUs);
          segment.newestUs = Math.max(segment.newestUs, frame.header.maxEventTimeUs);
        }
      }
    } catch (error) {
      throw new HighwaterError(
        'store_failed',
        `Rows that were counted could not be stored: ${errorText(error)}`,
        'Start a new engine; it reads everything again.',
        { cause: error },
      );
    }
    this.#waiting.clear();
  }

  #total(of: (waiting: Waiting) => number): number {
    let sum = 0;
    for (const waiting of this.#waiting.values()) sum += of(waiting);
    return sum;
  }
}

interface Waiting {
  readonly blocks: FrameBlock[];
  rows: number;
  bytes: number;
  payloadBytes: number;
}

export function newRows(blocks: readonly FrameBlock[]): number {
  return blocks.reduce((sum, { rows, from }) => sum + rows - from, 0);
}

function segmentFor(state: StreamState, unit: Unit): Segment {
  const [first] = unit.blocks;
  if (!first) throw new RangeError('a unit without frames');
  return state.segments.active(first.schema, newRows(unit.blocks));
}

function insertUnit(database: Database, unit: Unit, segment: Segment): void {
  if (unit.blocks.every(({ from }) => from === 0)) {
    database.insert(unit.ipc(), segment.table, false);
    return;
  }
  database.insert(unit.ipc(), STAGING, true);
  database.run(
    `INSERT INTO ${quoteTable(segment.table)} SELECT * FROM ${quoteTable(STAGING)} WHERE _offset >= 0; DROP TABLE ${quoteTable(STAGING)}`,
  );
}
