import type { Board } from './board.ts';
import type { Panel } from './panel.ts';
import { type Path, quote, type Report } from './yaml-file.ts';

/** Reports panels that are beyond the board's 24 columns, and those that are on the same cells. */
export function checkPlaces({ panels }: Board, report: Report): void {
  for (const [index, panel] of panels.entries()) {
    const { col, row, w } = panel;
    const here = (path: Path, found: string, expected: string) => report(['panels', index, ...path], found, expected);
    if ((col === undefined) !== (row === undefined))
      here([col === undefined ? 'row' : 'col'], 'one of col and row', 'both of them, or none');
    if (col !== undefined && col + w > 24)
      here(['col'], `column ${col} for ${w} columns`, `at most ${24 - w}: a board has 24`);
    const under = panels.slice(0, index).find((other) => overlap(panel, other));
    if (under !== undefined)
      here(['col'], `cells that the panel ${quote(under.title)} is on`, 'a place of its own; or leave col and row out');
  }
}

/** Panels without a place of their own stand where there is room. */
function overlap(one: Panel, other: Panel): boolean {
  if (one.col === undefined || one.row === undefined || other.col === undefined || other.row === undefined)
    return false;
  const beside = one.col + one.w <= other.col || other.col + other.w <= one.col;
  const above = one.row + one.h <= other.row || other.row + other.h <= one.row;
  return !beside && !above;
}
