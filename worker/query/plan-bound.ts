/**
 * Whether a query can be stopped at its deadline, judged from its plan before it runs. A cross product, and a join that
 * has no equality to hash, compares every row of one side with every row of the other, and the database does so for a
 * whole chunk of rows in one step, which nothing can end. So they are bounded by the pairs they would compare: the rows
 * of both sides, by the database's estimate, multiplied. (Q3)
 *
 *   CROSS_PRODUCT                     4,000 × 16,000,000 pairs: refused
 *   ├─ CROSS_PRODUCT   ~16,000,000    (no estimate of its own: its pairs)
 *   └─ RANGE           ~4,000
 */
export const MAX_PAIRS = 50_000_000;
/** Rows an unnest may make of one row, which the database does not estimate. */
const UNNESTED_ROWS = 10_000;
const ALL_PAIRS = new Set(['CROSS_PRODUCT', 'NESTED_LOOP_JOIN', 'BLOCKWISE_NL_JOIN', 'PIECEWISE_MERGE_JOIN']);
const ONE_ROW = new Set(['DUMMY_SCAN', 'UNGROUPED_AGGREGATE']);

interface PlanNode {
  readonly name: string;
  /** Rows it gives; null: the database says nothing. */
  readonly estimate: number | null;
  readonly children: readonly PlanNode[];
}

/** The most pairs one join of a plan would compare; `plan` is what `EXPLAIN (FORMAT json)` gives. */
export function pairsOf(plan: string): number {
  const roots: unknown = JSON.parse(plan);
  return (Array.isArray(roots) ? roots : [roots]).reduce<number>(
    (most, root) => Math.max(most, mostPairs(nodeOf(root))),
    0,
  );
}

function mostPairs(node: PlanNode): number {
  const own = ALL_PAIRS.has(node.name) ? product(node) : 0;
  return node.children.reduce((most, child) => Math.max(most, mostPairs(child)), own);
}

function rowsOf(node: PlanNode): number {
  if (ONE_ROW.has(node.name)) return 1;
  if (node.name === 'UNNEST') return product(node) * UNNESTED_ROWS;
  const below = node.name === 'PROJECTION' ? product(node) : 0;
  if (node.estimate !== null) return Math.max(node.estimate, below);
  if (ALL_PAIRS.has(node.name)) return product(node);
  return node.children.reduce((most, child) => Math.max(most, rowsOf(child)), 1);
}

function product({ children }: PlanNode): number {
  return children.reduce((pairs, child) => pairs * rowsOf(child), 1);
}

function nodeOf(value: unknown): PlanNode {
  const { name, extra_info, children } = record(value);
  const estimate = Number.parseFloat(String(record(extra_info)['Estimated Cardinality']).replace('~', ''));
  return {
    name: String(name).trim(),
    estimate: Number.isNaN(estimate) ? null : estimate,
    children: Array.isArray(children) ? children.map(nodeOf) : [],
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}
