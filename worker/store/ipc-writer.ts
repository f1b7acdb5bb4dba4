import { joinBytes } from '../join-bytes.ts';
import { FlatbufferWriter, follow, readI64, readU8, rootOf, slotAt } from './flatbuffer.ts';

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
    const message = rootOf(metadata);
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
  const header = follow(metadata, rootOf(metadata), 2);
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
  const out = new FlatbufferWriter();
  const headerSlot = beginMessage(out, 1, 0);
  out.patch(headerSlot, out.table([null, 4]));
  const vectorSlot = out.lastSlot(1);
  const vector = out.align(4).at;
  out.patch(vectorSlot, vector);
  out.u32(columns.length + added.length);
  const slots = columns.map(() => out.u32(0));
  const addedSlots = added.map(() => out.u32(0));
  for (const [index, column] of added.entries()) out.patch(addedSlots[index] ?? 0, intField(out, column));
  const base = out.append(schema.metadata);
  for (const [index, column] of columns.entries()) out.patch(slots[index] ?? 0, base + fieldAt(schema, column));
  return framed(out.finish());
}

/** A record batch with these nodes and buffers, and new columns of values without nulls after them. */
function writeBatch(
  message: IpcMessage,
  nodes: readonly number[],
  buffers: readonly number[],
  added: readonly ArrayBufferView[],
): Uint8Array[] {
  const old = message.metadata;
  const batch = follow(old, rootOf(old), 2);
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

  const out = new FlatbufferWriter();
  const headerSlot = beginMessage(out, 3, end);
  out.patch(headerSlot, out.table([8, 4, 4], [rows]));
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
  return [framed(out.finish()), ...parts];
}

/** Writes root and Message table; returns the slot where the header's position belongs. */
function beginMessage(out: FlatbufferWriter, kind: number, bodyBytes: number): number {
  const rootSlot = out.u32(0);
  out.patch(rootSlot, out.table([2, 1, 4, 8], [4, kind, 0, BigInt(bodyBytes)]));
  return out.lastSlot(2);
}

/** Writes a nullable Field: name, nullable, type kind (Int = 2), type, no dictionary, no children; returns its position. */
function intField(out: FlatbufferWriter, { name, bits, signed }: IntColumn): number {
  const field = out.table([4, 1, 1, 4, null, 4], [0, 1, 2]);
  const [nameSlot, typeSlot, childrenSlot] = [out.lastSlot(0), out.lastSlot(3), out.lastSlot(5)];
  out.patch(nameSlot, out.text(name));
  out.patch(typeSlot, out.table([4, 1], [bits, signed ? 1 : 0]));
  out.patch(childrenSlot, out.u32(0));
  return field;
}

/** Metadata with its message prefix. */
function framed(metadata: Uint8Array): Uint8Array {
  const prefix = new DataView(new ArrayBuffer(8));
  prefix.setUint32(0, 0xffffffff, true);
  prefix.setInt32(4, metadata.length, true);
  return joinBytes([new Uint8Array(prefix.buffer), metadata]);
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
  return readI64(metadata, follow(metadata, rootOf(metadata), 2), 0);
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
  return follow(metadata, follow(metadata, rootOf(metadata), 2), 1);
}
