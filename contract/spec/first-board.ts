import type { StreamSchema } from '../protocol/down.ts';
import type { Board } from './board.ts';
import type { Field } from './field.ts';
import type { Panel } from './panel.ts';
import { WINDOW_COLUMNS } from './parse-window.ts';
import { isReservedWord } from './sql-text.ts';
import type { WindowSpec } from './window.ts';
import { type Placed, windowPanels } from './window-panels.ts';

/**
 * The board of a stream nobody has made one for, from its declared windows and what its fields are good for, in 24 columns:
 *
 *     stats, up to six      events · sums or means · distinct ids  h 4
 *     charts, two a row     declared windows · events by each dimension, stacked · events · quantiles of each measure   h 9
 *     latest rows                                                 h 10
 */
export interface FirstBoard {
  readonly windows: Record<string, WindowSpec>;
  readonly board: Board;
}

const MAX_DIMENSIONS = 4;
const MAX_IDS = 2;
const MAX_MEASURES = 3;
/** Nothing that still has a pane is refused: what is read may be old and in any order. */
const ALLOW = '52w';

/** `taken`: names its windows may not have, of tables that are there. `declared`: windows over the stream, each shown. */
export function firstBoard(
  schema: StreamSchema,
  taken: readonly string[] = [],
  declared: Readonly<Record<string, WindowSpec>> = {},
): FirstBoard {
  const { stream } = schema;
  const names = new Names([...taken, ...Object.keys(declared)]);
  const of = (role: Field['role'], most: number) => schema.fields.filter((field) => field.role === role).slice(0, most);
  const dimensions = of('dimension', MAX_DIMENSIONS);
  const ids = of('id', MAX_IDS);
  const measures = of('measure', MAX_MEASURES);
  const columns = new Names(['events']);
  const idColumns = ids.map((field) => ({ field, column: columns.take(`distinct_${plain(field.name)}`) }));
  const measureColumns = measures.map((field) => ({
    field,
    total: columns.take(`${additive(field) ? 'sum' : 'mean'}_${plain(field.name)}`),
    p50: columns.take(`p50_${plain(field.name)}`),
    p95: columns.take(`p95_${plain(field.name)}`),
  }));

  const all = names.take(`${stream}_by_minute`);
  const select: Record<string, string> = { events: 'count()' };
  for (const { field, column } of idColumns) select[column] = `count_distinct(${quoted(field.name)})`;
  for (const { field, total, p50, p95 } of measureColumns) {
    select[total] = `${additive(field) ? 'sum' : 'avg'}(${quoted(field.name)})`;
    select[p50] = `quantile(${quoted(field.name)}, 0.5)`;
    select[p95] = `quantile(${quoted(field.name)}, 0.95)`;
  }
  const windows: Record<string, WindowSpec> = { [all]: tumbling(stream, [], select) };
  const byDimension = dimensions.map((field) => {
    const window = names.take(`${stream}_by_${plain(field.name)}`);
    const series = groupName(field.name);
    const by = series === field.name ? [quoted(field.name)] : { [series]: quoted(field.name) };
    windows[window] = tumbling(stream, by, { events: 'count()' });
    return { field, window, series };
  });

  const over = '1m';
  const stats: Placed[] = [
    { kind: 'stat', title: 'Events', window: all, value: 'events', over: 'range', sparkline: true },
    { kind: 'stat', title: 'Events in the last minute', window: all, value: 'events', over, sparkline: false },
    ...measureColumns.map(
      ({ field, total }): Placed => ({
        kind: 'stat',
        title: `${additive(field) ? 'Sum' : 'Mean'} of ${field.name}`,
        window: all,
        value: total,
        over,
        sparkline: true,
        ...unit(field),
      }),
    ),
    ...idColumns.map(
      ({ field, column }): Placed => ({
        kind: 'stat',
        title: `Distinct ${field.name}`,
        window: all,
        value: column,
        sparkline: true,
      }),
    ),
  ];
  const own = Object.entries(declared).flatMap(([name, spec]) => windowPanels(name, spec, schema));
  const charts: Placed[] = [
    ...byDimension.map(
      ({ field, window, series }): Placed => ({
        kind: 'timeseries',
        title: `Events per minute by ${field.name}`,
        window,
        y: ['events'],
        series,
        draw: 'area',
        stack: true,
      }),
    ),
    ...measureColumns.map(
      ({ field, p50, p95 }): Placed => ({
        kind: 'timeseries',
        title: `${field.name}, median and 95th percentile`,
        window: all,
        y: [p50, p95],
        draw: 'line',
        stack: false,
        ...unit(field),
      }),
    ),
  ];
  const events: Placed = {
    kind: 'timeseries',
    title: 'Events per minute',
    window: all,
    y: ['events'],
    draw: 'area',
    stack: false,
  };
  // An even number of charts fills its rows.
  const count = own.length + charts.length;
  const shown = [...own, ...(count % 2 === 1 || count === 0 ? [events] : []), ...charts];
  const statsShown = stats.slice(0, 6);
  const panels: Panel[] = [
    ...statsShown.map((stat, index): Panel => ({ ...stat, w: share(statsShown.length, index), h: 4 })),
    ...shown.map((chart): Panel => ({ ...chart, w: shown.length === 1 ? 24 : 12, h: 9 })),
    { kind: 'table', title: 'Latest events', stream, limit: 50, w: 24, h: 10 },
  ];
  return { windows, board: { title: title(stream), range: 'all', panels } };
}

function tumbling(from: string, by: WindowSpec['by'], select: Record<string, string>): WindowSpec {
  return { from, window: 'tumble(1m)', by, select, late: { allow: ALLOW } };
}

/** 24 columns shared out, the rest to the first. */
function share(count: number, index: number): number {
  const each = Math.floor(24 / count);
  return index < 24 - each * count ? each + 1 : each;
}

/** A field's name as a column of its window, where some names are taken. */
function groupName(field: string): string {
  const taken = new Names(['events', ...WINDOW_COLUMNS]);
  return taken.has(field) ? taken.take(plain(field.toLowerCase())) : field;
}

/** A field as SQL: as it is where that is a name, else in quotes. */
function quoted(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !isReservedWord(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Is a sum of it a quantity? Of money, bytes and counts it is; of temperatures, rates and durations of single events it is not. */
function additive({ name, unit: id }: Field): boolean {
  if (id !== null) return /^(currency|decbytes|bytes|short|none)/.test(id);
  return !/(temp|pressure|humidity|level|ratio|rate|percent|speed|latency|duration|voltage|score|age|lat|lon|left|_ms)(_|$|erature)/i.test(
    name,
  );
}

function unit(field: Field): { unit: string } | object {
  return field.unit === null ? {} : { unit: field.unit };
}

function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^(?=\d)/, '_');
}

/** `user_events` → `User events`. */
function title(stream: string): string {
  const words = stream.replaceAll('_', ' ').trim() || stream;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Names, each once: those that differ in case alone are one to the database. */
class Names {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken.map((name) => name.toLowerCase()));
  }

  has(name: string): boolean {
    return this.#taken.has(name.toLowerCase());
  }

  /** The name, or with the first free number. */
  take(wanted: string): string {
    let name = wanted;
    for (let n = 2; this.has(name); n++) name = `${wanted}_${n}`;
    this.#taken.add(name.toLowerCase());
    return name;
  }
}
