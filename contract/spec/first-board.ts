import type { StreamSchema } from '../protocol/down.ts';
import type { Board } from './board.ts';
import type { Field } from './field.ts';
import type { Panel } from './panel.ts';
import { WINDOW_COLUMNS } from './parse-window.ts';
import { isReservedWord } from './sql-text.ts';
import type { WindowSpec } from './window.ts';

/**
 * The board of a stream nobody has made one for, from what its fields are good for, in 24 columns:
 *
 *     stats, up to six      events · distinct ids · sums or means  h 4
 *     charts, two a row     events by each dimension, stacked · events · quantiles of each measure   h 9
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

/** `taken` holds names its windows may not have: of tables that are there. */
export function firstBoard(schema: StreamSchema, taken: Readonly<Record<string, unknown>> = {}): FirstBoard {
  const { stream } = schema;
  const of = (role: Field['role'], most: number) => schema.fields.filter((field) => field.role === role).slice(0, most);
  const dimensions = of('dimension', MAX_DIMENSIONS);
  const ids = of('id', MAX_IDS);
  const measures = of('measure', MAX_MEASURES);
  const columns = new Columns();
  const idColumns = ids.map((field) => ({ field, column: columns.name('distinct', field.name) }));
  const measureColumns = measures.map((field) => ({
    field,
    total: columns.name(additive(field) ? 'sum' : 'mean', field.name),
    p50: columns.name('p50', field.name),
    p95: columns.name('p95', field.name),
  }));

  const all = uniqueKey(taken, `${stream}_by_minute`);
  const select: Record<string, string> = { events: 'count()' };
  for (const { field, column } of idColumns) select[column] = `count_distinct(${quoted(field.name)})`;
  for (const { field, total, p50, p95 } of measureColumns) {
    select[total] = `${additive(field) ? 'sum' : 'avg'}(${quoted(field.name)})`;
    select[p50] = `quantile(${quoted(field.name)}, 0.5)`;
    select[p95] = `quantile(${quoted(field.name)}, 0.95)`;
  }
  const windows: Record<string, WindowSpec> = { [all]: tumbling(stream, [], select) };
  const byDimension = dimensions.map((field) => {
    const window = uniqueKey({ ...taken, ...windows }, `${stream}_by_${plain(field.name)}`);
    const series = groupName(field.name);
    const by = series === field.name ? [quoted(field.name)] : { [series]: quoted(field.name) };
    windows[window] = tumbling(stream, by, { events: 'count()' });
    return { field, window, series };
  });

  const over = '1m';
  const stats: Placed[] = [
    { kind: 'stat', title: 'Events', window: all, value: 'events', over: 'range', sparkline: true },
    { kind: 'stat', title: 'Events in the last minute', window: all, value: 'events', over, sparkline: false },
    ...idColumns.map(
      ({ field, column }): Placed => ({
        kind: 'stat',
        title: `Distinct ${field.name}`,
        window: all,
        value: column,
        sparkline: true,
      }),
    ),
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
  ];
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
  const shown = charts.length % 2 === 1 || charts.length === 0 ? [events, ...charts] : charts;
  const statsShown = stats.slice(0, 6);
  const panels: Panel[] = [
    ...statsShown.map((stat, index): Panel => ({ ...stat, w: share(statsShown.length, index), h: 4 })),
    ...shown.map((chart): Panel => ({ ...chart, w: shown.length === 1 ? 24 : 12, h: 9 })),
    { kind: 'table', title: 'Latest events', stream, limit: 50, w: 24, h: 10 },
  ];
  return { windows, board: { title: title(stream), range: 'all', panels } };
}

type Placed = DistributiveOmit<Extract<Panel, { kind: 'stat' | 'timeseries' }>, 'w' | 'h'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

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
  const taken = Object.fromEntries(['events', ...WINDOW_COLUMNS].map((name) => [name, true]));
  return Object.hasOwn(taken, field.toLowerCase()) ? uniqueKey(taken, `${plain(field.toLowerCase())}_2`) : field;
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

function uniqueKey(taken: Readonly<Record<string, unknown>>, wanted: string): string {
  let key = wanted;
  for (let n = 2; Object.hasOwn(taken, key); n++) key = `${wanted}_${n}`;
  return key;
}

/** `user_events` → `User events`. */
function title(stream: string): string {
  const words = stream.replaceAll('_', ' ').trim() || stream;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Names of select columns, each once. */
class Columns {
  readonly #taken: Record<string, true> = { events: true };

  name(kind: string, field: string): string {
    const name = uniqueKey(this.#taken, `${kind}_${plain(field)}`);
    this.#taken[name] = true;
    return name;
  }
}
