import type { WindowSpec } from '../../contract/spec/window.ts';
import type { WindowProblem } from '../engine.ts';
import type { StreamState } from '../ingest/stream-state.ts';
import { PaneTable } from '../panes/pane-table.ts';
import type { Database } from '../store/database.ts';
import { backfill, expressionsOf } from './backfill.ts';
import { type RowExpression, resolveExpression, viewName } from './expressions.ts';
import type { KeptWindow } from './kept-window.ts';
import { type MeasurePlan, makeMeasures, planWindow, shapeKey, type WindowPlan } from './plan.ts';

/**
 * The windows that run. Those of one shape share a pane table; a window whose measures an existing table has takes that
 * table with its past, and for the others new tables are made and computed from the kept rows.
 */
export class WindowSet {
  readonly #database: Database;
  readonly #settle: () => void;
  #specs: Readonly<Record<string, WindowSpec>> = {};
  #kept = new Map<string, KeptWindow>();
  #problems: WindowProblem[] = [];

  /** `settle` puts all rows that came into the tables. */
  constructor(database: Database, settle: () => void) {
    this.#database = database;
    this.#settle = settle;
  }

  get all(): ReadonlyMap<string, KeptWindow> {
    return this.#kept;
  }

  get problems(): readonly WindowProblem[] {
    return this.#problems;
  }

  /** Replaces the windows. Those of a stream that has no schema yet wait for it. */
  replace(specs: Readonly<Record<string, WindowSpec>>, streams: ReadonlyMap<string, StreamState>): WindowProblem[] {
    this.#specs = specs;
    this.#problems = [];
    const kept = new Map<string, KeptWindow>();
    const taken = new Set([...streams.keys()].map((name) => name.toLowerCase()));
    for (const state of streams.values())
      for (const [name, window] of this.#ofStream(state, taken)) kept.set(name, window);
    this.#kept = kept;
    return this.#problems;
  }

  /** A stream has a schema, or a wider one: its windows are planned again. */
  refresh(streams: ReadonlyMap<string, StreamState>): void {
    this.replace(this.#specs, streams);
  }

  #ofStream(state: StreamState, taken: ReadonlySet<string>): [string, KeptWindow][] {
    const { schema } = state;
    if (!schema) return [];
    const expressions = new Map<string, RowExpression>();
    const resolve = (text: string) => {
      const known = expressions.get(text);
      if (known) return known;
      const resolved = resolveExpression(text, schema, viewName(state.name), this.#database);
      expressions.set(text, resolved);
      return resolved;
    };
    const plans: WindowPlan[] = [];
    for (const [name, spec] of Object.entries(this.#specs)) {
      if (spec.from !== state.name) continue;
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
      else this.#problems.push(planned.problem);
    }
    const tables: PaneTable[] = [];
    const pairs: [WindowPlan, PaneTable][] = [];
    const missing = new Map<string, WindowPlan[]>();
    for (const plan of plans) {
      const key = shapeKey(plan.shape);
      const table = state.tables.find((old) => shapeKey(old.shape) === key && covers(old, plan));
      if (table) {
        pairs.push([plan, table]);
        if (!tables.includes(table)) tables.push(table);
      } else missing.set(key, [...(missing.get(key) ?? []), plan]);
    }
    const made: PaneTable[] = [];
    for (const group of missing.values()) {
      const [first] = group;
      if (!first) continue;
      const measures = new Map<string, MeasurePlan>(group.flatMap((plan) => [...plan.measures]));
      const table = new PaneTable(first.shape, makeMeasures(measures));
      made.push(table);
      for (const plan of group) pairs.push([plan, table]);
    }
    if (made.length > 0) this.#settle();
    backfill(this.#database, state.segments, expressions, made);
    state.tables = [...tables, ...made];
    state.expressions = withNeeded(expressions, state.tables, resolve);
    state.revision++;
    return pairs.map(([plan, table]) => [plan.name, { plan, table, state }]);
  }
}

function covers(table: PaneTable, plan: WindowPlan): boolean {
  return [...plan.measures.keys()].every((key) => table.measures.has(key));
}

/** A kept table may read expressions no window names any more. */
function withNeeded(
  expressions: ReadonlyMap<string, RowExpression>,
  tables: readonly PaneTable[],
  resolve: (text: string) => RowExpression,
): Map<string, RowExpression> {
  const needed = [...new Set(tables.flatMap(expressionsOf))];
  return new Map(needed.map((text) => [text, expressions.get(text) ?? resolve(text)] as const));
}
