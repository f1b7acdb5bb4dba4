import { expand, expandComputed } from '../../contract/spec/compute.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { WindowProblem } from '../engine.ts';
import { filterSql } from '../filters/filter-sql.ts';
import { type Variant, Variants, variantSpecs } from '../filters/variants.ts';
import type { StreamState } from '../ingest/stream-state.ts';
import type { ValueType } from '../panes/column.ts';
import type { Database } from '../store/database.ts';
import { backfill, expressionsOf } from './backfill.ts';
import { DerivedFeed } from './derived-feed.ts';
import { type RowExpression, type RowShape, resolveExpression, streamShape } from './expressions.ts';
import type { Feed, Table } from './feed.ts';
import type { KeptWindow } from './kept-window.ts';
import { planWindow, type WindowPlan } from './plan.ts';
import { shareBudget, shareTables } from './share-tables.ts';

/** Variants share so much of the memory on top, so that the panes of no window are folded for them. */
const VARIANTS_SHARE = 1 / 8;
/** Expressions that are remembered; filters bring ever new ones. */
const MAX_RESOLVED = 5_000;

/**
 * The windows that run. Windows of one feed share tables as far as their panes, groups and conditions allow; one whose
 * measures an existing table has takes that table with its past, and for the others new tables are made and computed
 * from the kept rows.
 *
 *     stream ─▶ tables ─▶ windows ─▶ (closed rows) derived feed ─▶ tables ─▶ windows ─▶ …
 *
 * Beside those that are asked for stand variants of them, of the rows that filters choose; nobody but pictures sees them.
 */
export class WindowSet {
  readonly #database: Database;
  readonly #settle: () => void;
  readonly #paneBudgetBytes: number;
  /** With what variants have on top. */
  #budgetBytes: number;
  #tables: readonly Table[] = [];
  #specs: Readonly<Record<string, WindowSpec>> = {};
  /** With the variants of them. */
  #allSpecs: Readonly<Record<string, WindowSpec>> = {};
  #kept = new Map<string, KeptWindow>();
  #keptVariants = new Map<string, KeptWindow>();
  readonly #variants = new Variants();
  #problems: WindowProblem[] = [];
  /** By the name of the base window, in the order they are fed. */
  #derived = new Map<string, DerivedFeed>();
  #generation = 0;
  /** Expressions by their text, of each shape of rows. */
  readonly #resolved = new WeakMap<object, Map<string, RowExpression>>();

  /** `settle` puts all rows that came into the tables. */
  constructor(database: Database, settle: () => void, paneBudgetBytes: number) {
    this.#database = database;
    this.#settle = settle;
    this.#paneBudgetBytes = paneBudgetBytes;
    this.#budgetBytes = paneBudgetBytes;
  }

  get all(): ReadonlyMap<string, KeptWindow> {
    return this.#kept;
  }

  get problems(): readonly WindowProblem[] {
    return this.#problems;
  }

  /** Rises when tables may be others than before. */
  get generation(): number {
    return this.#generation;
  }

  /** Replaces the windows. Those of a stream that has no schema yet wait for it. */
  replace(specs: Readonly<Record<string, WindowSpec>>, streams: ReadonlyMap<string, StreamState>): WindowProblem[] {
    this.#specs = specs;
    this.#variants.keepOf(specs);
    this.#run(streams);
    for (const state of streams.values()) if (state.schema) state.revision++;
    return this.#problems;
  }

  /**
   * The variant of this name, made when it is not there; null: it cannot run, or there are too many. `nowMs` is monotonic;
   * null: only if it is there.
   */
  variant(wanted: Variant, streams: ReadonlyMap<string, StreamState>, nowMs: number | null): KeptWindow | null {
    if (nowMs !== null) this.#use([wanted], streams, nowMs);
    return this.#keptVariants.get(wanted.name) ?? null;
  }

  /** These are looked at: none of them gives way to others, and those that are not there are made, by one reading of the rows. */
  watchVariants(wanted: readonly Variant[], streams: ReadonlyMap<string, StreamState>, nowMs: number): void {
    this.#variants.watched = new Set(wanted.map(({ name }) => name));
    this.#use(
      wanted.filter(({ name }) => !this.#keptVariants.has(name)),
      streams,
      nowMs,
    );
  }

  #use(wanted: readonly Variant[], streams: ReadonlyMap<string, StreamState>, nowMs: number): void {
    const made = wanted.filter((variant) => this.#variants.use(variant, nowMs));
    if (made.length === 0) return;
    try {
      this.#run(streams);
    } catch (error) {
      for (const { name } of made) this.#variants.drop(name);
      throw error;
    }
  }

