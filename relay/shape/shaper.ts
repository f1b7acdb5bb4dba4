import type { StreamSchema } from '../../contract/protocol/down.ts';
import { MAX_TIME_US } from '../../contract/protocol/frame.ts';
import type { Field, FieldType, RecordPart } from '../../contract/spec/field.ts';
import type { Fields } from '../decode/json.ts';
import { Rejected } from '../decode/rejected.ts';
import type { RawRecord } from '../sources/source.ts';
import { isFraction, readCell, unfit } from './cells.ts';
import { type Column, fieldOf, judge, timeFieldOf } from './column.ts';
import { incompatibility, isSame, newestOf, RECORD_TIME } from './continue.ts';
import { declaredPath, findTime, observe, roleOf, type Seen, settleType, typeOf, unitOf } from './infer.ts';
import { childNode, dropLeaf, IGNORED, type NameNode, nodeAt, pathTo, rootNode, TIME } from './name-tree.ts';
import { Names } from './names.ts';
import { COLUMN_PREFIX, type NamedPart, partValue, Topics } from './record-parts.ts';
import type { Cell, Row } from './row.ts';
import { declaredField, type ShapeSpec } from './shape-spec.ts';
import { badTime, readTimeUs } from './time-text.ts';

/**
 * Fields → rows of one stream, by what its spec declares and what its records show. (D2–D6, D9–D12)
 *
 *     sample(…) up to 200 records ─▶ settle() ─▶ version 1 ─▶ shape(…) ─▶ row | rejected
 *                                                   └─ a new field, or an integer field that meets 1.5 ─▶ version + 1
 *     the versions a log has ─▶ goes on from the newest of them, with nothing to sample
 *
 * Names that come after the sample are taken up to a limit, for keys that are data (ids) would go on for ever; values of
 * those beyond it are passed over, counted and told.
 *
 * A row belongs to the version `schema` has right after it was shaped. Versions only ever add columns or widen one.
 */
const MAX_FIELDS = 1000;
/** Names records may add after the sample, those of the objects around them included. */
export const MAX_LATE_NAMES = 64;

export type { ShapeSpec };
export { RECORD_TIME };

