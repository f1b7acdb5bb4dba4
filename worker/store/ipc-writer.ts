/**
 * Adds `_partition` uint32 and `_offset` int64 to a frame's Arrow IPC stream without decoding it, so that one insert puts
 * whole rows into their table: an insert-select from a staging table cost two to four times as much.
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
export const END_OF_STREAM = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

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
  const old = message.metadata;
  const schema = follow(old, root(old), 2);
  const fields = follow(old, schema, 1);
  const kept = old.getUint32(fields, true) - drop;
  const out = new Writer();
  const schemaAt = out.message(1, 0);
  out.patch(schemaAt.slot, out.table([null, 4]));
  const vectorSlot = out.lastSlot(1);
  const vector = out.align(4).at;
  out.patch(vectorSlot, vector);
  out.u32(kept + 2);
  const slots = Array.from({ length: kept + 2 }, () => out.u32(0));
  out.patch(slots[kept] ?? 0, out.intField('_partition', 32, false));
  out.patch(slots[kept + 1] ?? 0, out.intField('_offset', 64, true));
  const base = out.append(old);
  for (let field = 0; field < kept; field++) {
    const entry = fields + 4 + field * 4;
    out.patch(slots[field] ?? 0, base + entry + old.getUint32(entry, true));
  }
  return out.finish();
}

/** A record batch with the columns of its last `drop` nodes left out and the two columns added. */
export function widenBatch(
  message: IpcMessage,
  drop: number,
  partition: Uint32Array,
  offsets: BigInt64Array,
): Uint8Array[] {
  const old = message.metadata;
  const batch = follow(old, root(old), 2);
  const nodes = follow(old, batch, 1);
  const buffers = follow(old, batch, 2);
  // A dropped column is fixed-width: one node, and two buffers (validity, values).
  const nodeCount = old.getUint32(nodes, true) - drop;
  const bufferCount = old.getUint32(buffers, true) - 2 * drop;
  const body = message.bytes.subarray(message.bodyStart);
  const rows = partition.length;
  const partitionBytes = new Uint8Array(Math.ceil(partition.byteLength / 8) * 8);
  partitionBytes.set(new Uint8Array(partition.buffer, partition.byteOffset, partition.byteLength));
  const offsetBytes = new Uint8Array(offsets.buffer, offsets.byteOffset, offsets.byteLength);
  const at = Math.ceil(body.length / 8) * 8;
  const padding = new Uint8Array(at - body.length);

  const out = new Writer();
  const header = out.message(3, at + partitionBytes.length + offsetBytes.length);
  out.patch(header.slot, out.table([8, 4, 4], [BigInt(rows)]));
  const nodesSlot = out.lastSlot(1);
  const buffersSlot = out.lastSlot(2);
  out.patch(nodesSlot, out.structs(nodeCount + 2));
  for (let node = 0; node < nodeCount; node++) out.copy16(old, nodes + 4 + node * 16);
  for (let node = 0; node < 2; node++) out.pair(BigInt(rows), 0n);
  out.patch(buffersSlot, out.structs(bufferCount + 4));
  for (let buffer = 0; buffer < bufferCount; buffer++) out.copy16(old, buffers + 4 + buffer * 16);
  out.pair(BigInt(at), 0n);
  out.pair(BigInt(at), BigInt(partition.byteLength));
  out.pair(BigInt(at + partitionBytes.length), 0n);
  out.pair(BigInt(at + partitionBytes.length), BigInt(offsetBytes.length));
  return [out.finish(), body, padding, partitionBytes, offsetBytes];
}

/** Dictionary ids that the columns at these places of a schema message use. */
export function dictionariesOf({ metadata }: IpcMessage, columns: readonly number[]): Set<bigint> {
  const ids = new Set<bigint>();
  for (const column of columns) {
    const encoding = slotAt(metadata, fieldAt(metadata, column), 4);
    if (encoding !== 0) ids.add(readI64(metadata, encoding + metadata.getUint32(encoding, true), 0));
  }
  return ids;
}

/** The id of a dictionary message. */
export function dictionaryId({ metadata }: IpcMessage): bigint {
  return readI64(metadata, follow(metadata, root(metadata), 2), 0);
}

/** The schema message with the columns at these places alone, which rise. */
export function narrowSchema({ metadata }: IpcMessage, columns: readonly number[]): Uint8Array {
  const out = new Writer();
  const schemaAt = out.message(1, 0);
  out.patch(schemaAt.slot, out.table([null, 4]));
  const vectorSlot = out.lastSlot(1);
  const vector = out.align(4).at;
  out.patch(vectorSlot, vector);
  out.u32(columns.length);
  const slots = columns.map(() => out.u32(0));
  const base = out.append(metadata);
  for (const [index, column] of columns.entries()) out.patch(slots[index] ?? 0, base + fieldAt(metadata, column));
  return out.finish();
}

/** A record batch of `schema` with the columns at these places alone. What the others hold stays in the body, unread. */
export function narrowBatch(message: IpcMessage, schema: IpcMessage, columns: readonly number[]): Uint8Array[] {
  const old = message.metadata;
  const batch = follow(old, root(old), 2);
  const nodes = follow(old, batch, 1);
  const buffers = follow(old, batch, 2);
  const counts = Array.from({ length: old.getUint32(nodes, true) }, (_, column) =>
    bufferCount(schema.metadata, column),
  );
  const firsts = counts.map((_, column) => counts.slice(0, column).reduce((sum, count) => sum + count, 0));
  const body = message.bytes.subarray(message.bodyStart);
  const padding = new Uint8Array(Math.ceil(body.length / 8) * 8 - body.length);

  const out = new Writer();
  const header = out.message(3, body.length + padding.length);
  out.patch(header.slot, out.table([8, 4, 4], [readI64(old, batch, 0)]));
  const nodesSlot = out.lastSlot(1);
  const buffersSlot = out.lastSlot(2);
  out.patch(nodesSlot, out.structs(columns.length));
  for (const column of columns) out.copy16(old, nodes + 4 + column * 16);
  out.patch(buffersSlot, out.structs(columns.reduce((sum, column) => sum + (counts[column] ?? 0), 0)));
  for (const column of columns)
    for (let buffer = 0; buffer < (counts[column] ?? 0); buffer++)
      out.copy16(old, buffers + 4 + ((firsts[column] ?? 0) + buffer) * 16);
  return [out.finish(), body, padding];
}

const UTF8 = 5;

/** Validity and values; of texts that are no dictionary's, offsets too. */
function bufferCount(schema: DataView, column: number): number {
  const field = fieldAt(schema, column);
  return readU8(schema, field, 2) === UTF8 && slotAt(schema, field, 4) === 0 ? 3 : 2;
}

/** Where a schema message's field is. */
function fieldAt(metadata: DataView, column: number): number {
  const fields = follow(metadata, follow(metadata, root(metadata), 2), 1);
  const entry = fields + 4 + column * 4;
  return entry + metadata.getUint32(entry, true);
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
  intField(name: string, bits: number, signed: boolean): number {
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
