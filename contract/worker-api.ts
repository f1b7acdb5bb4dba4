import type { PanelPicture, PanelRequest } from './pictures.ts';
import type { SourceState, StreamSchema } from './protocol/down.ts';
import type { Position } from './protocol/position.ts';
import type { Board, Playlist } from './spec/board.ts';
import type { WindowSpec } from './spec/window.ts';

export type * from './pictures.ts';

/**
 * What pages ask of the worker, over comlink. All pages of an origin share one worker: the page that started it asks by
 * `WorkerApi`, and each page, that one too, by `PageApi` on a MessagePort of its own. Only cloneable values cross; typed
 * arrays are transferred, never shared. Times in `…Us` are µs since the epoch, UTC; `…Ms` are milliseconds.
 */
export interface WorkerApi {
  /** Opens the store and the connection. Resolves when the engine is ready; connection state comes by `onStatus`. */
  start(options: StartOptions): Promise<void>;
  /**
   * Answers a page's calls on this port instead of an earlier one; what is asked before the start waits for it. Resolves
   * when the page is gone.
   */
  serve(page: string, port: MessagePort): Promise<void>;
  /** Answered between any two tasks: a worker that does not answer is stuck. */
  ping(): Promise<void>;
  /** Calls back when the worker wants to be replaced by another (`maxHeapBytes`), with the reason. */
  onWantsRestart(listener: (reason: string) => void): Promise<void>;
}

/** The Web Lock a page holds as long as it lives. */
export function pageLock(page: string): string {
  return `highwater page ${page}`;
}

export interface PageApi {
  /** Answered at once, before the start too: the port has reached the worker. */
  ping(): Promise<void>;
  /** Calls back at once and then at most twice a second, when the one before is taken. */
  onStatus(listener: (status: Status) => void): Promise<void>;
  /** Calls back with the boards now (when known) and whenever they change. */
  onBoards(listener: (boards: Boards) => void): Promise<void>;
  /** Watches a panel under `id`, replacing what this page watched under it; the newest picture wins, none queue. */
  watch(id: string, request: PanelRequest, listener: (picture: PanelPicture) => void): Promise<void>;
  unwatch(id: string): Promise<void>;
  /** While hidden, rows are still counted but no pictures are made for this page. */
  setVisible(visible: boolean): Promise<void>;
  /** While paused, rows are still counted but this page's pictures stand still; on resume they jump to now. */
  setPaused(paused: boolean): Promise<void>;
  /** One read-only SELECT over the streams' kept rows and the windows. Rejects with an Error whose message has the reason and the fix. */
  query(sql: string, options?: QueryOptions): Promise<Row[]>;
  /** Does not wait for the next attempt to reach the relay. */
  reconnect(): Promise<void>;
  status(): Promise<Status>;
}

export interface StartOptions {
  /** `ws://host:port/socket`. */
  readonly socketUrl: string;
  /** Absolute URL of the DuckDB EH module, same origin. */
  readonly wasmUrl: string;
  /** `http://host:port/stream`: the same frames over HTTP, where sockets are blocked. */
  readonly streamUrl: string;
  /** Bytes of raw rows kept, by estimate, before the oldest are let go. */
  readonly rawBudgetBytes: number;
  /** Bytes of frames kept in this browser for the next opening; 0: none. */
  readonly journalBudgetBytes: number;
  /** Where: another relay's streams are kept apart. Left out: `journal`. */
  readonly journalFolder?: string;
  /** Beyond so many bytes of memory the worker asks to be started again. */
  readonly maxHeapBytes: number;
  /** Bytes of panes kept, by estimate. (N5) */
  readonly paneBudgetBytes: number;
  /** A port to the relay in the tab itself, instead of the one at `socketUrl`. (in-tab.ts) */
  readonly relay?: MessagePort;
  /** Of the workers before this one: its status goes on from them. */
  readonly restarts: Status['restarts'];
}

export interface QueryOptions {
  /** Default 10,000; above 1,000,000 is refused. */
  readonly maxRows?: number;
  /** Default 10,000. */
  readonly deadlineMs?: number;
}

/** Timestamps come as Date, int64 within ±2^53 as number and beyond as bigint, lists and structs as JSON values. */
export type Row = Record<string, unknown>;

export interface Boards {
  readonly boards: Record<string, Board>;
  /** All windows, each board's own among them. */
  readonly windows: Record<string, WindowSpec>;
  /** Boards that walls show in turn, by name. */
  readonly playlists: Record<string, Playlist>;
  /** What is wrong with files that were changed since the relay was started: what they were before is shown. */
  readonly problems: readonly FileProblem[];
  /** Boards of the relay's own making: for these nobody has written a file. */
  readonly made: readonly string[];
}

export interface FileProblem {
  readonly file: string;
  /** The board it is of; null: the configuration itself. */
  readonly board: string | null;
  /** A line each, such as `boards/shop.yaml:12:5 panels[0].w: found 25, expected …`. */
  readonly lines: readonly string[];
}

