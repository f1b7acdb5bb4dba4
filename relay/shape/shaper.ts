import type { StreamSchema } from '../../contract/protocol/down.ts';
import { MAX_TIME_US } from '../../contract/protocol/frame.ts';
import type { Field, FieldType } from '../../contract/spec/field.ts';
import type { StreamSpec, TimeFormat } from '../../contract/spec/stream.ts';
import type { Fields } from '../decode/json.ts';
import { Rejected } from '../decode/rejected.ts';
import type { RawRecord } from '../sources/source.ts';
import { findTime, observe, roleOf, type Seen, settleType, typeOf, unitOf } from './infer.ts';
import { listText } from './leaves.ts';
import { Names } from './names.ts';
import type { Cell, Row } from './row.ts';
import { readTimeUs } from './time-text.ts';

/**
 * Fields → rows of one stream, by what its spec declares and what its records show. (D2–D6)
 *
 *     sample(…) up to 200 records ─▶ settle() ─▶ version 1 ─▶ shape(…) ─▶ row | rejected
 *                                                   └─ a new field, or an integer field that meets 1.5 ─▶ version + 1
 *
 * Names that come after the sample are taken up to a limit, for keys that are data (ids) would go on for ever; values of
 * those beyond it are passed over, counted and told.
 *
 * A row belongs to the version `schema` has right after it was shaped. Versions only ever add columns or widen one.
 */
export interface ShapeSpec {
  readonly stream: string;
  readonly time: { readonly field?: string | undefined; readonly format: TimeFormat };
  readonly fields: StreamSpec['fields'];
  /** Are the topic and its levels fields? (D6) */
  readonly topics: boolean;
  /** Rows this many µs older than the newest event need not be kept by a tab. */
  readonly keepUs?: number;
}

interface Column {
  readonly name: string;
  type: FieldType;
  readonly role: Field['role'];
  readonly unit: string | null;
  /** Declared types never change. */
  readonly declared: boolean;
}

/** A name within records: where its value goes, and the names inside it. */
interface Node {
  readonly path: readonly string[];
  readonly children: Map<string, Node>;
  leaf: number | null;
}

/** The `leaf` of the time field, which has no cell of its own. */
const TIME = -1;
/** The `leaf` of fields beyond `MAX_FIELDS`. */
const IGNORED = -2;
const MAX_FIELDS = 1000;
/** Names records may add after the sample, those of the objects around them included. */
export const MAX_LATE_NAMES = 64;
const MAX_TOPICS = 10_000;

/** `timeField` of a stream whose records carry no time: each has the time its source gave it. */
export const RECORD_TIME = '_event_time';

export class Shaper {
  readonly #spec: ShapeSpec;
  readonly #names = new Names();
  readonly #columns: Column[] = [];
  readonly #root: Node = { path: [], children: new Map(), leaf: null };
  /** Declared names without a path of their own, for records that nest them. */
  readonly #declaredByName = new Map<string, number>();
  readonly #seen = new Map<string, Seen>();
  readonly #topicLevels = new Map<string, readonly string[]>();
  /** Columns of `topic`, `topic_1`, …, in that order. */
  readonly #topicColumns: number[] = [];
  #timeName: string | null = null;
  #sampled = 0;
  #lateNames = 0;
  #ignored: { values: number; readonly first: string } | null = null;
  #changed = false;
  readonly #versions: StreamSchema[] = [];

  constructor(spec: ShapeSpec) {
    this.#spec = spec;
    const time = spec.time.field;
    // Before any other: the field that was named keeps its name.
    if (time !== undefined) this.#timeName = this.#names.take([time]);
    for (const [name, declared] of Object.entries(spec.fields ?? {})) {
      const { type, unit, from } = typeof declared === 'string' ? { type: declared } : declared;
      const path = from === undefined ? [name] : from.split('.');
      if (name === time) this.#node(path).leaf = TIME;
      else this.#node(path).leaf = this.#addColumn([name], type, null, { unit: unit ?? unitOf(name), declared: true });
      if (from === undefined && name !== time) this.#declaredByName.set(name, this.#columns.length - 1);
    }
  }

  /** The newest version; null until `settle`. */
  get schema(): StreamSchema | null {
    return this.#versions.at(-1) ?? null;
  }

  /** A version as it was published; null before that. */
  schemaOf(version: number): StreamSchema | null {
    return this.#versions[version - 1] ?? null;
  }

  get sampled(): number {
    return this.#sampled;
  }

  /** Values passed over because their names are too many, and the first such name; null when there are none. */
  get ignored(): { readonly values: number; readonly first: string } | null {
    return this.#ignored;
  }

