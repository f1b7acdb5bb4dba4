import { joinBytes } from '../join-bytes.ts';

/**
 * Changes which columns a frame's Arrow IPC stream has, without decoding it. With `_partition` uint32 and `_offset` int64
 * added, one insert puts whole rows into their table: an insert-select from a staging table cost two to four times as
 * much. With few columns left, a staging table costs as little as they do.
 *
 *   message  := FFFFFFFF, metadata bytes (i32), metadata (a flatbuffer, padded to 8), body
 *   stream   := schema message, then dictionary and record batch messages, then FFFFFFFF 00000000
 *
 * Flatbuffer offsets only point forward, so new tables are written before the old ones, and the old Field and Buffer
 * values are kept as they are. Slots used: Message (version, header type, header, body length), Schema (endianness,
 * fields), Field (type kind, dictionary), DictionaryEncoding (id), DictionaryBatch (id), RecordBatch (length, nodes,
 * buffers).
 */
export interface IpcMessage {
  readonly kind: 'schema' | 'dictionary' | 'batch';
  /** The whole message, prefix and body included. */
  readonly bytes: Uint8Array;
  readonly metadata: DataView;
  readonly bodyStart: number;
}

const KINDS: Readonly<Record<number, IpcMessage['kind']>> = { 1: 'schema', 2: 'dictionary', 3: 'batch' };

/** The messages of one complete stream; throws when it is cut short or has no end-of-stream marker. */
export function readMessages(stream: Uint8Array): IpcMessage[] {
  const messages: IpcMessage[] = [];
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  let at = 0;
  for (;;) {
    if (at + 8 > stream.length) throw new RangeError('the Arrow stream has no end-of-stream marker');
    if (view.getUint32(at, true) !== 0xffffffff) throw new RangeError(`no Arrow message at byte ${at}`);
    const size = view.getInt32(at + 4, true);
    if (size === 0) return messages;
    if (size < 0 || at + 8 + size > stream.length) throw new RangeError('the Arrow stream is cut short');
    const metadata = new DataView(stream.buffer, stream.byteOffset + at + 8, size);
    const message = root(metadata);
    const kind = KINDS[readU8(metadata, message, 1)];
    const bodyBytes = Number(readI64(metadata, message, 3));
    if (!kind) throw new RangeError('unknown Arrow message');
    const end = at + 8 + size + bodyBytes;
    if (end > stream.length) throw new RangeError('the Arrow stream is cut short');
    messages.push({ kind, bytes: stream.subarray(at, end), metadata, bodyStart: 8 + size });
    at = end;
  }
}

/** The lengths of a batch's or dictionary's columns, and how many buffers they have. */
export function batchShape({ kind, metadata }: IpcMessage): {
  readonly lengths: readonly number[];
  readonly buffers: number;
} {
  const header = follow(metadata, root(metadata), 2);
  const batch = kind === 'dictionary' ? follow(metadata, header, 1) : header;
  const nodes = follow(metadata, batch, 1);
  const lengths: number[] = [];
  for (let node = 0; node < metadata.getUint32(nodes, true); node++)
    lengths.push(Number(metadata.getBigInt64(nodes + 4 + node * 16, true)));
  return { lengths, buffers: metadata.getUint32(follow(metadata, batch, 2), true) };
}

/** The schema message with its last `drop` fields left out and `_partition` and `_offset` added. */
export function widenSchema(message: IpcMessage, drop: number): Uint8Array {
  return writeSchema(message, upTo(fieldCount(message) - drop), [
    { name: '_partition', bits: 32, signed: false },
    { name: '_offset', bits: 64, signed: true },
  ]);
}

/** A record batch with the columns of its last `drop` nodes left out and the two columns added. */
export function widenBatch(
  message: IpcMessage,
  drop: number,
  partition: Uint32Array,
  offsets: BigInt64Array,
): Uint8Array[] {
  const { lengths, buffers } = batchShape(message);
  // A dropped column is fixed-width: one node, and two buffers (validity, values).
  return writeBatch(message, upTo(lengths.length - drop), upTo(buffers - 2 * drop), [partition, offsets]);
}

/**
 * Leaves of streams with this schema the columns at these places alone, which rise: what becomes of each message. A batch
 * keeps its whole body, with what the others hold in it unread; a dictionary of another column goes.
 */
export function narrowTo(
  schema: IpcMessage,
  columns: readonly number[],
): (message: IpcMessage) => readonly Uint8Array[] {
  const kept = new Set(columns);
  const dictionaries = new Set(columns.map((column) => dictionaryOf(schema, column)));
  const buffers: number[] = [];
  let next = 0;
  for (const column of upTo(fieldCount(schema)))
    for (const end = next + bufferCount(schema, column); next < end; next++) if (kept.has(column)) buffers.push(next);
  return (message) => {
    switch (message.kind) {
      case 'schema':
        return [writeSchema(message, columns, [])];
      case 'dictionary':
        return dictionaries.has(dictionaryId(message)) ? [message.bytes] : [];
      case 'batch':
        return writeBatch(message, columns, buffers, []);
    }
  };
}

