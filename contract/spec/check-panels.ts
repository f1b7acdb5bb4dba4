import type { Board } from './board.ts';
import { oneOf } from './nearest.ts';
import type { Panel } from './panel.ts';
import { columnsOf, dataOf } from './panel-uses.ts';
import { byNames } from './parse-window.ts';
import type { WindowSpec } from './window.ts';
import { type Path, quote, type Report } from './yaml-file.ts';

/** Reports what panels name that is not there: streams, windows, columns; and what would have no effect. */
export function checkPanels(
  board: Board,
  windows: Readonly<Record<string, WindowSpec>>,
  streams: readonly string[],
  report: Report,
): void {
  for (const [index, panel] of board.panels.entries()) {
    const reportHere = (path: Path, found: string, expected: string) =>
      report(['panels', index, ...path], found, expected);
    checkPlace(panel, reportHere);
    const data = dataOf(panel);
    if (data.of === 'stream') {
      if (!streams.includes(data.stream))
        reportHere(['stream'], quote(data.stream), oneOf(streams, data.stream, 'a stream'));
    } else if (data.of === 'window') checkWindowPanel(panel, data.window, windows, reportHere);
    if (panel.kind !== 'table') continue;
    if (panel.stream === undefined && panel.window === undefined)
      reportHere([], 'a table of nothing', 'stream: its latest rows, or window: one row per group');
    if (panel.stream !== undefined && panel.window !== undefined)
      reportHere(['window'], 'a table of a stream and of a window', 'one of the two');
  }
}

function checkPlace({ col, row, w }: Panel, report: Report): void {
  if ((col === undefined) !== (row === undefined))
    report([col === undefined ? 'row' : 'col'], 'one of col and row', 'both of them, or none');
  if (col !== undefined && col + w > 24)
    report(['col'], `column ${col} for ${w} columns`, `at most ${24 - w}: a board has 24`);
}

function checkWindowPanel(
  panel: Panel,
  window: string,
  windows: Readonly<Record<string, WindowSpec>>,
  report: Report,
): void {
  const spec = Object.hasOwn(windows, window) ? windows[window] : undefined;
  if (spec === undefined) {
    report(['window'], quote(window), oneOf(Object.keys(windows), window, 'a window'));
    return;
  }
  const { measures, groups } = columnsOf(panel);
  for (const { name, path } of measures)
    if (!Object.hasOwn(spec.select, name))
      report(path, quote(name), oneOf(Object.keys(spec.select), name, `a column of ${window}’s select`));
  const by = byNames(spec.by);
  for (const { name, path } of groups)
    if (!by.includes(name)) report(path, quote(name), oneOf(by, name, `a by-column of ${window}`));
  if (panel.kind === 'table')
    for (const [index, name] of (panel.columns ?? []).entries()) {
      const known = [...by, ...Object.keys(spec.select)];
      if (!known.includes(name)) report(['columns', index], quote(name), oneOf(known, name, `a column of ${window}`));
    }
  if (OVER_TIME.has(panel.kind) && /^\s*global\s*\(/i.test(spec.window))
    report(['window'], quote(window), 'a window with a start and an end: a global one has no place in time');
  if (panel.kind === 'timeseries' && panel.order !== undefined && panel.series === undefined)
    report(['order'], 'order, which has no effect without series', 'series: a by-column; or leave it out');
}

/** Kinds with event time from left to right. */
const OVER_TIME: ReadonlySet<Panel['kind']> = new Set(['timeseries', 'heatmap', 'state-timeline', 'control-chart']);
