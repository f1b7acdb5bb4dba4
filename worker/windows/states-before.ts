import { GridRows } from './grid-rows.ts';
import type { KeptGrouping } from './kept-window.ts';
import type { CellReader } from './series-cells.ts';
import type { State, Told } from './told-states.ts';
import type { WindowInstance, WindowRows } from './window-rows.ts';

/** Windows with rows that are looked through for what was told last. */
const MAX_WINDOWS = 5_000;
/** Different pictures of one window that are remembered. */
const MAX_PICTURES = 32;

interface Known {
  /** Windows that end at or before this were looked through. */
  readonly untilUs: number;
  readonly revision: number;
  readonly lines: Map<string, Told>;
}

const remembered = new WeakMap<WindowRows, Map<string, Known>>();

/**
 * Of each line what was told last by windows that end at or before a time, as far back as the newest so many windows
 * reach. As the time moves on only what it has moved past is read.
 *
 *     ├──── looked through ────┤ known ├── read now ──┤ beforeUs │ … in view
 */
export function statesBefore(
  { rows }: KeptGrouping,
  name: string,
  reader: CellReader<State | null>,
  beforeUs: number,
): ReadonlyMap<string, Told> {
  const all = remembered.get(rows) ?? new Map<string, Known>();
  remembered.set(rows, all);
  const known = all.get(name);
  const holds =
    known !== undefined &&
    known.untilUs <= beforeUs &&
    rows instanceof GridRows &&
    rows.table.changes.earliestSince(known.revision) >= known.untilUs;
  const fromUs = holds ? known.untilUs : Number.NEGATIVE_INFINITY;
  const lines = holds ? known.lines : new Map<string, Told>();
  for (const instance of rows.instances(fromUs, beforeUs).slice(-MAX_WINDOWS)) {
    const cells = reader.read(instance, null);
    for (const [line, [state]] of cells.lines)
      if (state !== null && state !== undefined)
        lines.set(line, toldBy(instance, state, cells.revisedLines?.has(line) ?? false));
  }
  all.delete(name);
  all.set(name, { untilUs: beforeUs, revision: rows.table.revision, lines });
  const [oldest] = all.keys();
  if (all.size > MAX_PICTURES && oldest !== undefined) all.delete(oldest);
  return lines;
}

function toldBy({ startUs, endUs }: WindowInstance, state: State, revised: boolean): Told {
  return { fromUs: startUs, untilUs: endUs, state, revised };
}