export interface Status {
  readonly connection: ConnectionStatus;
  /** How far this computer's clock is ahead of the relay's, by estimate; null: the relay has not told its time. */
  readonly clockAheadMs: number | null;
  /** The engine is being replaced by another: no picture is made until it stands where the old one stood. */
  readonly rebuilding: boolean;
  /** What the journal kept is being read back, or its files are being opened: the relay is asked after it. Left out: no. */
  readonly restoring?: boolean;
  readonly streams: Record<string, StreamStatus>;
  /** Rows committed over the last five seconds, of frames sealed since this tab listened: history is not counted. */
  readonly eventsPerSecond: number;
  /** Rows kept and bytes held by the engine, against what it may hold. */
  readonly rows: number;
  readonly memory: { readonly usedBytes: number; readonly budgetBytes: number };
  /** Bytes the panes of all windows hold, by estimate, and may hold; they grow until they are folded into coarser ones. (N4) */
  readonly panes: { readonly usedBytes: number; readonly budgetBytes: number };
  /** Windows that cannot run, those of a stream that has fields by now; the others run. */
  readonly windowProblems: readonly WindowProblem[];
  /** Those that run, by name. */
  readonly windows: Readonly<Record<string, WindowStatus>>;
  readonly journal: JournalStatus;
  /** How often the engine was built anew since the page was opened, newest last, at most 20. */
  readonly restarts: readonly { readonly atMs: number; readonly reason: string }[];
}

/** What this browser keeps of the streams' frames for the next opening. */
export interface JournalStatus {
  /** `off`: not wanted, or another tab keeps it; `failed`: `message` says why, and rows are held in memory only. */
  readonly state: 'on' | 'off' | 'failed';
  readonly bytes: number;
  readonly budgetBytes: number;
  /** Rows read back from it when the page was opened. */
  readonly restoredRows: number;
  /** Why it is not on; or, where it is, what of it could not be read back. */
  readonly message: string | null;
  /**
   * The browser keeps it also when it runs short of room: the page has asked. False: it may let it go. Left out: nobody has
   * asked yet, or the browser does not say; the worker never knows.
   */
  readonly persisted?: boolean;
}

/** Counters of a window that runs. */
export interface WindowStatus {
  readonly from: string;
  /** Rows too late for every window that would hold them, and assignments to windows that were refused. */
  readonly tooLateRows: number;
  readonly tooLateAssignments: number;
  /** Rows left out because their event had been counted (`dedup`). */
  readonly duplicateRows: number;
  /** Events `dedup` forgot before their time, for there were too many: one that comes again is counted twice. */
  readonly forgottenEvents: number;
  /** Rows whose groups were beyond the bound: counted as one group, or, in sessions, left out. */
  readonly foldedRows: number;
  readonly droppedRows: number;
  /** Rows in no session, for they have no gap above 0. */
  readonly rowsWithoutGap: number;
  /** Groups kept, over all panes, and how many there may be. */
  readonly groups: number;
  readonly maxGroups: number;
  readonly keptFromUs: number | null;
  readonly coarseBeforeUs: number | null;
}

export interface WindowProblem {
  readonly window: string;
  readonly message: string;
  readonly fix: string;
}

export type ConnectionStatus =
  /** `sinceMs`: since when there is no connection. */
  | { readonly state: 'connecting'; readonly attempt: number; readonly sinceMs: number }
  | { readonly state: 'live'; readonly sinceMs: number; readonly transport: 'websocket' | 'http' }
  | {
      readonly state: 'waiting';
      readonly attempt: number;
      readonly retryAtMs: number;
      readonly sinceMs: number;
      readonly reason: string;
    }
  | { readonly state: 'closed'; readonly reason: string };

export interface StreamStatus {
  readonly positions: Position | null;
  /** ISO 8601, or null before the first watermark. */
  readonly watermark: string | null;
  readonly watermarkUs: number | null;
  readonly maxEventTimeUs: number | null;
  /** `records`: not yet read by the relay, when the source can say. `ms`: sealed at the relay → committed here, newest frame, by one clock. */
  readonly lag: { readonly records: number | null; readonly ms: number | null };
  /** What was sealed before this tab listened is being read: rates and lag say nothing yet. */
  readonly catchingUp: boolean;
  /** Rows kept now, and their bytes by estimate. */
  readonly rows: number;
  readonly memory: number;
  /** Every row ever committed: equals rows + released. */
  readonly received: number;
  readonly released: number;
  /** Rows behind the watermark that still counted, and rows that were too late for every window they belong to. */
  readonly late: number;
  readonly tooLate: number;
  readonly duplicates: number;
  /** Records the relay has read, dead letters among them; null before it has told. */
  readonly read: number | null;
  readonly deadLetters: number;
  readonly lastDeadLetter: string | null;
  readonly source: SourceState;
  readonly schema: StreamSchema | null;
  /** How the newest subscription was answered; null before. (P5) */
  readonly delivery: {
    readonly outcome: 'fresh' | 'resumed' | 'gap' | 'reset';
    readonly atMs: number;
    readonly reason: string | null;
  } | null;
  /** Records not given because newer ones of the same key were (`latest_by`). */
  readonly conflated: number;
  /** Known losses and resets, newest last, at most 100. */
  readonly losses: readonly Loss[];
}

export interface Loss {
  readonly kind: 'gap' | 'reset';
  /** When it was noticed: by the relay, which may be long before this tab was told of it; or by the tab. */
  readonly atMs: number;
  readonly reason: string;
  readonly missing: number | null;
}
