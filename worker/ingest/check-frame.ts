import { type Column, type Table, Type } from '@uwdata/flechette';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { FieldType } from '../../contract/spec/field.ts';
import { batchShape, type IpcMessage } from '../store/ipc-writer.ts';

/**
 * Everything the database would refuse about a payload, found before one of its rows is counted: rows are counted at
 * their tick and go into a table later, when there is no way back. A payload is its schema, dictionaries, and one batch:
 *
 *   columns  `_event_time`, the fields, `_delta`: of the types of the schema, each of `rows` values
 *   buffers  inside the body of their message, and as long as their values need
 *   texts    offsets that rise and stay inside their bytes; codes of a dictionary that has them
 */
export function checkFrame(
  messages: readonly IpcMessage[],
  table: Table,
  schema: StreamSchema,
  rows: number,
  contiguous: boolean,
): void {
  const fields = schema.fields.filter(({ name }) => name !== schema.timeField);
  const wanted: (FieldType | '_delta')[] = ['timestamp', ...fields.map(({ type }) => type)];
  if (!contiguous) wanted.push('_delta');
  if (table.numRows !== rows) throw new RangeError(`a frame of ${rows} rows holds ${table.numRows}`);
  if (table.numCols !== wanted.length)
    throw new RangeError(`a frame with ${wanted.length} columns holds ${table.numCols}`);
  const [first, ...rest] = messages;
  if (first?.kind !== 'schema' || rest.some(({ kind }) => kind === 'schema'))
    throw new RangeError('an Arrow stream begins with its only schema');
  const [batch, ...more] = rest.filter(({ kind }) => kind === 'batch');
  if (!batch || more.length > 0) throw new RangeError('a frame holds one record batch');
  const bodies = rest.map(({ bytes, bodyStart }) => bytes.subarray(bodyStart));
  let buffers = 0;
  for (const [index, type] of wanted.entries()) {
    const column = table.getChildAt(index);
    if (!isOf(column, type)) throw new RangeError(`column ${index} of a frame is not ${type}`);
    buffers += column.type.typeId === Type.Utf8 ? 3 : 2;
    checkColumn(column, rows, bodies);
  }
  const shape = batchShape(batch);
  if (shape.lengths.length !== wanted.length || shape.buffers !== buffers)
    throw new RangeError(
      `a batch of ${wanted.length} columns has ${shape.lengths.length} lengths, ${shape.buffers} buffers`,
    );
}

/** Before anything is decoded, which takes memory for as many values as a message says. */
export function checkLengths(messages: readonly IpcMessage[]): void {
  for (const message of messages) {
    if (message.kind === 'schema') continue;
    const most = 8 * message.bytes.length;
    for (const length of batchShape(message).lengths)
      if (length < 0 || length > most) throw new RangeError(`${length} values in ${message.bytes.length} bytes`);
  }
}

function isOf({ type }: Column<unknown>, wanted: FieldType | '_delta'): boolean {
  switch (wanted) {
    case '_delta':
      return type.typeId === Type.Int && type.bitWidth === 32 && !type.signed;
    case 'int64':
      return type.typeId === Type.Int && type.bitWidth === 64 && type.signed;
    case 'float64':
      return type.typeId === Type.Float && type.precision === 2;
    case 'bool':
      return type.typeId === Type.Bool;
    case 'timestamp':
      return type.typeId === Type.Timestamp && type.unit === 2 && !type.timezone;
    case 'string':
      return type.typeId === Type.Dictionary ? type.dictionary.typeId === Type.Utf8 : type.typeId === Type.Utf8;
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface RawBatch {
  readonly length: number;
  readonly nullCount: number;
  readonly validity: Uint8Array | undefined;
  readonly offsets?: Int32Array;
  readonly values: ArrayLike<number> & ArrayBufferView;
  readonly dictionary?: Column<unknown>;
}

function checkColumn(column: Column<unknown>, rows: number, bodies: readonly Uint8Array[]): void {
  const [batch, ...more] = column.data as unknown as readonly RawBatch[];
  if (!batch || more.length > 0) throw new RangeError('a frame holds one record batch');
  if (batch.length !== rows) throw new RangeError(`a column of ${rows} rows has ${batch.length}`);
  checkBatch(batch, column.type.typeId === Type.Bool ? Math.ceil(rows / 8) : rows, bodies);
  if (column.type.typeId !== Type.Dictionary) return;
  if (!batch.dictionary) throw new RangeError('a column without its dictionary');
  for (const part of batch.dictionary.data as unknown as readonly RawBatch[]) checkBatch(part, part.length, bodies);
  checkCodes(batch, batch.dictionary.length);
}

function checkBatch(batch: RawBatch, count: number, bodies: readonly Uint8Array[]): void {
  const { length, nullCount, validity, offsets, values } = batch;
  if (nullCount < 0 || nullCount > length) throw new RangeError(`${nullCount} of ${length} values are null`);
  if (nullCount > 0 && (validity === undefined || validity.length < Math.ceil(length / 8)))
    throw new RangeError('a column says too little of which values are null');
  for (const buffer of [validity, offsets, values])
    if (buffer && buffer.byteLength > 0 && !bodies.some((body) => isInside(buffer, body)))
      throw new RangeError('a column reaches beyond its message');
  if (offsets) checkTexts(offsets, length, values as Uint8Array);
  else if (values.length < count) throw new RangeError(`a column of ${count} values has ${values.length}`);
}

function checkTexts(offsets: Int32Array, count: number, bytes: Uint8Array): void {
  if (count === 0) return;
  if (offsets.length < count + 1) throw new RangeError(`a column of ${count} texts has ${offsets.length} ends`);
  let before = offsets[0] ?? 0;
  for (let at = 0; at <= count; at++) {
    const offset = offsets[at] ?? 0;
    if (offset < before || offset < 0) throw new RangeError('texts that go back');
    before = offset;
  }
  if (before > bytes.length) throw new RangeError('texts beyond their bytes');
  const used = bytes.subarray(offsets[0], before);
  // Throws at what is not UTF-8; characters of one byte each cannot be cut apart.
  if (UTF8.decode(used).length === used.length) return;
  for (let at = 0; at < count; at++)
    if (((bytes[offsets[at] ?? 0] ?? 0) & 0xc0) === 0x80 && (offsets[at] ?? 0) < before)
      throw new RangeError('a text that begins inside a character');
}

function checkCodes({ length, nullCount, validity, values }: RawBatch, texts: number): void {
  for (let row = 0; row < length; row++) {
    const code = values[row] ?? 0;
    if (code >= 0 && code < texts) continue;
    const known = nullCount === 0 || (((validity?.[row >> 3] ?? 0) >> (row & 7)) & 1) === 1;
    if (known) throw new RangeError(`code ${code} in a dictionary of ${texts} texts`);
  }
}

function isInside(view: ArrayBufferView, body: Uint8Array): boolean {
  return (
    view.buffer === body.buffer &&
    view.byteOffset >= body.byteOffset &&
    view.byteOffset + view.byteLength <= body.byteOffset + body.byteLength
  );
}
