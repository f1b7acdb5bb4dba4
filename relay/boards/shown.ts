import type { Down } from '../../contract/protocol/down.ts';
import type { Board, Playlist } from '../../contract/spec/board.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { FileProblem } from '../../contract/worker-api.ts';
import type { FirstBoards } from '../first-boards.ts';

/** What tabs are to show. */
export interface Shown {
  /** null: one is made for each stream when its fields are known. */
  readonly boards: Readonly<Record<string, Board>> | null;
  /** Those of no board alone. */
  readonly windows: Readonly<Record<string, WindowSpec>>;
  readonly playlists: Readonly<Record<string, Playlist>>;
  /** Of files that were changed since the start. */
  readonly problems: readonly FileProblem[];
}

/** As tabs are told. */
export function boardsMessage(
  { boards, windows, playlists, problems }: Shown,
  first: FirstBoards,
): Extract<Down, { type: 'boards' }> {
  const now =
    boards === null
      ? first.made()
      : { boards, windows: Object.assign({}, windows, ...Object.values(boards).map((board) => board.windows)) };
  return {
    type: 'boards',
    boards: { ...now.boards },
    windows: now.windows,
    playlists: { ...playlists },
    problems: problems.map(({ file, board, lines }) => ({ file, board, lines: [...lines] })),
    made: boards === null ? Object.keys(now.boards) : [],
  };
}
