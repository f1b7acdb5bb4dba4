import type { PanelRequest, StatesPicture } from '../../contract/worker-api.ts';
import { typeOfSelect } from './evaluate.ts';
import { measureCell } from './groups.ts';
import { byIndex, groupingFor, type KeptGrouping, type KeptWindow } from './kept-window.ts';
import { byGroup } from './places.ts';
import { CellReader, labels, type Memory, readWindows, type ToValue } from './series-cells.ts';
import { statesBefore } from './states-before.ts';
import { inView, type Stretch } from './stretch.ts';
import { joined, reduced, type State, type Told } from './told-states.ts';
import type { WindowInstance, WindowRows } from './window-rows.ts';

type StatesRequest = Extract<PanelRequest, { kind: 'states' }>;

const memory: Memory<State | null> = new WeakMap();

/** What a measure was, window by window, as stretches of the same; a line for each group. */
export function statesPicture(kept: KeptWindow, request: StatesRequest, stretch: Stretch | null): StatesPicture {
  const { measure, rowsBy, order, hold, maxRows, widthPx } = request;
  const grouping = groupingFor(kept, rowsBy === null ? [] : [rowsBy]);
  const { rows } = grouping;
  const type = typeOfSelect(measure, kept.plan.window.select, kept.plan.measures);
  const asked = { measures: [measure], seriesBy: rowsBy };
  const toState: ToValue<State | null> = (cell) => {
    const shown = measureCell(cell, type);
    return typeof shown === 'number' && Number.isNaN(shown) ? null : shown;
  };
  const reader = new CellReader(kept, grouping, asked, toState);
  const base = { windowSizeUs: finite(rows.sizeUs), stepUs: finite(rows.stepUs), keptFromUs: rows.keptFromUs };
  const view = stretch === null ? null : inView(kept, rows, stretch);
  if (stretch === null || view === null) return { ...base, rows: [], hiddenRows: 0 };

  const name = JSON.stringify([stretch.key, measure, rowsBy]);
  const cells = readWindows(memory, grouping, name, reader, view.instances);
  const byLine = new Map<string, Told[]>();
  if (hold && Number.isFinite(view.afterUs))
    for (const [line, told] of statesBefore(grouping, name, reader, view.afterUs))
      byLine.set(line, [{ ...told, fromUs: Math.max(told.fromUs, stretch.fromUs ?? told.fromUs) }]);
  for (const [index, instance] of view.instances.entries()) {
    const found = cells[index];
    if (!found) continue;
    const { fromUs, untilUs } = stretchOfWindow(rows, instance, stretch);
    for (const [line, [state]] of found.lines) {
      if (state === null || state === undefined) continue;
      const known = byLine.get(line);
      const told = { fromUs, untilUs, state, revised: found.revisedLines?.has(line) ?? false };
      if (known === undefined) byLine.set(line, [told]);
      else known.push(told);
    }
  }
  const toldUntilUs = Number.isFinite(view.untilUs) ? view.untilUs : stretch.untilUs;
  const endUs = stretch.untilNow ? Math.max(stretch.untilUs, toldUntilUs) : toldUntilUs;
  const lines = new Map(
    [...byLine]
      .map(([line, told]) => [line, joined(told, hold ? endUs : null)] as const)
      .filter(([, stretches]) => stretches.length > 0),
  );
  const keys = sortedLines(kept, grouping, rowsBy, lines.keys(), order);
  const firstUs = stretch.fromUs ?? Math.min(...[...lines.values()].map(([first]) => first?.fromUs ?? endUs));
  const pixelUs = (Math.max(endUs, stretch.untilUs) - firstUs) / Math.max(1, widthPx);
  const watermarkUs = kept.feed.watermarkUs ?? Number.NEGATIVE_INFINITY;
  return {
    ...base,
    rows: keys.slice(0, maxRows).map((key) => ({
      key,
      stretches: reduced(lines.get(key) ?? [], pixelUs).map((one) => ({
        ...one,
        provisional: one.untilUs > watermarkUs,
      })),
    })),
    hiddenRows: Math.max(0, keys.length - maxRows),
  };
}

/** What a window alone stands for: of windows that overlap the last step. */
function stretchOfWindow(rows: WindowRows, { startUs, endUs, coarse }: WindowInstance, stretch: Stretch) {
  const overlap = !coarse && rows.stepUs < rows.sizeUs && Number.isFinite(endUs);
  return {
    fromUs: overlap
      ? endUs - rows.stepUs
      : Number.isFinite(startUs)
        ? startUs
        : (stretch.fromUs ?? stretch.untilUs - 1),
    untilUs: Number.isFinite(endUs) ? endUs : stretch.untilUs,
  };
}

/** Those named in the order first, the others as their groups stand. */
function sortedLines(
  kept: KeptWindow,
  grouping: KeptGrouping,
  rowsBy: string | null,
  lines: Iterable<string>,
  order: readonly string[],
): string[] {
  if (rowsBy === null) return [...lines];
  const at = grouping.columns.indexOf(byIndex(kept, rowsBy));
  const labelOf = labels(kept, grouping, rowsBy);
  const { keys } = grouping.rows;
  const cellOf = new Map<string, ReturnType<typeof keys.tuple>[number]>();
  for (let key = -1; key < keys.size; key++) cellOf.set(labelOf(key), keys.tuple(key)[at] ?? null);
  const rank = (line: string) => (order.includes(line) ? order.indexOf(line) : order.length);
  return [...lines].sort(
    (left, right) => rank(left) - rank(right) || byGroup(cellOf.get(left) ?? null, cellOf.get(right) ?? null),
  );
}

function finite(us: number): number {
  return Number.isFinite(us) ? us : 0;
}
