import type { StreamSchema } from '../../contract/protocol/down.ts';
import type { Frame, FramePart } from '../../contract/protocol/frame.ts';
import type { Block, Column } from '../panes/column.ts';
import { judge } from '../panes/condition.ts';
import { decodeArrow, toColumns } from '../store/arrow.ts';
import { type IpcMessage, readMessages } from '../store/ipc-writer.ts';
import type { RowExpression } from '../windows/expressions.ts';
import { checkFrame, checkLengths } from './check-frame.ts';

/** A frame's rows, decoded as far as they are asked for. */
export class FrameBlock implements Block {
  readonly frame: Frame;
  readonly schema: StreamSchema;
  /** Its payload's messages: the schema, dictionaries and one batch. */
  readonly messages: readonly IpcMessage[];
  readonly rows: number;
  readonly from: number;
  readonly timeUs: Float64Array;
  readonly partitionAt: (row: number) => number;
  readonly offsetAt: (row: number) => number;
  readonly parts: readonly FramePart[] | undefined;
  /** Columns of SQL expressions over these rows, set once they are evaluated. */
  readonly computed = new Map<string, Column>();
  readonly #fields = new Map<string, Column>();
  readonly #columnOf: (index: number) => Column;
  readonly #resolve: (expression: string) => RowExpression;

  /** Rows with offsets below `fromOffset` are not new. Throws when the payload is not what header and schema say. */
  constructor(frame: Frame, schema: StreamSchema, fromOffset: number, resolve: (expression: string) => RowExpression) {
    const { header } = frame;
    this.messages = readMessages(frame.payload);
    checkLengths(this.messages);
    const table = decodeArrow(frame.payload);
    checkFrame(this.messages, table, schema, header.rows, header.contiguous);
    this.frame = frame;
    this.schema = schema;
    this.rows = header.rows;
    this.parts = header.parts;
    this.#resolve = resolve;
    this.#columnOf = (index) => {
      const columns = toColumns(table.getChildAt(index));
      const [column] = columns;
      if (!column || columns.length !== 1) throw new RangeError('a frame holds one record batch');
      return column;
    };
    const time = this.#columnOf(0);
    if (time.kind !== 'number' || !(time.values instanceof Float64Array))
      throw new RangeError('event time is out of range');
    this.timeUs = time.values;
    this.#fields.set('_event_time', time);
    this.partitionAt = () => header.partition;
    this.offsetAt = header.contiguous ? (row) => header.firstOffset + row : this.#sparse(table.numCols - 1);
    let from = 0;
    while (from < this.rows && this.offsetAt(from) < fromOffset) from++;
    this.from = from;
  }

  column(expression: string): Column {
    const resolved = this.#resolve(expression);
    if (resolved.kind === 'field') return this.field(resolved.field);
    const known = this.computed.get(resolved.sql);
    if (known) return known;
    if (resolved.kind === 'sql') return nulls(this.rows);
    const column = judge(resolved.condition, this.rows, (field) => this.field(field));
    this.computed.set(resolved.sql, column);
    return column;
  }

  /** A field of this frame's schema version; all null when the version has no such field. */
  field(name: string): Column {
    const known = this.#fields.get(name);
    if (known) return known;
    const fields = this.schema.fields.filter((field) => field.name !== this.schema.timeField);
    const index = fields.findIndex((field) => field.name === name);
    const column = index < 0 ? nulls(this.rows) : this.#columnOf(index + 1);
    this.#fields.set(name, column);
    return column;
  }

  #sparse(index: number): (row: number) => number {
    const delta = this.#columnOf(index);
    if (delta.kind !== 'number') throw new RangeError('`_delta` is not a number');
    const { firstOffset } = this.frame.header;
    return (row) => firstOffset + (delta.values[row] ?? 0);
  }
}

function nulls(rows: number): Column {
  return { kind: 'number', values: new Float64Array(rows), validity: new Uint8Array(Math.ceil(rows / 8)) };
}
