import type { Board } from './board.ts';
import { byNames } from './by-names.ts';
import type { Named } from './check-board.ts';
import { checkOnce } from './check-once.ts';
import { checkPlaces } from './check-places.ts';
import { checkLink, checkValues } from './check-values.ts';
import { oneOf } from './nearest.ts';
import { own } from './own.ts';
import type { Panel, TablePanel } from './panel.ts';
import { columnsOf, dataOf } from './panel-uses.ts';
import { parseSelect } from './select.ts';
import type { WindowSpec } from './window.ts';
import { type Path, quote, type Report } from './yaml-file.ts';

/** Reports what panels name that is not there: streams, windows, columns, boards; and what would have no effect. */
export function checkPanels(board: Board, { streams, windows, boards }: Named, report: Report): void {
  checkPlaces(board, report);
  for (const [index, panel] of board.panels.entries()) {
    const here: Report = (path, found, expected) => report(['panels', index, ...path], found, expected);
    checkValues(panel, here);
    checkLists(panel, here);
    checkLink(panel.link, boards, here);
    const data = dataOf(panel);
    if (data.of === 'stream') {
      if (!streams.includes(data.stream)) here(['stream'], quote(data.stream), oneOf(streams, data.stream, 'a stream'));
    } else if (data.of === 'window') {
      const spec = own(windows, data.window);
      if (spec === undefined)
        here(['window'], quote(data.window), oneOf(Object.keys(windows), data.window, 'a window'));
      else checkColumns(panel, data.window, spec, here);
    }
    if (panel.kind === 'table') checkTable(panel, here);
  }
}

/** Lists in which nothing stands twice. */
function checkLists(panel: Panel, report: Report): void {
  if ('order' in panel) checkOnce(panel.order, ['order'], report);
  if (panel.kind === 'funnel') checkOnce(panel.steps, ['steps'], report);
  if (panel.kind === 'timeseries') checkOnce(panel.y, ['y'], report);
  if (panel.kind === 'table') checkOnce(panel.columns, ['columns'], report);
}

/** A table is of a stream, or of a window; of the one it has no use for what is of the other. */
function checkTable({ stream, window, over, sort }: TablePanel, report: Report): void {
  if (stream === undefined && window === undefined)
    report([], 'a table of nothing', 'stream: its latest rows, or window: one row per group');
  if (stream !== undefined && window !== undefined)
    report(['window'], 'a table of a stream and of a window', 'one of the two');
  if (stream === undefined || window !== undefined) return;
  if (over !== undefined) report(['over'], 'over, which has no effect on rows of a stream', 'it left out; or a window');
  if (sort !== undefined)
    report(['sort'], 'sort, which has no effect on rows of a stream', 'it left out: the newest stand above');
}

function checkColumns(panel: Panel, window: string, spec: WindowSpec, report: Report): void {
  const selected = Object.keys(spec.select);
  const by = byNames(spec.by);
  const { measures, groups } = columnsOf(panel);
  for (const { name, path } of measures)
    if (!selected.includes(name)) report(path, quote(name), oneOf(selected, name, `a column of ${window}’s select`));
  for (const { name, path } of groups)
    if (!by.includes(name)) report(path, quote(name), oneOf(by, name, `a by-column of ${window}`));
  if (OVER_TIME.has(panel.kind) && /^\s*global\s*\(/i.test(spec.window))
    report(['window'], quote(window), 'a window with a start and an end: a global one has no place in time');
  if (panel.kind === 'table') {
    const either = (name: string, path: Path) => {
      if (![...by, ...selected].includes(name))
        report(path, quote(name), oneOf([...by, ...selected], name, `a column of ${window}`));
    };
    for (const [index, name] of (panel.columns ?? []).entries()) either(name, ['columns', index]);
    for (const name of Object.keys(panel.cells ?? {})) either(name, ['cells', name]);
    if (panel.sort !== undefined) either(panel.sort.by, ['sort', 'by']);
  }
  if (panel.kind === 'timeseries' && panel.series === undefined) {
    if (panel.order !== undefined)
      report(['order'], 'order, which has no effect without series', 'series: a by-column; or leave it out');
    const drawn = measures.map(({ name }) => name);
    for (const name of Object.keys(panel.overrides ?? {}))
      if (!drawn.includes(name)) report(['overrides', name], quote(name), oneOf(drawn, name, 'a series of this panel'));
  }
  if (panel.kind === 'donut') checkShares(panel.value, spec, report);
}

/** Kinds with event time from left to right. */
const OVER_TIME: ReadonlySet<Panel['kind']> = new Set(['timeseries', 'heatmap', 'state-timeline', 'control-chart']);

/** Of these the values of several groups are no parts of a whole. */
const NO_SHARES: ReadonlySet<string> = new Set([
  ...['avg', 'min', 'max', 'quantile', 'median', 'count_distinct', 'top_k'],
  ...['variance', 'var_pop', 'stddev', 'stddev_pop'],
]);

function checkShares(value: string, { select }: WindowSpec, report: Report): void {
  const parsed = parseSelect(value, select[value] ?? '', Object.keys(select));
  const expression = 'select' in parsed ? parsed.select.expression : null;
  if (expression?.kind === 'aggregate' && NO_SHARES.has(expression.aggregate.fn))
    report(['value'], `${quote(value)}, ${select[value]}`, 'a count or a sum: others have no shares; or kind: barlist');
}