  /** Looks at a record before the fields are settled. */
  sample(record: RawRecord, fields: Fields): void {
    this.#sampled++;
    observe(this.#seen, fields);
    if (this.#spec.topics)
      observe(this.#seen, { [TOPIC_KEY]: Object.fromEntries(this.#levels(record.topic).entries()) });
  }

  /** Ends the sample: from now on `schema` is set. */
  settle(): StreamSchema {
    const all = [...this.#seen.values()];
    const topics = all.filter((entry) => entry.path[0] === TOPIC_KEY);
    const seen = all.filter((entry) => entry.path[0] !== TOPIC_KEY);
    const { field } = this.#spec.time;
    if (field === undefined) {
      const time = findTime(seen, this.#sampled);
      if (time !== null) {
        this.#timeName = this.#names.take(time.path);
        this.#node(time.path).leaf = TIME;
      }
    } else if (!Object.hasOwn(this.#spec.fields ?? {}, field)) this.#node(this.#pathOf(field, seen)).leaf = TIME;
    topics.forEach((entry, level) => {
      this.#addTopicLevel(level, entry, topics.length === 2);
    });
    for (const entry of seen) {
      const node = this.#node(entry.path);
      if (node.leaf === null) this.#addLeaf(node, settleType(entry.types), entry);
    }
    this.#seen.clear();
    return this.#publish();
  }

  shape(record: RawRecord, fields: Fields): Row | Rejected {
    const cells: Cell[] = new Array(this.#columns.length).fill(null);
    this.#timeUs = this.#timeName === null ? record.timestampMs * 1000 : null;
    const rejected = this.#fill(fields, this.#root, cells);
    if (this.#spec.topics) this.#fillTopic(record.topic, cells);
    if (this.#changed) this.#publish();
    if (rejected !== null) return rejected;
    const eventTimeUs: number | null = this.#timeUs;
    if (eventTimeUs === null)
      return new Rejected(`no time: field "${this.#timeName}" is missing; send it, or name another under time.field`);
    if (!(Math.abs(eventTimeUs) <= MAX_TIME_US))
      return new Rejected(`the record's own time ${record.timestampMs} ms is out of range`);
    return { eventTimeUs: Math.floor(eventTimeUs), cells };
  }

  /** Event time of the record being shaped. */
  #timeUs: number | null = null;

  #fill(fields: Fields, node: Node, cells: Cell[]): Rejected | null {
    for (const name in fields) {
      const value = fields[name];
      if (value === null || value === undefined) continue;
      const child = node.children.get(name) ?? this.#lateChild(node, name);
      if (child === null) continue;
      if (typeof value === 'object' && !Array.isArray(value)) {
        const rejected = this.#fill(value as Fields, child, cells);
        if (rejected !== null) return rejected;
        continue;
      }
      const leaf = child.leaf ?? this.#addLeaf(child, typeOf(value), null);
      if (leaf === TIME) {
        this.#timeUs = readTimeUs(value, this.#spec.time.format);
        if (this.#timeUs === null) return this.#badTime(value);
      } else if (leaf === IGNORED) this.#ignore(child.path);
      else {
        const cell = this.#cell(leaf, value);
        if (cell instanceof Rejected) return cell;
        cells[leaf] = cell;
      }
    }
    return null;
  }

  #cell(index: number, value: unknown): Cell | Rejected {
    const column = this.#columns[index] as Column;
    switch (column.type) {
      case 'string':
        if (typeof value === 'string') return value;
        if (Array.isArray(value)) return listText(value);
        break;
      case 'float64':
        if (typeof value === 'number' && Number.isFinite(value)) return value;
        if (typeof value === 'bigint') return Number(value);
        break;
      case 'int64':
        if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
        if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) return value;
        if (typeof value === 'number' && Number.isFinite(value) && !column.declared) {
          column.type = 'float64';
          this.#changed = true;
          return value;
        }
        break;
      case 'bool':
        if (typeof value === 'boolean') return value;
        break;
      case 'timestamp': {
        const us = readTimeUs(value, 'auto');
        if (us !== null) return us;
      }
    }
    const way =
      typeof value === 'string' || column.type !== 'string'
        ? `send ${withArticle(column.type)}, or declare ${column.name} as ${typeof value === 'string' ? 'string' : typeOf(value)}`
        : `send text, or declare ${column.name} as ${typeOf(value)}`;
    return new Rejected(`field "${column.name}": expected ${column.type}, found ${describe(value)}; ${way}`);
  }

  #badTime(value: unknown): Rejected {
    const { format } = this.#spec.time;
    const expected =
      format === 'auto' ? 'an ISO 8601 time or a Unix time' : format === 'iso' ? 'an ISO 8601 time' : `Unix ${format}`;
    return new Rejected(
      `time field "${this.#timeName}": expected ${expected} between the years 1696 and 2243, found ${describe(value)}`,
    );
  }

  /** A name first met after the sample; null when there were too many, which leaves no trace of it. */
  #lateChild(node: Node, name: string): Node | null {
    const path = [...node.path, name];
    if (this.#isDeclared(path.join('_'))) return this.#child(node, name);
    if (this.#lateNames < MAX_LATE_NAMES) {
      this.#lateNames++;
      return this.#child(node, name);
    }
    this.#ignore(path);
    return null;
  }

  /** Is it, or does it lead to, the flattened name of a declared field? */
  #isDeclared(flattened: string): boolean {
    for (const name of this.#declaredByName.keys())
      if (name === flattened || name.startsWith(`${flattened}_`)) return true;
    return false;
  }

  #ignore(path: readonly string[]): void {
    this.#ignored ??= { values: 0, first: path.join('.') };
    this.#ignored.values++;
  }

  #child(node: Node, name: string): Node {
    const child: Node = { path: [...node.path, name], children: new Map(), leaf: null };
    node.children.set(name, child);
    return child;
  }

  #node(path: readonly string[]): Node {
    return path.reduce((node, name) => node.children.get(name) ?? this.#child(node, name), this.#root);
  }

  /** Where the value of a path without a column goes: to the declared field of its flattened name, else to a new column. */
  #addLeaf(node: Node, type: FieldType, entry: Seen | null): number {
    node.leaf =
      this.#declaredByName.get(node.path.join('_')) ??
      (this.#columns.length >= MAX_FIELDS ? IGNORED : this.#addColumn(node.path, type, entry));
    return node.leaf;
  }

  #addColumn(
    path: readonly string[],
    type: FieldType,
    entry: Seen | null,
    { unit = null, declared = false }: { unit?: string | null; declared?: boolean } = {},
  ): number {
    const name = this.#names.take(path);
    this.#changed = true;
    return (
      this.#columns.push({
        name,
        type,
        role: roleOf(name, type, entry),
        unit: declared ? unit : unitOf(name),
        declared,
      }) - 1
    );
  }

  /** A declared time field may be written `meta.ts` or `meta_ts` for what records nest. */
  #pathOf(field: string, seen: readonly Seen[]): readonly string[] {
    const found = seen.find((entry) => entry.path.join('.') === field || entry.path.join('_') === field);
    return found?.path ?? field.split('.');
  }

  #levels(topic: string): readonly string[] {
    const known = this.#topicLevels.get(topic);
    if (known !== undefined) return known;
    const levels = [topic, ...topic.split('/')];
    if (this.#topicLevels.size < MAX_TOPICS) this.#topicLevels.set(topic, levels);
    return levels;
  }

  #addTopicLevel(level: number, entry: Seen | null, alone: boolean): void {
    const name = this.#names.take([level === 0 ? 'topic' : `topic_${level}`]);
    // The whole topic says nothing its levels do not, and a level that never varies groups nothing.
    const role =
      (level === 0) === alone && entry !== null && entry.distinct.size > 1 ? roleOf(name, 'string', entry) : 'text';
    this.#topicColumns.push(this.#columns.push({ name, type: 'string', role, unit: null, declared: false }) - 1);
    this.#changed = true;
  }

