import type { Filter } from '../../contract/worker-api.ts';
import type { FrameBlock } from '../ingest/frame-block.ts';
import { type RecentRow, RecentRows, type RowTest } from '../ingest/recent-rows.ts';
import type { StreamState } from '../ingest/stream-state.ts';
import { type Cell, cellAt, isValid, type ValueType } from '../panes/column.ts';
import { decodeArrow, toColumns } from '../store/arrow.ts';
import { type Database, quoteName } from '../store/database.ts';
import { FIELD_TYPES, viewName } from '../windows/expressions.ts';
import { filterSql } from './filter-sql.ts';
import { filterTest } from './filter-test.ts';

/** Choices of one stream's rows whose newest are kept, beside those somebody looks at. */
const MAX_CHOICES = 32;

/** A filter on a field of the stream. */
interface FieldFilter {
  readonly field: string;
  readonly isTime: boolean;
  readonly type: ValueType;
  readonly filter: Filter;
}

export interface ChosenRows {
  readonly rows: readonly RecentRow[];
  /** Columns the stream does not have, or whose filters are not for it. */
  readonly unfiltered: readonly string[];
}

/**
 * The newest rows that filters choose. Those of a stream are looked through first; where too few of them are chosen, the
 * kept rows are asked once, by SQL, and from then on the newest chosen rows are kept as frames come.
 *
 *     newest 1,000 rows ── enough chosen? ──▶ picture
 *                  └─ no ─▶ kept rows, once ─▶ newest 1,000 chosen rows ◀─ frames
 */
export function chosenRows(
  state: StreamState,
  filters: readonly Filter[],
  limit: number,
  database: Database,
  settle: () => void,
): ChosenRows {
  const { fields, unfiltered } = fieldFilters(state, filters);
  if (fields.length === 0) return { rows: state.recent.newest(limit), unfiltered };
  const name = choiceName(fields);
  let kept = state.chosen.get(name);
  if (kept === undefined) {
    const tests = fields.map(({ field, type, filter }) => ({ field, passes: filterTest(filter, type) }));
    const found = state.recent.newest(Number.POSITIVE_INFINITY).filter(isChosen(tests));
    if (found.length >= limit || !state.recent.isFull) return { rows: found.slice(0, limit), unfiltered };
    settle();
    kept = new RecentRows(rowTest(fields));
    kept.seed(keptRows(state, fields, database, found));
  }
  state.chosen.delete(name);
  state.chosen.set(name, kept);
  const others = [...state.chosen.keys()].filter((other) => !state.watchedChoices.has(other));
  const [oldest] = others;
  if (others.length > MAX_CHOICES && oldest !== undefined) state.chosen.delete(oldest);
  return { rows: kept.newest(limit), unfiltered };
}

/** These choices of rows are looked at: what they need stays. */
export function watchChosen(state: StreamState, choices: Iterable<readonly Filter[]>): void {
  state.watchedChoices = new Set([...choices].map((filters) => choiceName(fieldFilters(state, filters).fields)));
}

/** Lets go what none of these choices of rows needs, which are looked at. */
export function keepChosen(state: StreamState, choices: Iterable<readonly Filter[]>): void {
  watchChosen(state, choices);
  for (const name of state.chosen.keys()) if (!state.watchedChoices.has(name)) state.chosen.delete(name);
}

function choiceName(fields: readonly FieldFilter[]): string {
  return JSON.stringify(fields.map(({ field, type, filter: { values, not } }) => [field, type, not, ...values]));
}

function fieldFilters({ name: stream, schema }: StreamState, filters: readonly Filter[]) {
  const fields: FieldFilter[] = [];
  const unfiltered = new Set<string>();
  for (const filter of filters) {
    const lower = filter.column.toLowerCase();
    const all = schema?.fields ?? [];
    const found =
      all.find(({ name }) => name === filter.column) ?? all.find(({ name }) => name.toLowerCase() === lower);
    if (!found || filter.of?.includes(stream) === false) unfiltered.add(filter.column);
    else
      fields.push({
        field: found.name,
        isTime: found.name === schema?.timeField,
        type: FIELD_TYPES[found.type],
        filter,
      });
  }
  return { fields, unfiltered: [...unfiltered] };
}

function isChosen(tests: readonly { readonly field: string; readonly passes: (cell: Cell) => boolean }[]) {
  return ({ cells }: RecentRow): boolean => tests.every(({ field, passes }) => passes(cells.get(field) ?? null));
}

/** The same for the rows of a frame: texts are judged once for each that is different. */
function rowTest(fields: readonly FieldFilter[]): RowTest {
  return (block: FrameBlock) => {
    const tests = fields.map(({ field, isTime, type, filter }) => {
      const passes = filterTest(filter, type);
      if (isTime) return (row: number) => passes(block.timeUs[row] ?? null);
      const column = block.field(field);
      if (column.kind !== 'text') return (row: number) => passes(cellAt(column, row));
      const byCode = column.texts.map((text) => passes(text));
      const byNull = passes(null);
      return (row: number) =>
        isValid(column.validity, row) ? (byCode[column.codes[row] as number] ?? byNull) : byNull;
    });
    return (row) => tests.every((test) => test(row));
  };
}

/** The newest chosen rows of all that are kept. How a row stood to the watermark is known of recent ones, and of those too late. */
function keptRows(
  { name, schema, tooLateRows }: StreamState,
  fields: readonly FieldFilter[],
  database: Database,
  recent: readonly RecentRow[],
): RecentRow[] {
  const columns = schema?.fields ?? [];
  const where = fields.map(({ field, type, filter }) => filterSql(quoteName(field), type, filter)).join(' AND ');
  const select = ['_event_time', '_partition', '_offset', ...columns.map((field) => quoteName(field.name))].join(', ');
  const table = decodeArrow(
    database.run(
      `SELECT ${select} FROM ${viewName(name)} WHERE ${where} ORDER BY _event_time DESC, _partition DESC, _offset DESC LIMIT ${RecentRows.capacity}`,
    ),
  );
  const known = new Map(recent.map((row) => [placeOf(row), row.arrived] as const));
  for (const row of tooLateRows.all) if (!row.counted) known.set(placeOf(row), 'too late');
  const batches = table.names.map((_, index) => toColumns(table.getChildAt(index)));
  const rows: RecentRow[] = [];
  for (const [batch, times] of (batches[0] ?? []).entries())
    for (let row = 0; row < lengthOf(times); row++) {
      const at = (index: number): Cell => {
        const column = batches[index]?.[batch];
        return column ? cellAt(column, row) : null;
      };
      const place = { timeUs: Number(at(0)), partition: Number(at(1)), offset: Number(at(2)) };
      const cells = new Map(columns.map((field, index) => [field.name, at(index + 3)] as const));
      rows.push({ ...place, cells, arrived: known.get(placeOf(place)) ?? 'in time' });
    }
  return rows;
}

function lengthOf(column: ReturnType<typeof toColumns>[number]): number {
  return column.kind === 'text' ? column.codes.length : column.values.length;
}

function placeOf({ partition, offset }: { readonly partition: number; readonly offset: number }): string {
  return `${partition}:${offset}`;
}