export class Shaper {
  readonly #spec: ShapeSpec;
  readonly #names = new Names();
  readonly #columns: Column[] = [];
  readonly #root = rootNode('value');
  readonly #parts: Readonly<Record<RecordPart, NameNode>> = {
    key: rootNode('key'),
    headers: rootNode('headers'),
    topic: rootNode('topic'),
    properties: rootNode('properties'),
    retained: rootNode('retained'),
  };
  /** Declared names without a path of their own, for records that nest them. */
  readonly #declaredByName = new Map<string, number>();
  readonly #seen = new Map<string, Seen>();
  readonly #seenParts = new Map<RecordPart, Map<string, Seen>>();
  readonly #topics = new Topics();
  /** Columns of `topic`, `topic_1`, …, in that order. */
  readonly #topicColumns: number[] = [];
  readonly #versions = new Map<number, StreamSchema>();
  /** Why the rows of the versions given cannot be followed by rows of this spec: the log must be dropped. null: they can. (D12) */
  readonly incompatible: string | null = null;
  #newest: StreamSchema | null = null;
  #lastVersion = 0;
  #timeName: string | null = null;
  #sampled = 0;
  #lateNames = 0;
  #ignored: { values: number; readonly first: string } | null = null;
  #changed = false;
  /** Event time of the record being shaped. */
  #timeUs: number | null = null;
  #newestTimeUs: number | null = null;

  /** `restored`: the versions of the log this goes on from; the numbers of those that follow go on as well, always. */
  constructor(spec: ShapeSpec, restored: readonly StreamSchema[] = []) {
    this.#spec = spec;
    const last = newestOf(restored);
    if (last !== null) {
      this.#lastVersion = last.version;
      this.incompatible = incompatibility(spec, last);
    }
    const kept = this.incompatible === null ? last : null;
    if (kept !== null) {
      for (const schema of restored) this.#versions.set(schema.version, schema);
      this.#newest = kept;
      this.#restore(kept);
    } else if (spec.time.field !== undefined) {
      // Before any other: the field that was named keeps its name.
      this.#timeName = this.#names.take([spec.time.field]);
    }
    this.#declare();
    if (kept === null) return;
    this.#addParts();
    this.#publish();
  }

  /** The newest version; null until `settle`. */
  get schema(): StreamSchema | null {
    return this.#newest;
  }

  /** A version as it was published; null before that, and for one that is forgotten. */
  schemaOf(version: number): StreamSchema | null {
    return this.#versions.get(version) ?? null;
  }

  get sampled(): number {
    return this.#sampled;
  }

  /** Values passed over because their names are too many, and the first such name; null when there are none. */
  get ignored(): { readonly values: number; readonly first: string } | null {
    return this.#ignored;
  }

  /** A record without a value is a row of its key and nulls. (D9) */
  get takesTombstones(): boolean {
    return this.#spec.columns?.includes('key') ?? false;
  }

  /** Looks at a record before the fields are settled. */
  sample(record: RawRecord, fields: Fields): void {
    this.#sampled++;
    observe(this.#seen, fields);
    if (this.#spec.topics) this.#observePart('topic', { ...this.#topics.levels(record.topic) });
    for (const part of this.#spec.columns ?? []) {
      if (part === 'headers' || part === 'properties')
        this.#observePart(part, Object.fromEntries(record.headers ?? []));
      else if (part !== 'topic' || !this.#spec.topics) this.#observePart(part, { '': partValue(record, part) });
    }
  }

  /** Ends the sample: from now on `schema` is set. */
  settle(): StreamSchema {
    const seen = [...this.#seen.values()];
    const { field } = this.#spec.time;
    if (field === undefined) {
      const time = findTime(seen, this.#sampled);
      if (time !== null) {
        this.#timeName = this.#undeclare(nodeAt(this.#root, time.path)) ?? this.#names.take(time.path);
        nodeAt(this.#root, time.path).leaf = TIME;
      }
    } else if (!Object.hasOwn(this.#spec.fields ?? {}, field))
      nodeAt(this.#root, declaredPath(field, seen)).leaf = TIME;
    const levels = [...(this.#spec.topics ? (this.#seenParts.get('topic')?.values() ?? []) : [])];
    for (const [level, entry] of levels.entries()) this.#addTopicLevel(level, entry, levels.length === 2);
    this.#addParts();
    for (const entry of seen) {
      const node = nodeAt(this.#root, entry.path);
      if (node.leaf === null) this.#addLeaf(node, settleType(entry.types), entry);
      else judge(this.#columns[node.leaf], entry);
    }
    this.#seen.clear();
    this.#seenParts.clear();
    return this.#publish();
  }

  shape(record: RawRecord, fields: Fields): Row | Rejected {
    const cells: Cell[] = new Array(this.#columns.length).fill(null);
    this.#timeUs = this.#timeName === null ? record.timestampMs * 1000 : null;
    const rejected = this.#fill(fields, this.#root, cells);
    if (this.#spec.topics) this.#fillTopic(record.topic, cells);
    if (this.#spec.columns !== undefined) this.#fillParts(record, this.#spec.columns, cells);
    if (rejected !== null) return rejected;
    const isTombstone = record.value === null && this.takesTombstones;
    const eventTimeUs = isTombstone ? this.#tombstoneTimeUs(record) : this.#timeUs;
    if (eventTimeUs === null)
      return new Rejected(`no time: field "${this.#timeName}" is missing; send it, or name another under time.field`, {
        field: this.#timeName ?? RECORD_TIME,
        kind: `no time: field "${this.#timeName}" is missing`,
      });
    if (!(Math.abs(eventTimeUs) <= MAX_TIME_US))
      return new Rejected(`the record's own time ${record.timestampMs} ms is out of range`, {
        kind: "the record's own time is out of range",
      });
    const floorUs = Math.floor(eventTimeUs);
    if (this.#newestTimeUs === null || floorUs > this.#newestTimeUs) this.#newestTimeUs = floorUs;
    // What only records that are no rows have shown is told with the first row after them.
    if (this.#changed) this.#publish();
    return { eventTimeUs: floorUs, cells };
  }

  /** A tombstone has no event time of its own: its record's, but never beyond the events before it, which it may not make late. */
  #tombstoneTimeUs(record: RawRecord): number {
    const timeUs = record.timestampMs * 1000;
    return this.#timeName === null ? timeUs : Math.min(timeUs, this.#newestTimeUs ?? timeUs);
  }

  #fill(fields: Fields, node: NameNode, cells: Cell[]): Rejected | null {
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
        if (this.#timeUs === null) return badTime(this.#timeName ?? name, value, this.#spec.time.format);
      } else if (leaf === IGNORED) this.#ignore(child.path);
      else {
        const cell = this.#cell(leaf, value);
        if (cell instanceof Rejected) return cell;
        if (!child.second || (cells[leaf] ?? null) === null) cells[leaf] = cell;
      }
    }
    return null;
  }

  #cell(index: number, value: unknown): Cell | Rejected {
    const column = this.#columns[index] as Column;
    const cell = readCell(column.type, value);
    if (cell !== undefined) return cell;
    if (column.type !== 'int64' || column.declared || !isFraction(value)) return unfit(column.name, column.type, value);
    column.type = 'float64';
    this.#changed = true;
    return value as number;
  }

  #fillParts(record: RawRecord, columns: readonly RecordPart[], cells: Cell[]): void {
    for (const part of columns) {
      if (part === 'topic' && this.#spec.topics) continue;
      if (part === 'headers' || part === 'properties') {
        for (const [name, value] of record.headers ?? []) {
          const child = this.#parts[part].children.get(name) ?? this.#lateChild(this.#parts[part], name);
          if (child === null) continue;
          const leaf = child.leaf ?? this.#addPartLeaf(part, child, null);
          if (leaf === IGNORED) this.#ignore([part, ...child.path]);
          else cells[leaf] = value;
        }
        continue;
      }
      const { leaf } = this.#parts[part];
      if (leaf !== null) cells[leaf] = partValue(record, part);
    }
  }

  /** A name first met after the sample; null when there were too many, which leaves no trace of it. */
  #lateChild(node: NameNode, name: string): NameNode | null {
    const path = [...node.path, name];
    if (node.part === 'value' && this.#isDeclared(path.join('_'))) return childNode(node, name);
    if (this.#lateNames < MAX_LATE_NAMES) {
      this.#lateNames++;
      return childNode(node, name);
    }
    this.#ignore(node.part === 'value' ? path : [node.part, ...path]);
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

  /** Where the value of a path without a column goes: to the declared field of its flattened name, else to a new column. */
  #addLeaf(node: NameNode, type: FieldType, entry: Seen | null): number {
    node.leaf =
      this.#declaredByName.get(node.path.join('_')) ??
      (this.#columns.length >= MAX_FIELDS ? IGNORED : this.#addColumn(node.path, type, entry, { path: node.path }));
    return node.leaf;
  }

  #addPartLeaf(part: NamedPart, node: NameNode, entry: Seen | null): number {
    const named = [COLUMN_PREFIX[part], ...node.path];
    node.leaf =
      this.#columns.length >= MAX_FIELDS ? IGNORED : this.#addColumn(named, 'string', entry, { part, path: node.path });
    return node.leaf;
  }

  #addColumn(
    named: readonly string[],
    type: FieldType,
    entry: Seen | null,
    more: { readonly path: readonly string[]; readonly part?: RecordPart; readonly role?: Field['role'] },
  ): number {
    const name = this.#names.take(named);
    const { path, part, role = roleOf(name, type, entry) } = more;
    this.#changed = true;
    return this.#columns.push({ name, type, role, unit: unitOf(name), part, path, declared: false }) - 1;
  }

  #declare(): void {
    const time = this.#spec.time.field;
    for (const [name, declared] of Object.entries(this.#spec.fields ?? {})) {
      const { type, unit, paths } = declaredField(declared);
      const nodes = (paths ?? [[name]]).map((path) => nodeAt(this.#root, path));
      for (const [index, node] of nodes.entries()) node.second = index > 0;
      if (name === time || (time === undefined && name === this.#timeName)) {
        for (const node of nodes) node.leaf = TIME;
        continue;
      }
      let index = this.#columns.findIndex((column) => column.name === name && column.part === undefined);
      if (index === -1) index = this.#addColumn([name], type, null, { path: paths?.[0] ?? [name] });
      const column = this.#columns[index] as Column;
      Object.assign(column, { type, declared: true, unit: unit ?? column.unit });
      for (const node of nodes) node.leaf = index;
      if (paths === null) this.#declaredByName.set(name, index);
    }
    if (time !== undefined && this.#newest !== null && !Object.hasOwn(this.#spec.fields ?? {}, time))
      nodeAt(
        this.#root,
        this.#newest.fields.find(({ name }) => name === this.#timeName)?.path ?? time.split('.'),
      ).leaf = TIME;
  }

  /** A declared field that is found to be the time has no column of its own; its name, null where it is none. */
  #undeclare({ leaf, path }: NameNode): string | null {
    const index = leaf ?? this.#declaredByName.get(path.join('_')) ?? null;
    if (index === null) return null;
    dropLeaf(this.#root, index);
    for (const [name, at] of this.#declaredByName)
      if (at === index) this.#declaredByName.delete(name);
      else if (at > index) this.#declaredByName.set(name, at - 1);
    return this.#columns.splice(index, 1)[0]?.name ?? null;
  }

  /** The columns of the parts that are asked for, and those of the names in them that were seen. */
  #addParts(): void {
    for (const part of this.#spec.columns ?? []) {
      const seen = [...(this.#seenParts.get(part)?.values() ?? [])];
      if (part === 'headers' || part === 'properties') {
        for (const entry of seen) this.#addPartLeaf(part, nodeAt(this.#parts[part], entry.path), entry);
        continue;
      }
      const root = this.#parts[part];
      if (root.leaf !== null || (part === 'topic' && this.#spec.topics)) continue;
      root.leaf = this.#addColumn([part], part === 'retained' ? 'bool' : 'string', seen[0] ?? null, { part, path: [] });
    }
  }

  /** The columns of a version, under their names and at their places. */
  #restore(schema: StreamSchema): void {
    for (const { name } of schema.fields) this.#names.claim(name);
    if (schema.timeField !== RECORD_TIME) this.#timeName = schema.timeField;
    for (const field of schema.fields) {
      const { name, type, role, unit, part, path = part === undefined ? [name] : [] } = field;
      if (name === this.#timeName) {
        nodeAt(this.#root, path).leaf = TIME;
        continue;
      }
      const index = this.#columns.push({ name, type, role, unit, part, path, declared: false }) - 1;
      if (part === 'topic' && path.length === 1) this.#topicColumns[Number(path[0])] = index;
      else nodeAt(part === undefined ? this.#root : this.#parts[part], path).leaf = index;
    }
  }

  #observePart(part: RecordPart, values: Fields): void {
    const seen = this.#seenParts.get(part) ?? new Map<string, Seen>();
    this.#seenParts.set(part, seen);
    observe(seen, values);
  }

  #addTopicLevel(level: number, entry: Seen | null, alone: boolean): void {
    const name = level === 0 ? 'topic' : `topic_${level}`;
    // The whole topic says nothing its levels do not, and a level that never varies groups nothing.
    const speaks = (level === 0) === alone && entry !== null && entry.distinct.size > 1;
    const role = speaks ? roleOf(name, 'string', entry) : 'text';
    const path = [String(level)];
    this.#topicColumns[level] = this.#addColumn([name], 'string', entry, { part: 'topic', path, role });
  }

  #fillTopic(topic: string, cells: Cell[]): void {
    const levels = this.#topics.levels(topic);
    for (let level = 0; level < levels.length; level++) {
      if (level >= this.#topicColumns.length && this.#columns.length >= MAX_FIELDS) break;
      if (level >= this.#topicColumns.length) this.#addTopicLevel(level, null, false);
      cells[this.#topicColumns[level] as number] = levels[level] as string;
    }
  }

  /** What is so now, as the next version; where nothing has changed, the newest stays. */
  #publish(): StreamSchema {
    const time = this.#timeName;
    const { stream, keepUs, latestBy } = this.#spec;
    this.#changed = false;
    const schema: StreamSchema = {
      type: 'schema',
      stream,
      version: this.#lastVersion + 1,
      timeField: time ?? RECORD_TIME,
      inferred: this.#columns.some((column) => !column.declared),
      fields: [...(time === null ? [] : [timeFieldOf(time, pathTo(this.#root, TIME))]), ...this.#columns.map(fieldOf)],
      ...(keepUs !== undefined && { keepUs }),
      ...(latestBy !== undefined && { latestBy: [...latestBy] }),
    };
    if (this.#newest !== null && isSame(this.#newest, schema)) return this.#newest;
    this.#lastVersion = schema.version;
    this.#versions.set(schema.version, schema);
    this.#newest = schema;
    return schema;
  }
}
