import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { oneOf } from './nearest.ts';
import { PanelSchema } from './panel.ts';

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

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, uniqueKeys: true, prettyErrors: false });
    for (const error of this.#document.errors)
      this.#add(error.pos[0], [], 'no valid YAML', `${error.message.charAt(0).toLowerCase()}${error.message.slice(1)}`);
  }

  readonly report: Report = (path, found, expected) => this.#add(this.#offset(path, false), path, found, expected);

  /** The value by its schema; null when it does not fit, which is then reported. */
  read<T extends z.ZodType>(schema: T): z.output<T> | null {
    if (this.problems.length > 0) return null;
    const parsed = schema.safeParse(this.#document.toJS() ?? {});
    if (parsed.success) return parsed.data;
    for (const issue of parsed.error.issues) this.#issue(issue, schema);
    return null;
  }

  /** The value as it is written, unchecked. */
  plain<T extends object>(): T {
    return (this.#document.errors.length > 0 ? {} : objectOf(this.#document.toJS())) as T;
  }

  sorted(): Problem[] {
    return this.problems.sort((a, b) => a.line - b.line || a.column - b.column);
  }

  #issue(issue: z.core.$ZodIssue, schema: z.ZodType): void {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
    if (issue.code === 'unrecognized_keys') {
      const names = knownKeys(schema, path, this.#document.toJS());
      for (const key of issue.keys)
        this.#add(
          this.#offset([...path, key], true),
          [...path, key],
          `an unknown key ${quote(key)}`,
          isCutOff(key) ? QUOTE_COMMAS.window : oneOf(names, key, 'a known key'),
        );
      return;
    }
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      // The branch that got furthest is the one that was meant.
      const inner = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0]?.[0];
      if (inner !== undefined && inner.path.length > 0) {
        this.#issue({ ...inner, path: [...issue.path, ...inner.path] }, schema);
        return;
      }
    }
    const within = path.at(-2);
    const cut = (within === 'select' || within === 'compute' || within === 'by') && isCutOff(path.at(-1));
    this.report(path, this.#found(path), cut ? QUOTE_COMMAS[within] : expectation(issue));
  }

  #found(path: Path): string {
    const value: unknown = path.length === 0 ? this.#document.toJS() : this.#document.getIn(path);
    if (value === undefined) return 'nothing';
    if (value === null) return 'null';
    if (isNode(value)) return isMap(value) ? 'a map' : 'a list';
    return typeof value === 'object' ? 'something else' : quote(value);
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

/** `{ p95: quantile(x, 0.95) }` is, to YAML, `p95` of `quantile(x` and a key `0.95)`. */
export const QUOTE_COMMAS = {
  window: 'quotes around a value that holds a comma, as window: "hop(1h, 5m)"',
  select: 'quotes around a value that holds a comma, as p95: "quantile(x, 0.95)"',
  compute: 'quotes around a value that holds a comma, as pair: "concat(a, b)"',
  by: 'quotes around a value that holds a comma, as pair: "concat(a, b)"',
} as const;

/** Is it the beginning or the rest of a value that was cut at a comma? */
export function isCutOff(part: unknown): boolean {
  const text = String(part);
  return text.split('(').length !== text.split(')').length;
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length));
}

const LABELS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
};

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return LABELS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.map(String).join(' or ');
    case 'too_small':
      return `at least ${issue.minimum}${issue.origin === 'array' ? ' of them' : issue.origin === 'string' ? ' character' : ''}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_key':
      return 'a name of letters, digits and _, not starting with a digit';
    case 'invalid_union':
      return unionExpectation(issue);
    default:
      return issue.message.replace(/^expected /, '');
  }
}

/** The one union that is told apart by a key. */
const PANEL_KINDS = PanelSchema.options.map((option) => option.shape.kind.value);

function unionExpectation(issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>): string {
  if (issue.discriminator !== undefined) return `a known ${issue.discriminator}: ${PANEL_KINDS.join(', ')}`;
  const branches = issue.errors.flatMap((errors) => errors.slice(0, 1).map(expectation));
  return [...new Set(branches)].join(', or ') || issue.message;
}

/** Names the schema has at a path of the value; empty when that cannot be told. */
function knownKeys(schema: z.ZodType, path: Path, value: unknown): string[] {
  let here: Definition | undefined = definition(schema);
  let inside = value;
  for (const part of path) {
    inside =
      inside === null || typeof inside !== 'object' ? undefined : (inside as Record<string | number, unknown>)[part];
    here = definition(here?.shape?.[part] ?? here?.valueType ?? here?.element, inside);
  }
  return Object.keys(here?.shape ?? {});
}

interface Definition {
  readonly shape?: Record<string | number, unknown>;
  readonly valueType?: unknown;
  readonly element?: unknown;
  readonly innerType?: unknown;
  readonly options?: readonly unknown[];
}

/** What is under optional, default and union: of a union, the map whose `kind` (or else the first) is the value's. */
function definition(schema: unknown, value?: unknown): Definition | undefined {
  const found = (schema as { def?: Definition } | undefined)?.def;
  if (found?.innerType !== undefined) return definition(found.innerType, value);
  if (found?.options === undefined) return found;
  const maps = found.options.map((option) => definition(option, value)).filter((option) => option?.shape !== undefined);
  const kind = (value as { kind?: unknown } | undefined)?.kind;
  return (
    maps.find((option) =>
      (definition(option?.shape?.kind) as { values?: unknown[] } | undefined)?.values?.includes(kind),
    ) ?? maps[0]
  );
}

export function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

export function namesOf(value: unknown): string[] {
  return Object.keys(objectOf(value));
}
