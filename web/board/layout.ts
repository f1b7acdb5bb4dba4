import type { Panel } from '../../contract/spec/panel.ts';

/** Where a panel stands in the 24-column grid; 1-based, as CSS grid lines are. */
export interface Placement {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly placements: readonly Placement[];
  readonly rows: number;
}

const COLUMNS = 24;

/**
 * Panels in reading order: left to right while they fit, each as high up as what stands above it lets it. One with a
 * column or a row of its own stands there, and those after it go on from it.
 */
export function layOut(panels: readonly (Pick<Panel, 'w' | 'h'> & Partial<Pick<Panel, 'col' | 'row'>>)[]): Layout {
  const filled = new Array<number>(COLUMNS).fill(0);
  let column = 0;
  const placements = panels.map(({ w, h, col, row }) => {
    const left = col === undefined ? column : Math.min(col, COLUMNS - w);
    column = left + w > COLUMNS ? 0 : left;
    const top = row ?? Math.max(...filled.slice(column, column + w));
    for (let at = column; at < column + w; at++) filled[at] = Math.max(filled[at] ?? 0, top + h);
    const placement = { column: column + 1, row: top + 1, width: w, height: h };
    column += w;
    return placement;
  });
  return { placements, rows: Math.max(0, ...filled) };
}
