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

/** Panels in reading order: left to right while they fit, each as high up as what stands above it lets it. */
export function layOut(panels: readonly Pick<Panel, 'w' | 'h'>[]): Layout {
  const filled = new Array<number>(24).fill(0);
  let column = 0;
  const placements = panels.map(({ w, h }) => {
    if (column + w > 24) column = 0;
    const top = Math.max(...filled.slice(column, column + w));
    filled.fill(top + h, column, column + w);
    const placement = { column: column + 1, row: top + 1, width: w, height: h };
    column += w;
    return placement;
  });
  return { placements, rows: Math.max(...filled) };
}
