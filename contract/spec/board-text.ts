import { Document, type Node, type Pair, stringify, type YAMLMap } from 'yaml';
import type { z } from 'zod';
import { type Board, BoardSchema } from './board.ts';
import { type Panel, PanelSchema } from './panel.ts';
import { VariableSchema } from './variable.ts';
import { WindowSpecSchema } from './window.ts';

/**
 * A board as a person would write its file: what would be so anyway is left out, and what fits a line stands on one. Read
 * again it is the same board.
 *
 *     # yaml-language-server: $schema=…      for completion in editors
 *     title: Shop
 *
 *     windows:                               its own
 *       by_minute: …
 *
 *     panels:
 *       - { kind: stat, title: Orders, w: 6, h: 4, window: by_minute, value: orders }
 */
export function boardText(board: Board, schemaUrl: string): string {
  const { variables, annotations, windows, panels, ...head } = board;
  const document = new Document({});
  const map = document.contents as YAMLMap;
  const write = new Writer(document);
  const add = (name: string, node: Node) => {
    const pair: Pair = document.createPair(name, node);
    (pair.key as Node).spaceBefore = true;
    map.add(pair);
  };
  for (const [name, value] of Object.entries(lean(BoardSchema, head, { panels })))
    map.add(document.createPair(name, write.fitting(value, name.length + 2)));
  if (variables !== undefined) {
    const all = mapped(variables, (each) => lean(VariableSchema, each));
    add('variables', write.lines(all, 2));
  }
  if (annotations !== undefined) add('annotations', write.lines(annotations, 2));
  if (windows !== undefined) {
    const all = mapped(windows, (each) => write.lines(lean(WindowSpecSchema, each), 4));
    add('windows', document.createNode(all));
  }
  add('panels', write.lines(panels.map(leanPanel), 2));
  return `# yaml-language-server: $schema=${schemaUrl}\n${document.toString(WRITTEN)}`;
}

const MAX_COLUMNS = 120;
const WRITTEN = { lineWidth: 0 } as const;

/** Values as nodes, by how much room there is. */
class Writer {
  readonly #document: Document;

  constructor(document: Document) {
    this.#document = document;
  }

  /** On one line where it fits beside what is before `column`. */
  fitting(value: unknown, column: number): Node {
    if (typeof value !== 'object' || value === null) return this.#document.createNode(value);
    const text = stringify(value, { ...WRITTEN, collectionStyle: 'flow' }).trimEnd();
    if (text.length > MAX_COLUMNS - column || hasLines(value)) return this.lines(value, column);
    return this.#document.createNode(value, { flow: true });
  }

  /** Every part on a line of its own, or several. */
  lines(value: object, column: number): Node {
    if (Array.isArray(value)) return this.#document.createNode(value.map((item) => this.fitting(item, column + 2)));
    return this.#document.createNode(mapped(value, (part, name) => this.fitting(part, column + name.length + 2)));
  }
}

/** Text of several lines is read best as it is. */
function hasLines(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('\n');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasLines);
}

/** Without the keys that change nothing. `beside`: what the schema wants beside them. */
function lean(schema: z.ZodType, value: object, beside: object = {}): Record<string, unknown> {
  const kept: Record<string, unknown> = { ...value };
  const whole = JSON.stringify(schema.parse({ ...kept, ...beside }));
  for (const key of Object.keys(value)) {
    const { [key]: _, ...without } = kept;
    const parsed = schema.safeParse({ ...without, ...beside });
    if (parsed.success && JSON.stringify(parsed.data) === whole) delete kept[key];
  }
  return kept;
}

const FIRST = ['kind', 'title', 'description', 'w', 'h', 'col', 'row', 'window', 'stream'];
const LAST = [
  'unit',
  'decimals',
  'mappings',
  'warnAbove',
  'alarmAbove',
  'warnBelow',
  'alarmBelow',
  'overrides',
  'cells',
  'link',
];

/** What it is, where it stands, what it draws, and how. */
function leanPanel(panel: Panel): Record<string, unknown> {
  const rank = (key: string) => (FIRST.includes(key) ? FIRST.indexOf(key) - FIRST.length : LAST.indexOf(key) + 1);
  const parts = Object.entries(lean(PanelSchema, panel));
  return Object.fromEntries(parts.sort(([one], [other]) => rank(one) - rank(other)));
}

function mapped<T, U>(
  of: Readonly<Record<string, T>> | object,
  change: (value: T, name: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value as T, name)]));
}
