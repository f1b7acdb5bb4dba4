import type { FileProblem } from '../../contract/worker-api.ts';

/** `boards/shop.yaml has 2 problems.` */
export function fileWords({ file, lines }: FileProblem): string {
  return `${file} has ${lines.length === 1 ? 'a problem' : `${lines.length} problems`}.`;
}

/** What stands on the page meanwhile. */
export function shownWords({ board }: FileProblem, boards: Readonly<Record<string, unknown>>): string {
  if (board === null) return 'What it said before still holds.';
  return Object.hasOwn(boards, board) ? 'The last good version is shown.' : 'It is shown when it is mended.';
}
