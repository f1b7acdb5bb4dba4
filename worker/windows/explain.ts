import { formatDurationUs } from '../../contract/spec/duration.ts';
import type { WindowShape } from '../../contract/spec/window.ts';
import { SessionTable } from '../panes/session-table.ts';
import type { Feed, Table } from './feed.ts';
import type { KeptWindow } from './kept-window.ts';

/** The plan of all windows in words: what each table keeps, for which windows, and the SQL the database evaluates. */
export function explainWindows(windows: Iterable<KeptWindow>): string {
  const byFeed = new Map<Feed, KeptWindow[]>();
  for (const window of windows) byFeed.set(window.feed, [...(byFeed.get(window.feed) ?? []), window]);
  return [...byFeed].flatMap(([feed, kept]) => explainFeed(feed, kept)).join('\n');
}

function explainFeed(feed: Feed, kept: readonly KeptWindow[]): string[] {
  const derived = feed.name === feed.stream ? '' : ` (rows of window ${feed.name} once they are closed)`;
  const lines = [`from ${feed.name}${derived}`];
  for (const [index, table] of feed.tables.entries()) lines.push(...explainTable(table, index + 1, kept));
  const sql = [...feed.expressions].filter(([, { kind }]) => kind === 'sql');
  if (sql.length > 0) lines.push('  evaluated by the database over each batch of new rows');
  for (const [, expression] of sql)
    if (expression.kind === 'sql') lines.push(`    ${expression.sql.replaceAll('\n', '')}`);
  for (const [text, expression] of feed.expressions)
    if (expression.kind === 'condition') lines.push(`  judged from the frame’s columns: ${text}`);
  return [...lines, ''];
}

function explainTable(table: Table, number: number, kept: readonly KeptWindow[]): string[] {
  const { shape } = table;
  const lines = [`  table ${number}: ${table instanceof SessionTable ? 'sessions' : panesOf(table.slices.key)}`];
  lines.push(`    by       ${shape.by.join(', ') || 'nothing'}`);
  if (shape.where !== null) lines.push(`    where    ${shape.where}`);
  if (shape.dedup)
    lines.push(`    dedup    ${shape.dedup.by.join(', ')} within ${formatDurationUs(shape.dedup.withinUs)}`);
  if (table instanceof SessionTable)
    lines.push(
      `    gap      ${table.shape.gapUs === null ? table.shape.gapExpression : formatDurationUs(table.shape.gapUs)}`,
    );
  const measures = [...table.measures.values()].map(({ state, argument, by, filter }) => {
    const args = [argument, by].filter((part) => part !== null).join(', ');
    return `${state.constructor.name}(${args})${filter === null ? '' : ` filter (${filter})`}`;
  });
  lines.push(`    keeps    ${measures.join(' · ')}`);
  for (const window of kept)
    for (const { rows, columns } of window.groupings) {
      if (rows.table !== table) continue;
      const { by, allowUs } = window.plan.window;
      const group = columns.map((index) => by[index]?.name).join(', ');
      const allowed = allowUs > 0 ? `, allow ${formatDurationUs(allowUs)}` : '';
      lines.push(`    window   ${window.plan.name}: ${shapeText(window.plan.window.shape)} by (${group})${allowed}`);
    }
  lines.push(`    at most  ${table.maxGroups} groups over all panes`);
  return lines;
}

/** A shape as a user would write it. */
function shapeText(shape: WindowShape): string {
  const call = (kind: string, ...parts: readonly (string | null)[]) =>
    `${kind}(${parts.filter((part) => part !== null).join(', ')})`;
  const offset = 'offsetUs' in shape && shape.offsetUs !== 0 ? formatDurationUs(shape.offsetUs) : null;
  switch (shape.kind) {
    case 'tumble':
      return call('tumble', formatDurationUs(shape.sizeUs), offset);
    case 'hop':
      return call('hop', formatDurationUs(shape.sizeUs), formatDurationUs(shape.slideUs), offset);
    case 'cumulate':
      return call('cumulate', formatDurationUs(shape.sizeUs), formatDurationUs(shape.stepUs), offset);
    case 'calendar': {
      const { size, slide, stepUs, zone } = shape;
      if (stepUs !== null) return call('cumulate', size, formatDurationUs(stepUs), zone, offset);
      return slide === null ? call('tumble', size, zone, offset) : call('hop', size, slide, zone, offset);
    }
    case 'session':
      return call('session', shape.gapUs === null ? shape.gapExpression : formatDurationUs(shape.gapUs));
    case 'global':
      return 'global()';
  }
}

/** `key` of slices in words: what panes of a table are. */
function panesOf(key: string): string {
  const [kind, grain, offset, , step] = key.split(' ');
  if (kind === 'whole') return 'one pane';
  if (kind === 'calendar') return `panes of a ${grain} in ${offset}`;
  if (kind === 'stepped')
    return `panes of ${formatDurationUs(Number(step))}, begun anew with each ${grain} in ${offset}`;
  return `panes of ${formatDurationUs(Number(grain))}${offset === '0' ? '' : `, offset ${formatDurationUs(Number(offset))}`}`;
}
