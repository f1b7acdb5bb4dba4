import { oneOf } from './nearest.ts';
import { objectOf, quote, type Report } from './yaml-file.ts';

/** Reports boards that playlists name and nobody has. What is no list of texts the schema has refused. */
export function checkPlaylists(
  playlists: Readonly<Record<string, unknown>>,
  boards: readonly string[],
  report: Report,
): void {
  for (const [name, playlist] of Object.entries(playlists)) {
    const named = objectOf(playlist).boards;
    if (!Array.isArray(named)) continue;
    for (const [index, board] of named.entries())
      if (typeof board === 'string' && !boards.includes(board))
        report(['playlists', name, 'boards', index], quote(board), oneOf(boards, board, 'a board'));
  }
}