  #fillTopic(topic: string, cells: Cell[]): void {
    const levels = this.#levels(topic);
    for (let level = 0; level < levels.length; level++) {
      if (level >= this.#topicColumns.length && this.#columns.length >= MAX_FIELDS) break;
      if (level >= this.#topicColumns.length) this.#addTopicLevel(level, null, false);
      cells[this.#topicColumns[level] as number] = levels[level] as string;
    }
  }

  #publish(): StreamSchema {
    const time: Field[] =
      this.#timeName === null ? [] : [{ name: this.#timeName, type: 'timestamp', role: 'time', unit: null }];
    this.#changed = false;
    const schema: StreamSchema = {
      type: 'schema',
      stream: this.#spec.stream,
      version: this.#versions.length + 1,
      timeField: this.#timeName ?? RECORD_TIME,
      inferred: this.#columns.some((column) => !column.declared),
      fields: [...time, ...this.#columns.map(({ name, type, role, unit }) => ({ name, type, role, unit }))],
      ...(this.#spec.keepUs !== undefined && { keepUs: this.#spec.keepUs }),
    };
    this.#versions.push(schema);
    return schema;
  }
}

/** Stands for the topic among the sampled paths; not a name JSON text is likely to hold. */
const TOPIC_KEY = '\0topic';

function withArticle(type: FieldType): string {
  return type === 'int64' ? 'an int64' : `a ${type}`;
}

/** A value for a message: its kind and the start of it. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return `list ${cut(listText(value))}`;
  if (typeof value === 'string') return `string ${cut(JSON.stringify(value))}`;
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number too large for float64';
  return `${typeof value === 'bigint' ? 'number' : typeof value} ${cut(String(value))}`;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
