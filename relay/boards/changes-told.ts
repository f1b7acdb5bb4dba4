import type { Shown } from './shown.ts';

/** What a change of files means, in lines for the terminal: problems in the words the page has for them. */
export function changesTold(now: Shown, before: Shown): string[] {
  const lines: string[] = [];
  const inTrouble = new Set(now.problems.map(({ file }) => file));
  for (const { file, board, lines: told } of now.problems) {
    const same = before.problems.find((other) => other.file === file);
    if (JSON.stringify(same?.lines) === JSON.stringify(told)) continue;
    const stays =
      board !== null && now.boards?.[board] === undefined ? 'it is not shown' : 'what it was before is shown';
    lines.push(`${file} was changed; ${stays}, for`, ...told.map((line) => `  ${line}`));
  }
  for (const { file } of before.problems) if (!inTrouble.has(file)) lines.push(`${file} is good again`);
  const [boards, old] = [now.boards ?? {}, before.boards ?? {}];
  for (const [name, board] of Object.entries(boards))
    if (!Object.hasOwn(old, name)) lines.push(`board ${name} is new`);
    else if (JSON.stringify(board) !== JSON.stringify(old[name])) lines.push(`board ${name} has changed`);
  for (const name of Object.keys(old)) if (!Object.hasOwn(boards, name)) lines.push(`board ${name} is gone`);
  if (JSON.stringify([now.windows, now.playlists]) !== JSON.stringify([before.windows, before.playlists]))
    lines.push('windows or playlists have changed');
  return lines;
}
