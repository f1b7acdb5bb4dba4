import {
  Data,
  Dictionary,
  Float64,
  Int32,
  Int64,
  makeData,
  Table,
  TimestampMicrosecond,
  tableFromIPC,
  tableToIPC,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import type { StreamSchema } from '../contract/protocol/down.ts';
import type { FrameHeader } from '../contract/protocol/frame.ts';
import type { FieldRole, FieldType } from '../contract/spec/field.ts';
import { createShop, type ShopEvent } from '../relay/demo/shop.ts';

/**
 * The demo shop's events as the relay would frame them, encoded beforehand: header, and where its payload lies in one
 * long run of bytes. The rows a real shop would send, late ones too; 8,192 to a frame, as the relay seals them.
 */
export interface ShopFrames {
  readonly schema: StreamSchema;
  readonly frames: readonly PackedFrame[];
  readonly bytes: Uint8Array;
  readonly rows: number;
  /** Event time from the first frame to the end of the last: what to add to play the run once more. */
  readonly spanUs: number;
}

export interface PackedFrame {
  readonly header: FrameHeader;
  readonly start: number;
  readonly length: number;
  /** Where in the payload the event times lie: `rows` int64. */
  readonly timesAt: number;
}

const FRAME_ROWS = 8_192;
const DELAY_US = 10_000_000;
const STREAM = 'shop_events';

const FIELDS: readonly [keyof ShopEvent, FieldType, FieldRole][] = [
  ['event_id', 'string', 'id'],
  ['user_id', 'int64', 'id'],
  ['action', 'string', 'dimension'],
  ['campaign', 'string', 'dimension'],
  ['country', 'string', 'dimension'],
  ['product', 'string', 'dimension'],
  ['price', 'float64', 'measure'],
  ['stock_left', 'int64', 'measure'],
  ['latency_ms', 'int64', 'measure'],
  ['payment', 'string', 'dimension'],
];

export function shopFrames(rows: number, rate: number): ShopFrames {
  const startMs = Date.UTC(2026, 0, 1, 18);
  const shop = createShop({ seed: 1, rate, startMs });
  const events: ShopEvent[] = [];
  let timeMs = startMs;
  while (events.length < rows) {
    timeMs += 100;
    for (const { event } of shop.until(timeMs)) events.push(event);
  }
  const frames: PackedFrame[] = [];
  const payloads: Uint8Array[] = [];
  let start = 0;
  let maxTimeUs = startMs * 1000;
  const whole = Math.floor(rows / FRAME_ROWS) * FRAME_ROWS;
  for (let first = 0; first < whole; first += FRAME_ROWS) {
    const slice = events.slice(first, first + FRAME_ROWS);
    const times = slice.map(({ timestamp }) => Date.parse(timestamp) * 1000);
    const payload = encode(slice, times);
    const header = {
      stream: STREAM,
      epoch: 'bench',
      partition: 0,
      firstOffset: first,
      nextOffset: first + slice.length,
      rows: slice.length,
      minEventTimeUs: Math.min(...times),
      maxEventTimeUs: Math.max(...times),
      watermarkBeforeUs: maxTimeUs - DELAY_US,
      sealedAtUs: Math.max(...times),
      schemaVersion: 0,
      contiguous: true,
    };
    frames.push({ header, start, length: payload.length, timesAt: timesAt(payload) });
    payloads.push(payload);
    start += Math.ceil(payload.length / 8) * 8;
    maxTimeUs = Math.max(maxTimeUs, header.maxEventTimeUs);
  }
  const bytes = new Uint8Array(start);
  for (const [index, payload] of payloads.entries()) bytes.set(payload, frames[index]?.start);
  return { schema, frames, bytes, rows: whole, spanUs: timeMs * 1000 - startMs * 1000 };
}

const schema: StreamSchema = {
  type: 'schema',
  stream: STREAM,
  version: 0,
  timeField: 'timestamp',
  inferred: false,
  fields: FIELDS.map(([name, type, role]) => ({ name, type, role, unit: null })),
};

function encode(events: readonly ShopEvent[], times: readonly number[]): Uint8Array {
  const time = new TimestampMicrosecond();
  const values = BigInt64Array.from(times, BigInt);
  const columns: Record<string, Vector> = {
    _event_time: new Vector([new Data(time, 0, values.length, 0, [undefined, values])]),
  };
  for (const [index, [name, type, role]] of FIELDS.entries()) {
    const cells = events.map((event) => event[name] ?? null);
    if (type === 'int64')
      columns[name] = vectorFromArray(
        cells.map((cell) => (cell === null ? null : BigInt(cell))),
        new Int64(),
      );
    else if (type === 'float64') columns[name] = vectorFromArray(cells, new Float64());
    else if (role === 'dimension') columns[name] = dictionary(cells as (string | null)[], index);
    else columns[name] = vectorFromArray(cells, new Utf8());
  }
  return tableToIPC(new Table(columns), 'stream');
}

/** A frame stands alone: its dictionary holds its own values. Its `id` is the column's, in every frame, as the relay's is. */
function dictionary(cells: readonly (string | null)[], id: number): Vector {
  const values = [...new Set(cells.filter((cell) => cell !== null))];
  const places = new Map(values.map((value, place) => [value, place]));
  const indices = vectorFromArray(
    cells.map((cell) => (cell === null ? null : (places.get(cell) ?? null))),
    new Int32(),
  ).data[0];
  if (!indices) throw new Error('an empty frame');
  return new Vector([
    makeData({
      type: new Dictionary(new Utf8(), new Int32(), id),
      length: indices.length,
      nullCount: indices.nullCount,
      nullBitmap: indices.nullBitmap,
      data: indices.values,
      dictionary: vectorFromArray(values, new Utf8()),
    }),
  ]);
}

function timesAt(payload: Uint8Array): number {
  const values = tableFromIPC(payload).getChildAt(0)?.data[0]?.values;
  if (!(values instanceof BigInt64Array) || values.buffer !== payload.buffer)
    throw new Error('the event times of this payload cannot be found in place');
  return values.byteOffset - payload.byteOffset;
}
