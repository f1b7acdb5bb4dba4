import type { Board } from '../../contract/spec/board.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { Status } from '../../contract/worker-api.ts';
import { streamOf } from '../panels/waiting-words.ts';

/** Newest event time of the streams a board shows; null before the first row. */
export function newestOf(
  { panels }: Pick<Board, 'panels'>,
  windows: Readonly<Record<string, WindowSpec>>,
  status: Status | null,
): number | null {
  let newest: number | null = null;
  for (const name of new Set(panels.map((panel) => streamOf(panel, windows)))) {
    const at = name === null ? null : (status?.streams[name]?.maxEventTimeUs ?? null);
    if (at !== null && (newest === null || at > newest)) newest = at;
  }
  return newest;
}
