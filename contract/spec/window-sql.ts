import type { Aggregate, Expression, Select } from './select.ts';
import { isReservedWord } from './sql-text.ts';
import { parseWindow, type Window, type WindowShape, type WindowSpec } from './window.ts';

/**
 * A window as plain SQL, for who knows SQL and wants to see what it does. Nothing runs it by itself: the engine keeps
 * windows as rows come, and never reads them again.
 *
 *     tumble(5s) by action ─▶ SELECT time_bucket(…) …, action, count(*) … FROM stream GROUP BY 1, 2, 3
 */
export interface WindowSql {
  /** Reads what the engine keeps of the window. */
  readonly ofWindow: string;
  /** The same from the rows it is fed; null: plain SQL cannot say it, and a note says why. */
  readonly ofRows: string | null;
  /** Where the two may differ, in sentences. */
  readonly notes: readonly string[];
}

/** `windows`: all there are, for those that are fed by another. Of a spec with problems only the first is said. */
export function windowSql(
  name: string,
  spec: WindowSpec,
  windows: Readonly<Record<string, WindowSpec>> = {},
): WindowSql {
  const ofWindow = `SELECT *\nFROM ${quoted(name)}\nORDER BY window_start DESC`;
  const parsed = parseWindow(spec);
  if ('problems' in parsed) return { ofWindow, ofRows: null, notes: ['The window has problems, and does not run.'] };
  const { window } = parsed;
  const derived = Object.hasOwn(windows, window.from);
  const slices = slicesOf(window.shape);
  const notes = notesOf(window, spec, derived);
  if (typeof slices === 'string') return { ofWindow, ofRows: null, notes: [slices, ...notes] };
  return { ofWindow, ofRows: rowsSql(window, slices, derived), notes };
}

/** How a row comes to its windows: rows it is multiplied by, and where each begins and ends. */
interface Slices {
  /** Columns that are added to each row first. */
  readonly added: readonly string[];
  /** What holds of a row and a window it is in; null: all do. */
  readonly within: string | null;
  readonly start: string;
  readonly end: string;
  /** Length in seconds, for rates. */
  readonly seconds: string;
  /** Each group's rows are told apart by gaps of this length. */
  readonly gap?: string;
}

const START = '_start';

function slicesOf(shape: WindowShape): Slices | string {
  switch (shape.kind) {
    case 'tumble':
      return {
        added: [`${bucket(shape.sizeUs, shape.offsetUs)} AS ${START}`],
        within: null,
        start: START,
        end: `${START} + ${interval(shape.sizeUs)}`,
        seconds: String(shape.sizeUs / 1e6),
      };
    case 'hop': {
      const back = Math.ceil(shape.sizeUs / shape.slideUs);
      const first = bucket(shape.slideUs, shape.offsetUs);
      return {
        added: [`${first} - unnest(range(0, ${back})) * ${interval(shape.slideUs)} AS ${START}`],
        within: `${START} + ${interval(shape.sizeUs)} > _event_time`,
        start: START,
        end: `${START} + ${interval(shape.sizeUs)}`,
        seconds: String(shape.sizeUs / 1e6),
      };
    }
    case 'cumulate': {
      const steps = shape.sizeUs / shape.stepUs;
      return {
        added: [
          `${bucket(shape.sizeUs, shape.offsetUs)} AS ${START}`,
          `unnest(range(1, ${steps + 1})) * ${interval(shape.stepUs)} AS _length`,
        ],
        within: `${START} + _length > _event_time`,
        start: START,
        end: `${START} + _length`,
        seconds: `epoch(_length)`,
      };
    }
    case 'calendar': {
      if (shape.slide !== null || shape.stepUs !== null)
        return 'Units of the calendar that overlap have no plain SQL here.';
      if (shape.zone !== 'UTC')
        return `Days of ${shape.zone} have no plain SQL here: the tab’s database has no time zones.`;
      const moved = (time: string, sign: '+' | '-') =>
        shape.offsetUs === 0 ? time : `${time} ${sign} ${interval(shape.offsetUs)}`;
      const end = `${START} + INTERVAL 1 ${shape.size.toUpperCase()}`;
      return {
        added: [`${moved(`date_trunc('${shape.size}', ${moved('_event_time', '-')})`, '+')} AS ${START}`],
        within: null,
        start: START,
        end,
        seconds: `epoch(${end}) - epoch(${START})`,
      };
    }
    case 'session':
      if (shape.gapUs === null) return 'Sessions whose gap differs by row have no plain SQL.';
      return {
        added: [],
        within: null,
        start: 'min(_event_time)',
        end: `max(_event_time) + ${interval(shape.gapUs)}`,
        seconds: `epoch(max(_event_time) + ${interval(shape.gapUs)} - min(_event_time))`,
        gap: interval(shape.gapUs),
      };
    case 'global':
      return { added: [], within: null, start: 'NULL', end: 'NULL', seconds: 'NULL' };
  }
}

