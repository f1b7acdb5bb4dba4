import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { WindowProblem } from '../../contract/worker-api.ts';

/** What the engine says of windows that cannot run, at their places in the file: `h.yaml:8:12 windows.w.by: …`. */
export function placeProblems(problems: readonly WindowProblem[], file: string, text: string): string[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  return problems
    .map(({ window, message, fix }) => {
      const [, part = '', said = message] =
        /^((?:by|where|dedup|window|compute|select)(?:\.[\w]+)?): ([\s\S]*)$/.exec(message) ?? [];
      const path = ['windows', window, ...(part === '' ? [] : part.split('.'))];
      const node = nodeAt(document.contents, path);
      const { line, col } = lines.linePos(node?.range?.[0] ?? 0);
      const written = isScalar(node) && part !== '' ? `${JSON.stringify(node.value)}: ` : '';
      return { line, col, text: `${file}:${line}:${col} ${path.join('.')}: found ${written}${said}\n    ${fix}` };
    })
    .sort((a, b) => a.line - b.line || a.col - b.col)
    .map((problem) => problem.text);
}

/** The value at a path, the key of a map in its stead, or the nearest there is. */
function nodeAt(contents: unknown, path: readonly string[]): Node | null {
  let node = isNode(contents) ? contents : null;
  for (const [index, name] of path.entries()) {
    if (!isMap(node)) break;
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === name);
    if (pair === undefined) break;
    const last = index === path.length - 1;
    const next = last && isMap(pair.value) ? pair.key : pair.value;
    if (isNode(next)) node = next;
  }
  return node;
}
