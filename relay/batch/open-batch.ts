import {
  type Data,
  type DataType,
  Field,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Uint32,
} from 'apache-arrow';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Row } from '../shape/row.ts';
import { type ColumnBuilder, makeColumnBuilder, WordsBuilder } from './column-builders.ts';

/** Rows of one partition and one schema version, on their way to one frame's payload. (F1, F3) */
export class OpenBatch {
  readonly schema: StreamSchema;
  readonly #names: readonly string[];
  readonly #columns: readonly ColumnBuilder[];
  readonly #eventTime: ColumnBuilder = new WordsBuilder(() => new TimestampMicrosecond(null));
  #offsets: number[] = [];
  minEventTimeUs = Number.POSITIVE_INFINITY;
  maxEventTimeUs = Number.NEGATIVE_INFINITY;

  constructor(schema: StreamSchema) {
    this.schema = schema;
    const fields = schema.fields.filter((field) => field.name !== schema.timeField);
    this.#names = fields.map((field) => field.name);
    this.#columns = fields.map((field, index) => makeColumnBuilder(field.type, index));
  }

  get rows(): number {
    return this.#offsets.length;
  }

  append(offset: number, row: Row): void {
    const { eventTimeUs, cells } = row;
    this.#offsets.push(offset);
    this.#eventTime.append(eventTimeUs);
    for (let index = 0; index < this.#columns.length; index++)
      (this.#columns[index] as ColumnBuilder).append(cells[index] ?? null);
    if (eventTimeUs < this.minEventTimeUs) this.minEventTimeUs = eventTimeUs;
    if (eventTimeUs > this.maxEventTimeUs) this.maxEventTimeUs = eventTimeUs;
  }

  /** One Arrow IPC stream with its end; `_delta` is there when some offset is not `firstOffset` + its row. */
  encode(firstOffset: number): { payload: Uint8Array; contiguous: boolean } {
    const rows = this.rows;
    const contiguous = this.#offsets[0] === firstOffset && this.#offsets[rows - 1] === firstOffset + rows - 1;
    const names = ['_event_time', ...this.#names];
    const columns = [this.#eventTime.finish(), ...this.#columns.map((column) => column.finish())];
    if (!contiguous) {
      names.push('_delta');
      const data = Uint32Array.from(this.#offsets, (offset) => offset - firstOffset);
      columns.push(makeData({ type: new Uint32(), length: rows, nullCount: 0, data }));
    }
    return { payload: writeStream(names, columns, rows), contiguous };
  }

  /** Empties it for the next frame of the same version. */
  reset(): void {
    this.#offsets = [];
    this.#eventTime.reset();
    for (const column of this.#columns) column.reset();
    this.minEventTimeUs = Number.POSITIVE_INFINITY;
    this.maxEventTimeUs = Number.NEGATIVE_INFINITY;
  }
}

function writeStream(names: readonly string[], columns: readonly Data<DataType>[], rows: number): Uint8Array {
  const fields = columns.map((column, index) => new Field(names[index] as string, column.type, true));
  const schema = new Schema(fields);
  const children = columns as Data<DataType>[];
  const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length: rows, nullCount: 0, children }));
  const writer = new RecordBatchStreamWriter();
  writer.write(batch);
  writer.finish();
  return writer.toUint8Array(true);
}