  /** Lets go the variants that are not named. */
  keepVariants(names: ReadonlySet<string>, streams: ReadonlyMap<string, StreamState>): void {
    if (this.#variants.keep(names)) this.#run(streams);
    if (!this.#variants.hasRefused) return;
    // There may be room for what there was none for.
    this.#variants.hasRefused = false;
    for (const state of streams.values()) state.revision++;
  }

  /** All windows anew, or, where that fails, all as they were. */
  #run(streams: ReadonlyMap<string, StreamState>): void {
    const feeds: Feed[] = [...streams.values(), ...this.#derived.values()];
    const fedBefore = feeds.map((feed) => ({ feed, tables: feed.tables, expressions: feed.expressions }));
    const [derived, specs, problems] = [this.#derived, this.#allSpecs, this.#problems];
    try {
      this.#planAll(streams);
    } catch (error) {
      for (const [name, feed] of this.#derived) if (derived.get(name) !== feed) feed.close();
      for (const { feed, ...before } of fedBefore) Object.assign(feed, before);
      this.#derived = derived;
      this.#allSpecs = specs;
      this.#problems = problems;
      throw error;
    }
  }

  #planAll(streams: ReadonlyMap<string, StreamState>): void {
    this.#allSpecs = { ...this.#specs, ...this.#variantSpecs(streams) };
    this.#generation++;
    this.#problems = [];
    const before = this.#derived;
    this.#derived = new Map();
    const kept = new Map<string, KeptWindow>();
    const taken = new Set([...streams.keys()].map((name) => name.toLowerCase()));
    for (const state of streams.values()) {
      if (!state.schema) continue;
      const fill = (tables: readonly Table[], expressions: ReadonlyMap<string, RowExpression>) => {
        this.#settle();
        const keptFromUs = rowsKeptFromUs(state);
        if (keptFromUs !== null) for (const table of tables) table.completeFrom(keptFromUs);
        backfill(this.#database, state.segments, expressions, tables, state.tooLateRows.all);
      };
      this.#plan(state, state.schema, streamShape(state.name, state.schema), taken, before, fill, kept);
    }
    for (const [name, feed] of before) if (this.#derived.get(name) !== feed) feed.close();
    this.#tables = [...streams.values(), ...this.#derived.values()].flatMap(({ tables }) => tables);
    this.#keptVariants = new Map([...kept].filter(([name]) => !Object.hasOwn(this.#specs, name)));
    for (const name of this.#keptVariants.keys()) kept.delete(name);
    this.#kept = kept;
    this.#share();
  }

  get specs(): Readonly<Record<string, WindowSpec>> {
    return this.#specs;
  }

  #share(): void {
    const own = new Set([...this.#kept.values()].flatMap(({ groupings }) => groupings.map(({ rows }) => rows.table)));
    const others = this.#tables.filter((table) => !own.has(table));
    const ofVariants = others.length === 0 ? 0 : this.#paneBudgetBytes * VARIANTS_SHARE;
    this.#budgetBytes = this.#paneBudgetBytes + ofVariants;
    shareBudget([...own], this.#paneBudgetBytes);
    shareBudget(others, ofVariants);
  }

  #variantSpecs(streams: ReadonlyMap<string, StreamState>): Record<string, WindowSpec> {
    const made = this.#variants.all.map((variant) =>
      variantSpecs(variant, this.#specs, (spec, { sql, filter }) =>
        filterSql(sql, this.#typeOf(spec, sql, streams), filter),
      ),
    );
    return Object.assign({}, ...made);
  }

  /** The type of an expression over the rows of a spec; a text where it is none: where it is planned that is told. */
  #typeOf(spec: WindowSpec, sql: string, streams: ReadonlyMap<string, StreamState>): ValueType {
    const schema = streams.get(spec.from)?.schema;
    const derived = this.#derived.get(spec.from);
    const shape = derived ? derived.rowShape : schema && streamShape(spec.from, schema);
    const of = derived ?? schema;
    if (!shape || !of) return 'text';
    const computed = expandComputed(spec.compute ?? {}, () => {});
    try {
      return this.#resolve(of, shape, expand(sql, computed)).type;
    } catch {
      return 'text';
    }
  }

  #resolve(of: object, shape: RowShape, text: string): RowExpression {
    const known = this.#resolved.get(of) ?? new Map<string, RowExpression>();
    this.#resolved.set(of, known);
    if (known.size > MAX_RESOLVED) known.clear();
    let resolved = known.get(text);
    if (!resolved) {
      resolved = resolveExpression(text, shape, this.#database);
      known.set(text, resolved);
    }
    return resolved;
  }

  /** What all panes hold now, by estimate, and may hold. (N5) */
  paneMemory(): { readonly usedBytes: number; readonly budgetBytes: number } {
    const usedBytes = this.#tables.reduce((sum, { slots }) => sum + slots.bytes, 0);
    return { usedBytes: Math.round(usedBytes), budgetBytes: this.#budgetBytes };
  }

  /** A stream has a schema, or a wider one: its windows are planned again. */
  refresh(streams: ReadonlyMap<string, StreamState>): void {
    this.replace(this.#specs, streams);
  }

  /** A stream's watermark has moved: what closed is fed to the windows over it. */
  advance(stream: string): void {
    for (const feed of this.#derived.values()) if (feed.stream === stream) feed.advance();
  }

  /** Plans the windows of a feed, and those over them. */
  #plan(
    feed: Feed,
    of: object,
    shape: RowShape,
    taken: ReadonlySet<string>,
    before: ReadonlyMap<string, DerivedFeed>,
    fill: (tables: readonly Table[], expressions: ReadonlyMap<string, RowExpression>) => void,
    kept: Map<string, KeptWindow>,
  ): void {
    const expressions = new Map<string, RowExpression>();
    const resolve = (text: string) => {
      const resolved = this.#resolve(of, shape, text);
      expressions.set(text, resolved);
      return resolved;
    };
    const plans = this.#plansOf(feed.name, taken, resolve);
    const { pairs, tables, made } = shareTables(plans, feed.tables);
    feed.tables = tables;
    feed.expressions = withNeeded(expressions, tables, resolve);
    if (made.length > 0) fill(made, feed.expressions);
    for (const [plan, groupings] of pairs) {
      const window: KeptWindow = { plan, groupings, feed };
      kept.set(plan.name, window);
      if (Object.values(this.#allSpecs).some(({ from }) => from === plan.name))
        this.#derive(window, taken, before, kept);
    }
  }

  #plansOf(from: string, taken: ReadonlySet<string>, resolve: (text: string) => RowExpression): WindowPlan[] {
    const plans: WindowPlan[] = [];
    for (const [name, spec] of Object.entries(this.#allSpecs)) {
      if (spec.from !== from) continue;
      if (taken.has(name.toLowerCase())) {
        this.#problems.push({
          window: name,
          message: `${name} is the name of a stream.`,
          fix: 'Give the window another name: both are tables to a query.',
        });
        continue;
      }
      const planned = planWindow(name, spec, resolve);
      if ('plan' in planned) plans.push(planned.plan);
      else if (Object.hasOwn(this.#specs, name)) this.#problems.push(planned.problem);
    }
    return plans;
  }

  #derive(
    base: KeptWindow,
    taken: ReadonlySet<string>,
    before: ReadonlyMap<string, DerivedFeed>,
    kept: Map<string, KeptWindow>,
  ): void {
    const { name, window } = base.plan;
    if (window.shape.kind === 'global') {
      for (const [derived, spec] of Object.entries(this.#allSpecs))
        if (spec.from === name && Object.hasOwn(this.#specs, derived))
          this.#problems.push({
            window: derived,
            message: `${name} is a global window: it never closes, so no row of it would ever come here.`,
            fix: `Give ${name} a size, or take ${derived} from ${window.from}.`,
          });
      return;
    }
    const old = before.get(name);
    const feed = old && sameBase(old.base, base) ? old : new DerivedFeed(base, this.#database);
    if (feed !== old) feed.advanceTo(base.feed.watermarkUs);
    this.#derived.set(name, feed);
    const fill = (tables: readonly Table[]) => feed.backfill(tables);
    this.#plan(feed, feed, feed.rowShape, taken, before, fill, kept);
  }
}

/** Rows with event times before this are not all kept; null: all are. */
function rowsKeptFromUs({ keptFromUs, segments }: StreamState): number | null {
  const { releasedUntilUs } = segments;
  return releasedUntilUs === null ? keptFromUs : Math.max(keptFromUs ?? releasedUntilUs, releasedUntilUs + 1);
}

/** The same rows under the same names: what was derived from them stays. */
function sameBase(left: KeptWindow, right: KeptWindow): boolean {
  return (
    left.feed === right.feed &&
    JSON.stringify([left.plan.window, left.plan.byTypes]) === JSON.stringify([right.plan.window, right.plan.byTypes]) &&
    left.groupings.every(({ rows }, index) => rows.measures === right.groupings[index]?.rows.measures)
  );
}

/** A kept table may read expressions no window names any more. */
function withNeeded(
  expressions: ReadonlyMap<string, RowExpression>,
  tables: readonly Table[],
  resolve: (text: string) => RowExpression,
): Map<string, RowExpression> {
  const needed = [...new Set(tables.flatMap(expressionsOf))];
  return new Map(needed.map((text) => [text, expressions.get(text) ?? resolve(text)] as const));
}
