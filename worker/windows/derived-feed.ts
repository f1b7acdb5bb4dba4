import { evaluateSql } from '../ingest/evaluate-sql.ts';
import { type Block, type Cell, type Column, setValid, type ValueType } from '../panes/column.ts';
import { judge } from '../panes/condition.ts';
import type { Follower } from '../panes/pane-table.ts';
import type { SessionFollower } from '../panes/session-table.ts';
import { arrowTable } from '../query/arrow-table.ts';
import { type Database, quoteName } from '../store/database.ts';
import { quoteTable, RAW_SCHEMA } from '../store/segments.ts';
import { closedBetween } from './emissions.ts';
import { typeOfSelect } from './evaluate.ts';
import { type RowExpression, type RowShape, sqlTypeOf } from './expressions.ts';
import type { Feed, Table } from './feed.ts';
import type { KeptGrouping, KeptWindow } from './kept-window.ts';
import { readRows, type WindowRow } from './read-rows.ts';

const STAGING = { schema: RAW_SCHEMA, name: '_staging' };

/**
 * A window's rows as what other windows are fed from: each row once, when its window is closed, at the last moment of
 * that window. So the watermark of what is derived trails by the base's allowance, and nothing in it is ever late. (W35)
 *
 *     stream ─▶ base window ── closed: end + allow ≤ watermark ─▶ row at end − 1 µs ─▶ derived windows
 */
export class DerivedFeed implements Feed {
  readonly base: KeptWindow;
  readonly fields: readonly { readonly name: string; readonly type: ValueType }[];
  expressions = new Map<string, RowExpression>();
  tables: Table[] = [];
  maxEventTimeUs: number | null = null;
  readonly #database: Database;
  readonly #followed: readonly { readonly grouping: KeptGrouping; readonly follower: Follower | SessionFollower }[];
  #fed = 0;

  constructor(base: KeptWindow, database: Database) {
    this.base = base;
    this.#database = database;
    const { window, byTypes, measures } = base.plan;
    this.fields = [
      { name: 'window_start', type: 'timestamp' },
      { name: 'window_end', type: 'timestamp' },
      ...window.by.map(({ name }, index) => ({ name, type: byTypes[index] ?? ('text' as const) })),
      ...(window.hasGroupingSets ? [{ name: 'grouping_id', type: 'integer' as const }] : []),
      ...window.select.map(({ name }) => ({ name, type: typeOfSelect(name, window.select, measures) })),
    ];
    this.#followed = base.groupings.map((grouping) => ({ grouping, follower: grouping.rows.table.follow(false) }));
  }

  get name(): string {
    return this.base.plan.name;
  }

  get stream(): string {
    return this.base.feed.stream;
  }

  get watermarkUs(): number | null {
    const { watermarkUs } = this.base.feed;
    return watermarkUs === null ? null : watermarkUs - this.base.plan.window.allowUs;
  }

  get streamTime(): NonNullable<Feed['streamTime']> {
    const { streamTime, maxEventTimeUs, watermarkUs } = this.base.feed;
    return streamTime ?? { maxEventTimeUs, watermarkUs };
  }

  /** A row is of all the time of its window. */
  readonly gaps: Feed['gaps'] = {
    touch: (fromUs, untilUs) => {
      const sizes = this.base.groupings.map(({ rows }) => rows.sizeUs);
      return this.base.feed.gaps.touch(fromUs - Math.max(0, ...sizes), untilUs);
    },
  };

  get receivedAtMs(): number | null {
    return this.base.feed.receivedAtMs;
  }

  get sealedAtMs(): number | null {
    return this.base.feed.sealedAtMs;
  }

  get revision(): number {
    return this.base.feed.revision;
  }

  get rowShape(): RowShape {
    const columns = this.fields.map(({ name, type }) => `NULL::${sqlTypeOf(type)} AS ${quoteName(name)}`);
    return {
      fields: this.fields,
      timeField: null,
      relation: `(SELECT ${[...columns, 'NULL::TIMESTAMP AS _event_time'].join(', ')} WHERE false)`,
    };
  }

  /** Feeds what has closed since the last call. */
  advance(): void {
    const watermarkUs = this.base.feed.watermarkUs;
    if (watermarkUs === null) return;
    for (const { grouping, follower } of this.#followed) {
      const fromUs = follower.takenUs;
      if (watermarkUs <= fromUs) continue;
      follower.takenUs = watermarkUs;
      const rows = this.#closed(grouping, fromUs, watermarkUs);
      if (rows.length === 0) continue;
      const before = Number.isFinite(fromUs) ? fromUs - this.base.plan.window.allowUs : null;
      const block = this.#block(rows);
      for (const table of this.tables) table.add(block, before, null);
    }
  }

