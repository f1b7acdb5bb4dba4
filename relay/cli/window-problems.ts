import { isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { oneOf } from '../../contract/spec/nearest.ts';
import type { WindowSpec } from '../../contract/spec/window.ts';
import type { WindowProblem } from '../../contract/worker-api.ts';

/** What places a problem, and says what would be right. */
export interface Written {
  readonly file: string;
  readonly text: string;
  readonly windows: Readonly<Record<string, WindowSpec>>;
  /** Stream → its fields, `_event_time` besides. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** What the engine says of windows that cannot run, at their places in the file: `h.yaml:8:12 windows.w.by: found …, expected …`. */
export function placeProblems(problems: readonly WindowProblem[], written: Written): string[] {
  const lines = new LineCounter();
  const document = parseDocument(written.text, { lineCounter: lines });
  return problems
    .map((problem) => {
      const { window } = problem;
      const [, part = '', said = problem.message] = PART.exec(problem.message) ?? [];
      const missing = MISSING.exec(said)?.[1] ?? null;
      const path = ['windows', window, ...(part === '' ? [] : part.split('.'))];
      const node = itemWith(missing, nodeAt(document.contents, path));
      const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
      const from = written.windows[window]?.from ?? '';
      const value = isScalar(node) && part !== '' ? `${JSON.stringify(node.value)}: ` : '';
      const words =
        missing === null
          ? `found ${value}${said.trim()}, expected ${expected(problem, from)}`
          : `found ${value}no column ${JSON.stringify(missing)}, expected ${oneOf(written.fields.get(from) ?? [], missing, `a column of ${from}`)}`;
      return { line, col, text: `${written.file}:${line}:${col} ${path.join('.')}: ${words}` };
    })
    .sort((a, b) => a.line - b.line || a.col - b.col)
    .map(({ text }) => text);
}

/** Which part of a window the engine speaks of: `select.total: Binder Error …`. */
const PART = /^((?:by|where|dedup|window|compute|select)(?:\.\w+)?): ([\s\S]*)$/;
const MISSING = /Referenced column "([^"]+)" not found/;

function expected({ fix }: WindowProblem, from: string): string {
  if (/^Correct /.test(fix)) return `SQL over one row of ${from} that fits`;
  return `${fix.charAt(0).toLowerCase()}${fix.slice(1).replace(/\.$/, '')}`;
}

/** Of a list or a map of expressions, the one that names `name`. */
function itemWith(name: string | null, node: Node | null): Node | null {
  if (name === null || !(isSeq(node) || isMap(node))) return node;
  const values = isSeq(node) ? node.items : node.items.map(({ value }) => value);
  return values.filter(isScalar).find(({ value }) => String(value).includes(name)) ?? node;
}

/** The value at a path, the key of a map in its stead, or the nearest there is. */
function nodeAt(contents: unknown, path: readonly string[]): Node | null {
  let node = isNode(contents) ? contents : null;
  for (const [index, name] of path.entries()) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (pair === undefined) break;
    const isOwner = index < 2 && index === path.length - 1;
    const next = isOwner ? pair.key : pair.value;
    if (isNode(next)) node = next;
  }
  return node;
}
