import type { Board } from '../../contract/spec/board.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { Status, StreamStatus } from '../../contract/worker-api.ts';
import { streamOf } from '../panels/waiting-words.ts';

type Windows = Readonly<Record<string, WindowSpec>>;

/** Those a board shows, as far as the relay has told of them. */
function streamsOf({ panels }: Pick<Board, 'panels'>, windows: Windows, status: Status | null): StreamStatus[] {
  return [...new Set(panels.map((panel) => streamOf(panel, windows)))].flatMap((name) => {
    const stream = name === null ? undefined : status?.streams[name];
    return stream ? [stream] : [];
  });
}

/** Newest event time of the streams a board shows; null before the first row. */
export function newestOf(board: Pick<Board, 'panels'>, windows: Windows, status: Status | null): number | null {
  return newestAmong(streamsOf(board, windows, status));
}

function newestAmong(streams: readonly StreamStatus[]): number | null {
  return streams.reduce<number | null>(
    (newest, { maxEventTimeUs: at }) => (at !== null && (newest === null || at > newest) ? at : newest),
    null,
  );
}

/** How far what a board shows has come. */
export interface Progress {
  /** Newest event time, and the same by this computer's clock; null before the first row. */
  readonly eventMs: number | null;
  readonly eventHereMs: number | null;
  /** History is being read: of the stream that is furthest behind, if so. */
  readonly catchingUp: boolean;
  /** Nothing more will come. */
  readonly ended: boolean;
}

export function progressOf(board: Pick<Board, 'panels'>, windows: Windows, status: Status | null): Progress {
  const streams = streamsOf(board, windows, status);
  const newestUs = newestAmong(streams);
  const eventMs = readThroughMs(streams) ?? (newestUs === null ? null : newestUs / 1000);
  return {
    eventMs,
    eventHereMs: eventMs === null ? null : eventMs + (status?.clockAheadMs ?? 0),
    catchingUp: streams.some(({ catchingUp }) => catchingUp),
    ended: streams.length > 0 && streams.every(({ source }) => source.state === 'ended'),
  };
}

/** Of streams whose history is being read, how far the one furthest behind has come, by event time; null: nowhere yet, or none is read. */
export function readThroughMs(streams: readonly StreamStatus[]): number | null {
  const read = streams.flatMap(({ catchingUp, maxEventTimeUs: us }) => (catchingUp && us !== null ? [us / 1000] : []));
  return read.length > 0 ? Math.min(...read) : null;
}

/** Events older than this are told with their age, where all that comes is spoken of. */
export const FRESH_MS = 30_000;

/** How old an event is, by this computer's clock. */
export function ageMsOf(eventTimeUs: number, nowMs: number, { clockAheadMs }: Pick<Status, 'clockAheadMs'>): number {
  return nowMs - eventTimeUs / 1000 - (clockAheadMs ?? 0);
}