  /** What has closed up to here is for tables that are made now: they are filled with it. */
  advanceTo(watermarkUs: number | null): void {
    for (const { follower } of this.#followed)
      follower.takenUs = Math.max(follower.takenUs, watermarkUs ?? Number.NEGATIVE_INFINITY);
  }

  /** Feeds new tables what has closed before; where the base's windows are folded or gone, they begin after that. */
  backfill(tables: readonly Table[]): void {
    for (const { rows } of this.base.groupings) {
      const fromUs = Math.max(
        rows.coarseBeforeUs ?? Number.NEGATIVE_INFINITY,
        rows.keptFromUs ?? Number.NEGATIVE_INFINITY,
      );
      if (Number.isFinite(fromUs)) for (const table of tables) table.keepFrom(fromUs);
    }
    for (const { grouping, follower } of this.#followed) {
      const rows = this.#closed(grouping, Number.NEGATIVE_INFINITY, follower.takenUs);
      if (rows.length === 0) continue;
      const block = this.#block(rows);
      for (const table of tables) table.add(block, null, null);
    }
  }

  close(): void {
    for (const { follower } of this.#followed) follower.leave();
  }

  #closed(grouping: KeptGrouping, fromUs: number, untilUs: number): WindowRow[] {
    const { rows } = grouping;
    const instances = closedBetween(rows, this.base.plan.window.allowUs, fromUs, untilUs).filter(
      ({ coarse, endUs }) => !coarse && Number.isFinite(endUs),
    );
    return readRows(
      this.base,
      grouping,
      instances.map((instance) => ({ instance, keys: null })),
    );
  }

  #block(rows: readonly WindowRow[]): Block {
    const timeUs = Float64Array.from(rows, ({ endUs }) => endUs - 1);
    for (const time of timeUs) this.maxEventTimeUs = Math.max(this.maxEventTimeUs ?? time, time);
    const first = this.#fed;
    this.#fed += rows.length;
    const cells = this.fields.map((_, index) => rows.map((row) => cellOf(row, index, this.base)));
    const block = new DerivedBlock(timeUs, first, this.fields, cells, this.expressions);
    const sql = [...this.expressions.values()].flatMap((one) => (one.kind === 'sql' ? [one.sql] : []));
    if (sql.length > 0) this.#evaluate(block, cells, [...new Set(sql)]);
    return block;
  }

  #evaluate(block: DerivedBlock, cells: readonly (readonly Cell[])[], sql: readonly string[]): void {
    const columns = [
      ...this.fields.map(({ name, type }, index) => ({ name, type, cells: cells[index] ?? [] })),
      { name: '_event_time', type: 'timestamp' as const, cells: [...block.timeUs] },
    ];
    const { ipc, projection } = arrowTable(columns);
    this.#database.run('BEGIN');
    try {
      this.#database.insert(ipc, STAGING, true);
      evaluateSql(this.#database, `SELECT ${projection} FROM ${quoteTable(STAGING)}`, sql, [block]);
    } finally {
      this.#database.rollback();
    }
  }
}

/** A row's cell of a field: its bounds, its by-columns, with grouping sets the id of its set, its select columns. */
function cellOf(row: WindowRow, index: number, { plan }: KeptWindow): Cell {
  if (index === 0) return row.startUs;
  if (index === 1) return row.endUs;
  const { by, hasGroupingSets } = plan.window;
  const column = index - 2;
  if (column < by.length) return row.by[column] ?? null;
  if (hasGroupingSets && column === by.length) return row.groupingId;
  return row.values[column - by.length - (hasGroupingSets ? 1 : 0)] ?? null;
}

/** Rows of a window as a block of rows. */
class DerivedBlock implements Block {
  readonly rows: number;
  readonly from = 0;
  readonly timeUs: Float64Array;
  readonly offsetAt: (row: number) => number;
  readonly computed = new Map<string, Column>();
  readonly #columns = new Map<string, Column>();
  readonly #expressions: ReadonlyMap<string, RowExpression>;

  constructor(
    timeUs: Float64Array,
    first: number,
    fields: readonly { readonly name: string; readonly type: ValueType }[],
    cells: readonly (readonly Cell[])[],
    expressions: ReadonlyMap<string, RowExpression>,
  ) {
    this.rows = timeUs.length;
    this.timeUs = timeUs;
    this.offsetAt = (row) => first + row;
    this.#expressions = expressions;
    for (const [index, { name, type }] of fields.entries()) this.#columns.set(name, columnOf(cells[index] ?? [], type));
    this.#columns.set('_event_time', { kind: 'number', values: timeUs, validity: null });
  }

  readonly partitionAt = () => 0;

  readonly column = (text: string): Column => {
    const expression = this.#expressions.get(text);
    if (!expression) throw new RangeError(`no expression "${text}"`);
    if (expression.kind === 'field') return this.#field(expression.field);
    const known = this.computed.get(expression.sql);
    if (known) return known;
    if (expression.kind === 'sql') throw new RangeError(`"${text}" was not evaluated`);
    const column = judge(expression.condition, this.rows, (field) => this.#field(field));
    this.computed.set(expression.sql, column);
    return column;
  };

  #field(name: string): Column {
    const column = this.#columns.get(name);
    if (!column) throw new RangeError(`no field "${name}"`);
    return column;
  }
}

function columnOf(cells: readonly Cell[], type: ValueType): Column {
  const validity = new Uint8Array(Math.ceil(cells.length / 8));
  let nulls = 0;
  for (const [row, cell] of cells.entries())
    if (cell === null) nulls++;
    else setValid(validity, row);
  const known = nulls > 0 ? validity : null;
  if (type === 'text') {
    const texts = [...new Set(cells.map((cell) => String(cell ?? '')))];
    const codeOf = new Map(texts.map((text, code) => [text, code] as const));
    return {
      kind: 'text',
      codes: Int32Array.from(cells, (cell) => codeOf.get(String(cell ?? '')) ?? 0),
      texts,
      validity: known,
    };
  }
  if (cells.some((cell) => typeof cell === 'bigint'))
    return { kind: 'bigint', values: BigInt64Array.from(cells, (cell) => BigInt(cell ?? 0)), validity: known };
  return { kind: 'number', values: Float64Array.from(cells, (cell) => Number(cell ?? 0)), validity: known };
}
