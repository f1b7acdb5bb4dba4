import type { Board } from '../../contract/spec/board.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { Boards, Status } from '../../contract/worker-api.ts';
import { formatSpan } from '../format.ts';
import { REPLAY_BEHIND_MS } from '../panels/panel-state.ts';
import { streamOf } from '../panels/waiting-words.ts';
import { ageMsOf, FRESH_MS } from './newest.ts';

/** A board as the list and the switcher have it. */
export interface BoardEntry {
  readonly name: string;
  readonly board: Board;
  readonly streams: readonly string[];
  /** Nobody has written a file for it. */
  readonly made: boolean;
  /** Lines that are wrong in its file as it is now. */
  readonly problems: number;
}

export function boardEntries(boards: Boards): BoardEntry[] {
  return Object.entries(boards.boards).map(([name, board]) => ({
    name,
    board,
    streams: streamsOf(board, boards.windows),
    made: boards.made.includes(name),
    problems: boards.problems
      .filter((problem) => problem.board === name)
      .reduce((sum, { lines }) => sum + lines.length, 0),
  }));
}

/** Those that have every word somewhere in their title, name, description, tags, streams' names or panels' titles; nothing: all. */
export function matching(entries: readonly BoardEntry[], text: string): readonly BoardEntry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter(({ name, board, streams }) => {
    const titles = board.panels.map(({ title }) => title);
    const found = [board.title, name, board.description ?? '', ...(board.tags ?? []), ...streams, ...titles]
      .join('\n')
      .toLowerCase();
    return words.every((word) => found.includes(word));
  });
}

function streamsOf(board: Board, windows: Readonly<Record<string, WindowSpec>>): string[] {
  const found = board.panels.map((panel) => streamOf(panel, windows));
  return [...new Set(found.filter((name) => name !== null))];
}

/** How a stream stands, in a word and the tone it is coloured with. */
export interface StreamState {
  readonly word: string;
  readonly tone: 'live' | 'late' | 'down' | 'still';
}

/** What is live by its source is told late, silent or a replay where it is, by how much of it comes now. */
export function streamState(
  status: Status | null,
  name: string,
  seen: { readonly nowMs: number; readonly perSecond: number | null },
): StreamState {
  const stream = status?.streams[name];
  if (!status || status.connection.state === 'connecting') return { word: 'connecting', tone: 'still' };
  if (status.connection.state !== 'live') return { word: 'disconnected', tone: 'down' };
  if (!stream) return { word: 'not served', tone: 'down' };
  if (stream.source.state === 'failed') return { word: 'source failed', tone: 'down' };
  if (stream.catchingUp) return { word: 'catching up', tone: 'still' };
  if (stream.received === 0) return { word: 'no data yet', tone: 'still' };
  if (stream.source.state !== 'live') return { word: stream.source.state, tone: 'still' };
  const { maxEventTimeUs } = stream;
  const ageMs = maxEventTimeUs !== null ? ageMsOf(maxEventTimeUs, seen.nowMs, status) : 0;
  if (ageMs <= FRESH_MS) return { word: 'live', tone: 'live' };
  if (seen.perSecond === 0) return { word: `silent, newest event ${formatSpan(ageMs)} old`, tone: 'late' };
  if (ageMs > REPLAY_BEHIND_MS) return { word: 'replay', tone: 'still' };
  return { word: `late, ${formatSpan(ageMs)} behind`, tone: 'late' };
}
