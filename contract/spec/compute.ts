import type { SpecProblem } from './spec-problem.ts';
import { isReservedWord, type SqlToken, sqlProblem, tokensOf } from './sql-text.ts';

/**
 * Computed fields are text: where one is named, its expression is written in parentheses.
 *
 *     compute: { eur: price * 0.93, big: eur > 100 }
 *     where:   big AND country = 'DE'   ─▶   ((price * 0.93) > 100) AND country = 'DE'
 *
 * Only names are replaced: not what stands in quotes ("eur" is the field under it), after a dot, before a parenthesis,
 * nor a type's name (`AS`, `::`, `DATE '…'`) or a unit (`INTERVAL 1 hour`, `extract(hour FROM …)`).
 */
export type Computed = ReadonlyMap<string, string>;

const MAX_EXPANDED = 100_000;

/** Expands each by those before it. Names are kept in lower case, for SQL's case does not matter. */
export function expandComputed(
  compute: Readonly<Record<string, string>>,
  report: (problem: SpecProblem) => void,
): Computed {
  const computed = new Map<string, string>();
  const names = Object.keys(compute);
  for (const [index, name] of names.entries()) {
    const sql = compute[name] ?? '';
    const later = new Set(names.slice(index + 1).map((other) => other.toLowerCase()));
    const wrong = nameProblem(name, computed) ?? sqlProblem(sql) ?? orderProblem(name, sql, later);
    const expanded = wrong === null ? expand(sql, computed) : sql;
    if (wrong !== null) report({ path: ['compute', name], found: sql, expected: wrong });
    else if (expanded.length > MAX_EXPANDED)
      report({
        path: ['compute', name],
        found: sql,
        expected: `at most ${MAX_EXPANDED} characters with what it names written out`,
      });
    computed.set(name.toLowerCase(), expanded.length > MAX_EXPANDED ? 'NULL' : expanded);
  }
  return computed;
}

/** SQL with the names of computed fields replaced by their expressions. */
export function expand(sql: string, computed: Computed): string {
  if (computed.size === 0) return sql;
  return replaceNames(sql, (name) => {
    const expression = computed.get(name.toLowerCase());
    return expression === undefined ? name : `(${expression})`;
  });
}

function nameProblem(name: string, before: Computed): string | null {
  if (isReservedWord(name)) return `a name that SQL does not use itself; "${name}" is one`;
  return before.has(name.toLowerCase()) ? 'each name once, whatever its case' : null;
}

function orderProblem(name: string, sql: string, later: ReadonlySet<string>): string | null {
  let problem: string | null = null;
  replaceNames(sql, (found) => {
    const low = found.toLowerCase();
    if (low === name.toLowerCase())
      problem ??= `no use of itself; the field of the stream under it is written in double quotes, "${name}"`;
    else if (later.has(low)) problem ??= `only computed fields above it; move ${found} before ${name}`;
    return found;
  });
  return problem;
}

function replaceNames(sql: string, replace: (name: string) => string): string {
  const tokens = tokensOf(sql);
  return tokens
    .map((token, at) => (token.kind === 'word' && isName(tokens, at) ? replace(token.text) : token.text))
    .join('');
}

function isName(tokens: readonly SqlToken[], at: number): boolean {
  const before = neighbour(tokens, at, -1);
  const after = neighbour(tokens, at, 1);
  if (before?.kind === 'number' || before?.kind === 'text' || after?.kind === 'text') return false;
  if (before !== null && /^(\.|::|as)$/i.test(before.text)) return false;
  if (after !== null && /^(\(|:=|:)$/.test(after.text)) return false;
  return !(before?.text === '(' && /^extract$/i.test(neighbour(tokens, at, -1, 2)?.text ?? ''));
}

/** The `count`th token from here that is not blank; null when there is none. */
function neighbour(tokens: readonly SqlToken[], at: number, step: 1 | -1, count = 1): SqlToken | null {
  for (let next = at + step, left = count; ; next += step) {
    const token = tokens[next];
    if (token === undefined) return null;
    if (token.kind !== 'blank' && --left === 0) return token;
  }
}