function rowsSql(window: Window, slices: Slices, derived: boolean): string {
  const { shape, by, select, where, dedup, groupings, hasGroupingSets } = window;
  const conditions = [where].flatMap((condition) => (condition === null ? [] : [condition]));
  const closed = [`SELECT *, window_end - INTERVAL 1 MICROSECOND AS _event_time`, `FROM ${quoted(window.from)}`];
  const source = derived ? indented([...closed, "WHERE state <> 'provisional'"]) : quoted(window.from);
  let from = [
    `SELECT *${slices.added.map((column) => `, ${column}`).join('')}`,
    `FROM ${source}`,
    ...clause('WHERE', conditions),
    ...(dedup === null
      ? []
      : [`QUALIFY row_number() OVER (PARTITION BY ${dedup.by.join(', ')} ORDER BY ${order(derived)}) = 1`]),
  ];
  if (slices.gap !== undefined) from = sessions(from, by, slices.gap);
  else if (shape.kind === 'global' && conditions.length === 0 && dedup === null) from = [];
  const byColumns = by.map(({ name, expression }) =>
    expression === name && isName(name) ? quoted(name) : `${expression} AS ${quoted(name)}`,
  );
  const text = new SelectText(select, slices.seconds, derived);
  const columns = [
    `${slices.start} AS window_start`,
    `${slices.end} AS window_end`,
    ...byColumns,
    ...(hasGroupingSets && by.length > 0
      ? [`grouping(${by.map(({ expression }) => expression).join(', ')}) AS grouping_id`]
      : []),
    ...text.columns(),
  ];
  const own = by.map((_, index) => index + 3);
  const keys = shape.kind === 'session' ? ['_session'] : shape.kind === 'global' ? [] : ['1', '2'];
  const sets = groupings.map((grouping) => `(${grouping.map((index) => by[index]?.expression).join(', ')})`);
  const groups = hasGroupingSets ? [...keys, `GROUPING SETS (${sets.join(', ')})`] : [...keys, ...own.map(String)];
  return [
    'SELECT',
    columns.map((column) => `  ${column}`).join(',\n'),
    `FROM ${from.length === 0 ? source : indented(from)}`,
    ...clause('WHERE', slices.within === null ? [] : [slices.within]),
    ...(groups.length > 0 ? [`GROUP BY ${groups.join(', ')}`] : []),
    ...(shape.kind === 'global' ? [] : ['ORDER BY window_start DESC']),
  ].join('\n');
}

/** Rows with the number of their session: one begins where the row before it of its group is further than the gap. */
function sessions(from: readonly string[], by: Window['by'], gap: string): string[] {
  const group = by.length === 0 ? '' : `PARTITION BY ${by.map(({ expression }) => expression).join(', ')} `;
  const over = `OVER (${group}ORDER BY _event_time)`;
  return [
    `SELECT *, count(*) FILTER (WHERE _opens) ${over} AS _session`,
    `FROM ${indented([`SELECT *, coalesce(_event_time - lag(_event_time) ${over} > ${gap}, true) AS _opens`, `FROM ${indented(from)}`])}`,
  ];
}

/** Select columns as SQL: names of others are written out. */
class SelectText {
  readonly #select: readonly Select[];
  readonly #seconds: string;
  readonly #derived: boolean;

  constructor(select: readonly Select[], seconds: string, derived: boolean) {
    this.#select = select;
    this.#seconds = seconds;
    this.#derived = derived;
  }

  columns(): string[] {
    return this.#select.map(({ name, expression }) => `${this.#text(expression)} AS ${quoted(name)}`);
  }

