import type { Emissions, OutputMode } from '../contract/emitted-row.ts';
import type { StreamSchema } from '../contract/protocol/down.ts';
import type { Frame } from '../contract/protocol/frame.ts';
import type { Position } from '../contract/protocol/position.ts';
import type { WindowSpec } from '../contract/spec/window.ts';
import type {
  PanelPicture,
  PanelRequest,
  QueryOptions,
  Row,
  WindowProblem,
  WindowStatus,
} from '../contract/worker-api.ts';

export type { WindowProblem };

/**
 * The engine: frames in, pictures and rows out. It owns the store, the panes and the watermark, and knows nothing of
 * sockets and pages. The same engine runs in the browser's worker and in Node.
 *
 *     frames ─▶ meet position ─▶ decode, check ─▶ panes (only the new rows), position, recent rows: one step in memory
 *                                      └─▶ rows that wait ── enough, or before anything reads them ──▶ segment tables
 *     picture(request) ◀─ windows ◀─ panes          query(sql) ◀─ stream views, window tables
 */
export interface Engine {
  /** A schema version of a stream; must come before the first frame of that version. */
  schema(schema: StreamSchema): void;
  /**
   * The windows to keep, by name, replacing those before. A new one is computed from the kept rows; an equal one is kept.
   * Returns those that cannot run, as far as their streams have a schema.
   */
  windows(windows: Readonly<Record<string, WindowSpec>>): WindowProblem[];
  /**
   * Where delivery starts: `fresh` and `gap` set the position, `resumed` leaves it, `reset` drops the stream's rows and
   * panes first. Rows with event times before `keptFromUs` were let go before: windows that reach there are not complete.
   */
  begin(
    stream: string,
    outcome: 'fresh' | 'resumed' | 'gap' | 'reset',
    position: Position,
    keptFromUs?: number | null,
  ): void;
  /**
   * Takes frames in order, rows and position together. Frames already applied are skipped and counted; a frame that
   * overlaps keeps only its new rows. Stops at a hole and returns it; nothing at or after it is applied. Throws
   * `store_failed`, as do `windows`, `schema` and `query`, when rows cannot be stored: the engine must then be replaced.
   */
  apply(frames: readonly Frame[], receivedAtMs: number): ApplyResult;
  /** Nothing more below `next`, and the watermark has come this far, rows or not. */
  progress(stream: string, next: Readonly<Record<string, number>>, watermarkUs: number | null): void;
  /** What was below `nextOffset` of a partition and not given is lost. */
  gap(stream: string, partition: number, nextOffset: number): void;
  position(stream: string): Position | null;
  /**
   * Another whenever the picture of a request could be another, but for the wall clock: of what ends at a time, when
   * something before that changes.
   */
  revision(request: PanelRequest): number | string;
  /** Makes what its filters need, and keeps that; throws `store_failed` when it cannot be filled. */
  picture(request: PanelRequest): PanelPicture;
  /**
   * These requests are looked at: what their filters need is made at once where it is not there, and gives way to no other.
   * Throws when something cannot be made; the picture of the request that needs it tells of that.
   */
  watch(requests: readonly PanelRequest[]): void;
  /** Lets go what is kept for the filters of other requests than these. */
  keepFor(requests: readonly PanelRequest[]): void;
  query(sql: string, options?: QueryOptions): Promise<Row[]>;
  /**
   * What a window puts out from now on. `complete` lets nothing be too late for it. Throws `query_refused` when there is no
   * such window. Valid until the windows are replaced.
   */
  emissions(window: string, mode: OutputMode): Emissions;
  /** The plan in words: tables of panes, what they keep, the windows over them, the SQL the database evaluates. */
  explain(): string;
  /** Counters of a window; null: it does not run. */
  windowState(window: string): WindowStatus | null;
  streamState(stream: string): EngineStreamState;
  /** Bytes the engine's memory holds now (it never shrinks), and what it may grow to. */
  memory(): { readonly usedBytes: number; readonly budgetBytes: number };
  /** Bytes the panes of all windows hold, by estimate, and may hold. */
  paneMemory(): { readonly usedBytes: number; readonly budgetBytes: number };
  close(): void;
}

export interface ApplyResult {
  readonly rows: number;
  /** Payload bytes of all frames taken, applied or skipped: to be granted again as credit. */
  readonly bytes: number;
  readonly hole: { readonly stream: string; readonly position: Position } | null;
}

export interface EngineStreamState {
  readonly positions: Position | null;
  readonly watermarkUs: number | null;
  readonly maxEventTimeUs: number | null;
  readonly rows: number;
  readonly memory: number;
  readonly received: number;
  readonly released: number;
  readonly late: number;
  readonly tooLate: number;
  readonly duplicates: number;
  readonly schema: StreamSchema | null;
}

export interface EngineOptions {
  /** Bytes of raw rows kept, by estimate, before whole segments are let go, oldest first. */
  readonly rawBudgetBytes: number;
  /** Bytes of panes kept, by estimate, before they are folded into coarser ones, let go, or their groups folded. Default 256 MiB. */
  readonly paneBudgetBytes?: number;
  /** Monotonic milliseconds, for query deadlines. */
  readonly nowMs: () => number;
  /** Wall clock, milliseconds since the epoch, for views that end now; left out: there are none. */
  readonly wallMs?: () => number;
}
