import { isMap, isNode, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import { type Board, BoardSchema } from './board.ts';
import { type Config, ConfigSchema } from './config.ts';
import { PanelSchema } from './panel.ts';
import { parseWindow, type Window, type WindowSpec } from './window.ts';

/**
 * Files a user writes (YAML, of which JSON is a part) → checked values, or every problem in them at once.
 *
 *     text ─▶ yaml ─▶ schema ─▶ little languages (windows, selects) ─▶ references ─▶ value | problems
 */
export interface Problem {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** Dotted: `windows.actions.window`; empty for the file itself. */
  readonly path: string;
  readonly found: string;
  readonly expected: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly windows: Readonly<Record<string, Window>>;
}

/** What a board's panels may refer to. */
export interface Known {
  readonly streams: readonly string[];
  readonly windows: Readonly<Record<string, WindowSpec>>;
}

type Path = readonly (string | number)[];
type Report = (path: Path, found: string, expected: string) => void;

/** `checkSource` says what is wrong with a stream's `source:`, by whoever knows the kinds of sources. With problems
 * come the boards the text names, for whoever can tell whether they are there. */
export function loadConfig(
  text: string,
  checkSource: (source: string) => readonly { readonly found: string; readonly expected: string }[] = () => [],
): LoadedConfig | { problems: Problem[]; boards: string[] } {
  const file = new File(text);
  const config = file.read(ConfigSchema);
  const windows: Record<string, Window> = {};
  const raw = config ?? file.plain<Partial<Config>>();
  const streams = namesOf(raw.streams);
  if (config !== null && streams.length === 0)
    file.report(['streams'], 'no stream', 'at least one, such as events: { source: kafka://localhost:9092/events }');
  for (const name of streams) {
    const source = raw.streams?.[name]?.source;
    if (typeof source === 'string')
      for (const problem of checkSource(source))
        file.report(['streams', name, 'source'], problem.found, problem.expected);
  }
  for (const [name, spec] of Object.entries(objectOf(raw.windows))) {
    const window = checkWindow(spec, ['windows', name], streams, file.report);
    if (window !== null) windows[name] = window;
    if (streams.includes(name))
      file.report(['windows', name], `a window named as the stream ${name}`, 'another name: both are tables');
  }
  return config === null || file.problems.length > 0
    ? { problems: file.sorted(), boards: [raw.boards ?? []].flat().filter((board) => typeof board === 'string') }
    : { config, windows };
}

export function loadBoard(text: string, known: Known): { board: Board } | { problems: Problem[] } {
  const file = new File(text);
  const board = file.read(BoardSchema);
  const raw = board ?? file.plain<Partial<Board>>();
  for (const [name, spec] of Object.entries(objectOf(raw.windows))) {
    checkWindow(spec, ['windows', name], known.streams, file.report);
    if (known.streams.includes(name))
      file.report(['windows', name], `a window named as the stream ${name}`, 'another name: both are tables');
  }
  if (board !== null) checkPanels(board, { ...known.windows, ...board.windows }, known.streams, file.report);
  return board === null || file.problems.length > 0 ? { problems: file.sorted() } : { board };
}

/** `highwater.yaml:12:5 windows.x.window: found "tumble(1x)", expected tumble(1m)`. */
export function formatProblem(file: string, problem: Problem): string {
  const { line, column, path, found, expected } = problem;
  return `${file}:${line}:${column} ${path === '' ? '' : `${path}: `}found ${found}, expected ${expected}`;
}

function checkWindow(spec: unknown, path: Path, streams: readonly string[], report: Report): Window | null {
  const { from, window, by = [], select, where, late } = objectOf(spec) as Partial<WindowSpec>;
  if (typeof from === 'string' && !streams.includes(from))
    report([...path, 'from'], quote(from), oneOf(streams, from, 'a stream'));
  // What the schema has refused already stands in as something that is right, so that the rest is judged.
  const textMap = isTextMap(select);
  const texts = Array.isArray(by) && by.every((item) => typeof item === 'string');
  const parsed = parseWindow({
    from: String(from),
    window: typeof window === 'string' ? window : 'tumble(1m)',
    by: texts ? by : [],
    select: textMap ? select : standIn(select),
    ...(typeof where === 'string' && { where }),
    late: { allow: typeof late?.allow === 'string' ? late.allow : '0s' },
  });
  if ('window' in parsed) return typeof window === 'string' && textMap && texts ? parsed.window : null;
  for (const problem of parsed.problems) {
    const cut = problem.path[0] === 'select' && /[()]/.test(String(problem.path[1]) + problem.found) && isCut(select);
    report([...path, ...problem.path], quote(problem.found), cut ? QUOTE_COMMAS : problem.expected);
  }
  return null;
}

function checkPanels(
  board: Board,
  windows: Readonly<Record<string, WindowSpec>>,
  streams: readonly string[],
  report: Report,
): void {
  for (const [index, panel] of board.panels.entries()) {
    const at = (...rest: Path): Path => ['panels', index, ...rest];
    if (panel.kind === 'table') {
      if (!streams.includes(panel.stream))
        report(at('stream'), quote(panel.stream), oneOf(streams, panel.stream, 'a stream'));
      continue;
    }
    const spec = Object.hasOwn(windows, panel.window) ? windows[panel.window] : undefined;
    if (spec === undefined) {
      report(at('window'), quote(panel.window), oneOf(Object.keys(windows), panel.window, 'a window'));
      continue;
    }
    const measure = (name: string, path: Path): void => {
      if (!Object.hasOwn(spec.select, name))
        report(path, quote(name), oneOf(Object.keys(spec.select), name, `a column of ${panel.window}’s select`));
    };
    const group = (name: string | undefined, path: Path): void => {
      if (name !== undefined && !spec.by.includes(name))
        report(path, quote(name), oneOf(spec.by, name, `a by-column of ${panel.window}`));
    };
    if (panel.kind === 'timeseries') {
      for (const [y, name] of panel.y.entries()) measure(name, at('y', y));
      group(panel.series, at('series'));
    } else measure(panel.value, at('value'));
    if (panel.kind === 'barlist') group(panel.label, at('label'));
  }
}

/** One text with the places of everything in it, and the problems found so far. */
class File {
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
          oneOf(names, key, 'a known key'),
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
    const cut = path.length > 0 && path.at(-2) === 'select' && /[()]/.test(String(path.at(-1)));
    this.report(path, this.#found(path), cut ? QUOTE_COMMAS : expectation(issue));
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
const QUOTE_COMMAS = 'quotes around a value that holds a comma, as p95: "quantile(x, 0.95)"';

function isCut(select: unknown): boolean {
  return namesOf(select).some((name) => /[()]/.test(name));
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

function oneOf(names: readonly string[], found: string, what: string): string {
  const close = nearest(found, names);
  if (close !== null) return `${what}; did you mean ${close}?`;
  return names.length === 0
    ? `${what}, and there is none`
    : `${what}: ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
}

/** The name at most two letters away (a third of it for short ones); null when none is. */
function nearest(found: string, names: readonly string[]): string | null {
  const near = names
    .map((name) => ({ name, distance: editDistance(found.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance < name.length && distance <= Math.min(2, Math.ceil(name.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return near[0]?.name ?? null;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(
        Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function namesOf(value: unknown): string[] {
  return Object.keys(objectOf(value));
}

/** The select with something right in the place of what is no text, so that names which refer to it are judged. */
function standIn(select: unknown): Record<string, string> {
  const entries = Object.entries(objectOf(select)).map(([name, text]) => [
    name,
    typeof text === 'string' ? text : 'count()',
  ]);
  return Object.fromEntries(entries.length === 0 ? [['_', 'count()']] : entries);
}

function isTextMap(value: unknown): value is Record<string, string> {
  return typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string');
}