  #text(expression: Expression, inner = false): string {
    switch (expression.kind) {
      case 'number':
        return String(expression.value);
      case 'seconds':
        return this.#seconds;
      case 'name': {
        const named = this.#select.find(({ name }) => name === expression.name);
        return named ? this.#text(named.expression, inner) : quoted(expression.name);
      }
      case 'aggregate':
        return aggregateText(expression.aggregate, this.#derived);
      case 'binary': {
        const { operator, left, right } = expression;
        const [a, b] = [this.#text(left, true), this.#text(right, true)];
        const divisor = right.kind === 'number' && right.value !== 0 ? b : `nullif(${b}, 0)`;
        const text = operator === '/' ? `${a} / ${divisor}` : `${a} ${operator} ${b}`;
        return inner ? `(${text})` : text;
      }
    }
  }
}

function aggregateText({ fn, argument, by, rank, k, filter }: Aggregate, derived: boolean): string {
  const kept = (condition: string | null) => {
    const all = [filter, condition].filter((one) => one !== null);
    return all.length === 0
      ? ''
      : ` FILTER (WHERE ${all.map((one) => (all.length > 1 ? `(${one})` : one)).join(' AND ')})`;
  };
  const x = argument ?? '*';
  const inOrder = `ORDER BY ${order(derived)}`;
  switch (fn) {
    case 'count_distinct':
      return `count(DISTINCT ${x})${kept(null)}`;
    case 'variance':
      return `var_samp(${x})${kept(null)}`;
    case 'stddev':
      return `stddev_samp(${x})${kept(null)}`;
    case 'first':
    case 'last':
      return `${fn}(${x} ${inOrder})${kept(`${x} IS NOT NULL`)}`;
    case 'arg_min':
    case 'arg_max':
      return `${fn}(${x}, ${by} ${inOrder})${kept(null)}`;
    case 'quantile':
    case 'median':
      return `quantile_cont(${x}, ${rank ?? 0.5})${kept(null)}`;
    case 'top_k':
      return `approx_top_k(${x}, ${k})${kept(null)}`;
    default:
      return `${fn}(${x})${kept(null)}`;
  }
}

/** What the engine does that this SQL does not say. */
function notesOf({ allowUs, dedup, shape, select }: Window, spec: WindowSpec, derived: boolean): string[] {
  const functions = new Set(select.flatMap(({ expression }) => aggregatesIn(expression)));
  return [
    'Rows are let go as memory needs, windows much later: the rows that are kept may begin later than the windows.',
    derived
      ? `It is fed each window of ${spec.from} once, when it is closed.`
      : `Rows that came too late for a window${allowUs > 0 ? ` (more than ${spec.late.allow} after its end)` : ''} are not counted in it; this SQL counts them.`,
    ...(functions.has('count_distinct')
      ? [
          'count_distinct is exact up to 16,384 values of a group; of more it is within about 2.4 %, where this SQL is exact.',
        ]
      : []),
    ...(functions.has('quantile')
      ? ['Quantiles of more than 256 values are within 1 %, where this SQL is exact.']
      : []),
    ...(functions.has('top_k')
      ? ['top_k is exact up to 10,000 values of a group; SQL’s approx_top_k lists values without their counts.']
      : []),
    ...(dedup === null
      ? []
      : ['Rows that come again after `within` are counted again; this SQL counts the first alone.']),
    ...(shape.kind === 'session' ? ['A late row may join two sessions that were told apart before.'] : []),
    ...(hasRate(select) && shape.kind === 'cumulate' ? ['A rate is per second of the part that is cumulated.'] : []),
  ];
}

function aggregatesIn(expression: Expression): string[] {
  if (expression.kind === 'aggregate') return [expression.aggregate.fn];
  return expression.kind === 'binary' ? [...aggregatesIn(expression.left), ...aggregatesIn(expression.right)] : [];
}

function hasRate(select: readonly Select[]): boolean {
  const has = (expression: Expression): boolean =>
    expression.kind === 'seconds' || (expression.kind === 'binary' && (has(expression.left) || has(expression.right)));
  return select.some(({ expression }) => has(expression));
}

/** Rows in the order of their time, and of those of the same time as they stand in the stream. */
function order(derived: boolean): string {
  return derived ? '_event_time' : '_event_time, _partition, _offset';
}

/** Buckets are counted from 1970, the database's own origin is another. */
function bucket(sizeUs: number, offsetUs: number): string {
  const moved = offsetUs === 0 ? '' : ` + ${interval(offsetUs)}`;
  return `time_bucket(${interval(sizeUs)}, _event_time, TIMESTAMP '1970-01-01'${moved})`;
}

const UNITS = [
  ['DAY', 86_400e6],
  ['HOUR', 3600e6],
  ['MINUTE', 60e6],
  ['SECOND', 1e6],
  ['MILLISECOND', 1e3],
  ['MICROSECOND', 1],
] as const;

function interval(us: number): string {
  const [unit, size] = UNITS.find(([, length]) => us % length === 0) ?? ['MICROSECOND', 1];
  return `INTERVAL ${us < 0 ? `(${us / size})` : us / size} ${unit}`;
}

function clause(word: string, conditions: readonly string[]): string[] {
  return conditions.length === 0 ? [] : [`${word} ${conditions.join(' AND ')}`];
}

function indented(lines: readonly string[]): string {
  return `(\n${lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`).join('\n')}\n)`;
}

function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !isReservedWord(text);
}

/** A name as SQL writes it, in quotes where it must be. */
function quoted(name: string): string {
  return isName(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
