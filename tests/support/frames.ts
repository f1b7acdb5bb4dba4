import {
  Bool,
  Dictionary,
  Float64,
  Int32,
  Int64,
  makeData,
  makeVector,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Uint32,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import type { StreamSchema } from '../../contract/protocol/down.ts';
import { decodeFrame, encodeFrame, type Frame, MIN_TIME_US } from '../../contract/protocol/frame.ts';
import type { FieldType } from '../../contract/spec/field.ts';

/** A row as tests write it: event time in µs, and the fields; a field left out is null. */
export interface TestRow {
  readonly timeUs: number;
  readonly [field: string]: unknown;
}

export interface FrameOptions {
  readonly partition?: number;
  readonly firstOffset?: number;
  readonly nextOffset?: number;
  readonly watermarkUs?: number | null;
  /** Offset of each row; left out: contiguous from `firstOffset`. */
  readonly offsets?: readonly number[];
  readonly epoch?: string;
}

/** A stream's schema; the time field is `timestamp`. */
export function testSchema(stream: string, fields: Readonly<Record<string, FieldType>>, version = 1): StreamSchema {
  const all = [['timestamp', 'timestamp'], ...Object.entries(fields)] as [string, FieldType][];
  return {
    type: 'schema',
    stream,
    version,
    timeField: 'timestamp',
    inferred: false,
    fields: all.map(([name, type]) => ({ name, type, role: 'text', unit: null })),
  };
}

/** A frame as it comes off the wire: encoded and decoded, by apache-arrow as the relay does it. */
export function testFrame(schema: StreamSchema, rows: readonly TestRow[], options: FrameOptions = {}): Frame {
  const firstOffset = options.firstOffset ?? options.offsets?.[0] ?? 0;
  const columns: Record<string, Vector> = { _event_time: timestamps(rows.map(({ timeUs }) => timeUs)) };
  for (const { name, type } of schema.fields)
    if (name !== schema.timeField)
      columns[name] = column(
        type,
        name,
        rows.map((row) => row[name] ?? null),
      );
  if (options.offsets)
    columns._delta = vectorFromArray(
      options.offsets.map((offset) => offset - firstOffset),
      new Uint32(),
    );
  const times = rows.map(({ timeUs }) => timeUs);
  const last = options.offsets?.at(-1) ?? firstOffset + rows.length - 1;
  const header = {
    stream: schema.stream,
    epoch: options.epoch ?? 'e1',
    partition: options.partition ?? 0,
    firstOffset,
    nextOffset: options.nextOffset ?? last + 1,
    rows: rows.length,
    minEventTimeUs: times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY),
    maxEventTimeUs: times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY),
    watermarkBeforeUs: options.watermarkUs ?? MIN_TIME_US,
    sealedAtUs: 1_700_000_000_000_000,
    schemaVersion: schema.version,
    contiguous: !options.offsets,
  };
  return decodeFrame(encodeFrame(header, tableToIPC(new Table(columns), 'stream')));
}

function column(type: FieldType, name: string, values: readonly unknown[]): Vector {
  switch (type) {
    case 'int64':
      return vectorFromArray(
        values.map((value) => (value === null ? null : BigInt(value as number))),
        new Int64(),
      );
    case 'float64':
      return vectorFromArray(values as number[], new Float64());
    case 'bool':
      return vectorFromArray(values as boolean[], new Bool());
    case 'timestamp':
      return timestamps(values as (number | null)[]);
    case 'string':
      return vectorFromArray(values as string[], dictionaryType(name));
  }
}

const dictionaries = new Map<string, Dictionary<Utf8, Int32>>();

/** One type, and so one dictionary id, per column name, as the relay has one per schema version. */
function dictionaryType(name: string): Dictionary<Utf8, Int32> {
  let type = dictionaries.get(name);
  if (!type) {
    type = new Dictionary(new Utf8(), new Int32());
    dictionaries.set(name, type);
  }
  return type;
}

function timestamps(values: readonly (number | null)[]): Vector {
  const bytes = new Uint8Array(Math.ceil(values.length / 64) * 8);
  for (const [index, value] of values.entries())
    if (value !== null) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (1 << (index & 7));
  const data = BigInt64Array.from(values, (value) => BigInt(value ?? 0));
  const nullCount = values.filter((value) => value === null).length;
  return makeVector(
    makeData({
      type: new TimestampMicrosecond(),
      length: values.length,
      nullCount,
      nullBitmap: nullCount ? bytes : null,
      data,
    }),
  );
}