const END_OF_STREAM = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/** One complete stream of messages, which may be in parts. */
export function toStream(parts: readonly Uint8Array[]): Uint8Array {
  return joinBytes([...parts, END_OF_STREAM]);
}

interface IntColumn {
  readonly name: string;
  readonly bits: number;
  readonly signed: boolean;
}

/** The schema message with the fields at these places, and new ones after them. */
function writeSchema(schema: IpcMessage, columns: readonly number[], added: readonly IntColumn[]): Uint8Array {
  const out = new Writer();
  const header = out.message(1, 0);
  out.patch(header.slot, out.table([null, 4]));
  const vectorSlot = out.lastSlot(1);
  const vector = out.align(4).at;
  out.patch(vectorSlot, vector);
  out.u32(columns.length + added.length);
  const slots = columns.map(() => out.u32(0));
  const addedSlots = added.map(() => out.u32(0));
  for (const [index, column] of added.entries()) out.patch(addedSlots[index] ?? 0, out.intField(column));
  const base = out.append(schema.metadata);
  for (const [index, column] of columns.entries()) out.patch(slots[index] ?? 0, base + fieldAt(schema, column));
  return out.finish();
}

/** A record batch with these nodes and buffers, and new columns of values without nulls after them. */
function writeBatch(
  message: IpcMessage,
  nodes: readonly number[],
  buffers: readonly number[],
  added: readonly ArrayBufferView[],
): Uint8Array[] {
  const old = message.metadata;
  const batch = follow(old, root(old), 2);
  const [oldNodes, oldBuffers] = [follow(old, batch, 1), follow(old, batch, 2)];
  const rows = readI64(old, batch, 0);
  const body = message.bytes.subarray(message.bodyStart);
  const parts = [body, paddingOf(body)];
  let end = parts.reduce((sum, { length }) => sum + length, 0);
  const places = added.map(({ buffer, byteOffset, byteLength }) => {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    const at = end;
    const padding = paddingOf(bytes);
    parts.push(bytes, padding);
    end += bytes.length + padding.length;
    return { at, bytes: bytes.length };
  });

  const out = new Writer();
  const header = out.message(3, end);
  out.patch(header.slot, out.table([8, 4, 4], [rows]));
  const nodesSlot = out.lastSlot(1);
  const buffersSlot = out.lastSlot(2);
  out.patch(nodesSlot, out.structs(nodes.length + places.length));
  for (const node of nodes) out.copy16(old, oldNodes + 4 + node * 16);
  for (const _ of places) out.pair(rows, 0n);
  out.patch(buffersSlot, out.structs(buffers.length + 2 * places.length));
  for (const buffer of buffers) out.copy16(old, oldBuffers + 4 + buffer * 16);
  for (const { at, bytes } of places) {
    out.pair(BigInt(at), 0n);
    out.pair(BigInt(at), BigInt(bytes));
  }
  return [out.finish(), ...parts];
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** What fills the last 8 bytes. */
function paddingOf({ length }: Uint8Array): Uint8Array {
  return new Uint8Array(-length & 7);
}

/** The id of the dictionary that a column's texts are in; null: in none. */
function dictionaryOf(schema: IpcMessage, column: number): bigint | null {
  const { metadata } = schema;
  const encoding = slotAt(metadata, fieldAt(schema, column), 4);
  return encoding === 0 ? null : readI64(metadata, encoding + metadata.getUint32(encoding, true), 0);
}

/** The id of a dictionary message. */
function dictionaryId({ metadata }: IpcMessage): bigint {
  return readI64(metadata, follow(metadata, root(metadata), 2), 0);
}

const UTF8 = 5;

/** Validity and values; of texts that are no dictionary's, offsets too. */
function bufferCount(schema: IpcMessage, column: number): number {
  const isText = readU8(schema.metadata, fieldAt(schema, column), 2) === UTF8;
  return isText && dictionaryOf(schema, column) === null ? 3 : 2;
}

function fieldCount({ metadata }: IpcMessage): number {
  return metadata.getUint32(fieldsAt(metadata), true);
}

/** Where a schema message's field is. */
function fieldAt({ metadata }: IpcMessage, column: number): number {
  const entry = fieldsAt(metadata) + 4 + column * 4;
  return entry + metadata.getUint32(entry, true);
}

function fieldsAt(metadata: DataView): number {
  return follow(metadata, follow(metadata, root(metadata), 2), 1);
}

function root(view: DataView): number {
  return view.getUint32(0, true);
}

/** Position of a table's slot, or 0 when it is absent. */
function slotAt(view: DataView, table: number, slot: number): number {
  const vtable = table - view.getInt32(table, true);
  const at = 4 + slot * 2;
  const offset = at < view.getUint16(vtable, true) ? view.getUint16(vtable + at, true) : 0;
  return offset === 0 ? 0 : table + offset;
}

function follow(view: DataView, table: number, slot: number): number {
  const at = slotAt(view, table, slot);
  if (at === 0) throw new RangeError(`Arrow metadata without its field ${slot}`);
  return at + view.getUint32(at, true);
}

function readU8(view: DataView, table: number, slot: number): number {
  const at = slotAt(view, table, slot);
  return at === 0 ? 0 : view.getUint8(at);
}

function readI64(view: DataView, table: number, slot: number): bigint {
  const at = slotAt(view, table, slot);
  return at === 0 ? 0n : view.getBigInt64(at, true);
}

/** Writes a flatbuffer forwards; every position is from its start. */
class Writer {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #slots: number[] = [];
  at = 0;

  /** Root and Message table; `slot` is where the header's position belongs. */
  message(kind: number, bodyBytes: number): { slot: number } {
    const rootSlot = this.u32(0);
    this.patch(rootSlot, this.table([2, 1, 4, 8], [4, kind, 0, BigInt(bodyBytes)]));
    return { slot: this.lastSlot(2) };
  }

  /** A table with slots of these byte widths (null: absent), filled with `values`; returns its position. */
  table(widths: readonly (number | null)[], values: readonly (number | bigint)[] = []): number {
    this.align(8);
    const vtableBytes = 4 + widths.length * 2;
    // The table starts on a multiple of 8; slots are laid out widest first.
    const table = Math.ceil((this.at + vtableBytes) / 8) * 8;
    const vtable = table - vtableBytes;
    this.#reserve(table + 64);
    let end = 4;
    const offsets = widths.map(() => 0);
    for (const width of [8, 4, 2, 1])
      for (const [slot, own] of widths.entries())
        if (own === width) {
          end = Math.ceil(end / width) * width;
          offsets[slot] = end;
          end += width;
        }
    this.#view.setUint16(vtable, vtableBytes, true);
    this.#view.setUint16(vtable + 2, end, true);
    for (const [slot, offset] of offsets.entries()) this.#view.setUint16(vtable + 4 + slot * 2, offset, true);
    this.#view.setInt32(table, vtableBytes, true);
    for (const [slot, value] of values.entries()) {
      const at = table + (offsets[slot] ?? 0);
      if (typeof value === 'bigint') this.#view.setBigInt64(at, value, true);
      else if (widths[slot] === 2) this.#view.setInt16(at, value, true);
      else if (widths[slot] === 1) this.#view.setUint8(at, value);
    }
    this.#slots = offsets.map((offset) => table + offset);
    this.at = table + end;
    return table;
  }

  lastSlot(slot: number): number {
    return this.#slots[slot] ?? 0;
  }

  /** Makes the offset in `slot` point to `target`. */
  patch(slot: number, target: number): void {
    this.#view.setUint32(slot, target - slot, true);
  }

  u32(value: number): number {
    this.align(4);
    this.#reserve(this.at + 4);
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
    return this.at - 4;
  }

  align(to: number): this {
    this.at = Math.ceil(this.at / to) * to;
    return this;
  }

  /** A Field of a nullable signed integer: name, nullable, type kind (Int = 2), type, no dictionary, no children. */
  intField({ name, bits, signed }: IntColumn): number {
    const field = this.table([4, 1, 1, 4, null, 4], [0, 1, 2]);
    const [nameSlot, typeSlot, childrenSlot] = [this.lastSlot(0), this.lastSlot(3), this.lastSlot(5)];
    const text = new TextEncoder().encode(name);
    this.patch(nameSlot, this.u32(text.length));
    this.#reserve(this.at + text.length + 8);
    this.#bytes.set(text, this.at);
    this.at += text.length + 1;
    const type = this.table([4, 1], [0, signed ? 1 : 0]);
    this.#view.setInt32(this.lastSlot(0), bits, true);
    this.patch(typeSlot, type);
    this.patch(childrenSlot, this.u32(0));
    return field;
  }

  /** Starts a vector of 16-byte structs, which are aligned to 8; returns its position. */
  structs(count: number): number {
    this.at = Math.ceil((this.at + 4) / 8) * 8 - 4;
    return this.u32(count);
  }

  pair(first: bigint, second: bigint): void {
    this.#reserve(this.at + 16);
    this.#view.setBigInt64(this.at, first, true);
    this.#view.setBigInt64(this.at + 8, second, true);
    this.at += 16;
  }

  copy16(from: DataView, at: number): void {
    this.pair(from.getBigInt64(at, true), from.getBigInt64(at + 8, true));
  }

  /** Copies old metadata behind what is written, so that its tables can be pointed to; returns where. */
  append(old: DataView): number {
    const base = this.align(8).at;
    this.#reserve(base + old.byteLength);
    this.#bytes.set(new Uint8Array(old.buffer, old.byteOffset, old.byteLength), base);
    this.at = base + old.byteLength;
    return base;
  }

  /** The metadata with its message prefix, padded to 8. */
  finish(): Uint8Array {
    this.align(8);
    this.#reserve(this.at);
    const out = new Uint8Array(8 + this.at);
    const view = new DataView(out.buffer);
    view.setUint32(0, 0xffffffff, true);
    view.setInt32(4, this.at, true);
    out.set(this.#bytes.subarray(0, this.at), 8);
    return out;
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(bytes, this.#bytes.length * 2));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
