import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import { expectation, isCutOff, knownKey, QUOTE_COMMAS, yamlProblem } from './expectation.ts';
import { knownKeys } from './known-keys.ts';
import { quote } from './quote.ts';

export { isCutOff, QUOTE_COMMAS } from './expectation.ts';
export { quote } from './quote.ts';

export interface Problem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** Dotted: `windows.actions.window`; empty for the file itself. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

export type Path = readonly (string | number)[];
export type Report = (path: Path, found: string, expected: string) => void;

/** One text with the places of everything in it, and the problems found so far. */
export class YamlFile {
  readonly problems: Problem[] = [];
  readonly #lines = new LineCounter();
  readonly #document;
  /** As it is written; null where it cannot be told. */
  readonly #value: unknown;

  constructor(text: string) {
    // Its warnings would stand in the terminal: what is wrong is told below.
    const options = { uniqueKeys: true, prettyErrors: false, logLevel: 'error' } as const;
    this.#document = parseDocument(text, { lineCounter: this.#lines, ...options });
    const told = new Set<string>();
    for (const error of this.#document.errors) {
      const { found, expected } = yamlProblem(error);
      // Where one line begins with a tab all others do.
      if (told.has(found) && error.code === 'TAB_AS_INDENT') continue;
      told.add(found);
      this.#add(error.pos[0], [], found, expected);
      // What follows a quote that nobody closed is no text of the file's.
      if (error.code === 'MISSING_CHAR') break;
    }
    visit(this.#document, {
      Alias: (_, alias) => this.#alias(alias),
      Pair: (_, { key }) => {
        if (isScalar(key) && key.value === '__proto__')
          this.#add(key.range?.[0] ?? 0, [], quote(key.value), 'another name');
      },
    });
    this.#value = this.problems.length === 0 ? this.#read() : null;
  }

  readonly report: Report = (path, found, expected) => this.#add(this.#offset(path, false), path, found, expected);

  /** What is reported meanwhile, and is no problem of the file's otherwise. */
  collect(check: () => void): Problem[] {
    const known = this.problems.length;
    check();
    return this.problems.splice(known);
  }

  /** The line a key is on, from 1. */
  readonly lineOf = (path: Path): number => this.#lines.linePos(this.#offset(path, true)).line;

  /** The value by its schema; null when it does not fit, which is then reported. */
  read<T extends z.ZodType>(schema: T): z.output<T> | null {
    if (this.problems.length > 0) return null;
    const parsed = schema.safeParse(this.#value ?? {});
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) this.#issue(issue, schema);
    return null;
  }

  /** The value as it is written, unchecked. */
  plain<T extends object>(): T {
    return objectOf(this.#value) as T;
  }

  sorted(): Problem[] {
    return this.problems.sort((a, b) => a.line - b.line || a.column - b.column);
  }

  /** Text that begins with a `*` is, to YAML, what stands elsewhere behind `&`. */
  #alias(alias: Alias): void {
    if (alias.resolve(this.#document) !== undefined) return;
    const text = `*${alias.source}`;
    this.#add(
      alias.range?.[0] ?? 0,
      [],
      `${text}, and nothing that is named &${alias.source}`,
      `${quote(text)} in quotes`,
    );
  }

  #read(): unknown {
    try {
      return this.#document.toJS();
    } catch {
      this.#add(0, [], 'more aliases (*name) of aliases than can be read', 'what they stand for written out');
      return null;
    }
  }

  #issue(issue: z.core.$ZodIssue, schema: z.ZodType): void {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys') {
      const names = knownKeys(schema, path, this.#value);
      for (const key of issue.keys)
        this.#add(
          this.#offset([...path, key], true),
          [...path, key],
          `an unknown key ${quote(key)}`,
          isCutOff(key) ? QUOTE_COMMAS.window : knownKey(names, key),
        );
      return;
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const meant = meantBranch(issue.errors);
      for (const inner of meant ?? []) this.#issue({ ...inner, path: [...issue.path, ...inner.path] }, schema);
      if (meant !== null) return;
    }
    const within = path.at(-2);
    const cut = (within === 'select' || within === 'compute' || within === 'by') && isCutOff(path.at(-1));
    if (issue.code === 'invalid_key' && !cut) {
      const inner = issue.issues[0];
      const expected = inner === undefined ? expectation(issue, null, []) : expectation(inner, path.at(-1), []);
      this.#add(this.#offset(path, true), path, `the name ${quote(path.at(-1))}`, expected);
      return;
    }
    this.report(path, this.#found(path), cut ? QUOTE_COMMAS[within] : this.#expected(issue, path, schema));
  }

  #expected(issue: z.core.$ZodIssue, path: Path, schema: z.ZodType): string {
    const value = this.#nodeAt(path);
    return expectation(issue, isScalar(value) ? value.value : undefined, knownKeys(schema, path, this.#value));
  }

  #found(path: Path): string {
    const value = this.#nodeAt(path);
    if (isMap(value)) return value.items.length === 0 ? 'an empty map' : 'a map';
    if (isSeq(value)) return value.items.length === 0 ? 'an empty list' : 'a list';
    if (!isScalar(value) || value.value === null || value.value === undefined) return 'nothing';
    return SECRETS.includes(path.at(-1)) ? 'something else' : quote(value.value);
  }

  /** Keys that are numbers are told by their text, as paths tell them. */
  #nodeAt(path: Path): unknown {
    let node: unknown = this.#document.contents;
    for (const part of path) {
      if (isMap(node)) node = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))?.value;
      else if (isSeq(node)) node = node.items[Number(part)];
      else return undefined;
    }
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  /** Where a path is in the text: its key or its value, else the nearest part of it that is there. */
  #offset(path: Path, key: boolean): number {
    for (let length = path.length; length > 0; length--) {
      const parent = length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, length - 1), true);
      const name = path[length - 1];
      if (isMap(parent)) {
        const pair = parent.items.find((item) => (isScalar(item.key) ? String(item.key.value) : '') === String(name));
        const node = (key || length < path.length || !isNode(pair?.value) ? pair?.key : pair.value) as Node | undefined;
        if (node?.range) return node.range[0];
      }
      const node = this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return 0;
  }

  #add(offset: number, path: Path, found: string, expected: string): void {
    const { line, col } = this.#lines.linePos(offset);
    this.problems.push({ line: Math.max(1, line), column: Math.max(1, col), path: path.join('.'), found, expected });
  }
}

/** Of what stands there not even what is wrong is shown. (S11) */
const SECRETS: readonly unknown[] = ['password', 'username'];

type Issues = readonly z.core.$ZodIssue[];

/** What is wrong by the branch of a union that was meant: the one that fits best; null: nobody can tell. */
function meantBranch(branches: readonly Issues[]): Issues | null {
  // One that wants another kind of value altogether was not.
  const isMap = (issues: Issues) => issues.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys');
  const [first, second] = branches.filter(isMap).toSorted((a, b) => misfits(a) - misfits(b));
  if (first === undefined || (second !== undefined && misfits(first) === misfits(second))) return null;
  return first;
}

/** How many keys are missing, unknown, or hold what is wrong. */
function misfits(issues: Issues): number {
  const keys = issues.flatMap((issue) =>
    issue.path.length > 0 ? issue.path.slice(0, 1) : 'keys' in issue ? issue.keys : [],
  );
  return new Set(keys).size;
}

export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function namesOf(value: unknown): string[] {
  return Object.keys(objectOf(value));
}
