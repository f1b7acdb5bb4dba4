import { Float64, Int64, Table, tableToIPC, Utf8, type Vector, vectorFromArray } from 'apache-arrow';
import type { StreamSchema } from '../contract/protocol/down.ts';
import type { FieldRole, FieldType } from '../contract/spec/field.ts';
import { createShop, type ShopEvent } from '../relay/demo/shop.ts';
import { dictionaryColumn, FRAME_ROWS, FramePacker, type PackedFrames, timeColumn } from './packed-frames.ts';

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

/** The demo shop's events: the rows a real shop would send, late ones too; 8,192 to a frame, as the relay seals them. */
export function shopFrames(rows: number, rate: number): PackedFrames {
  const startMs = Date.UTC(2026, 0, 1, 18);
  const shop = createShop({ seed: 1, rate, startMs });
  const events: ShopEvent[] = [];
  let timeMs = startMs;
  while (events.length < rows) {
    timeMs += 100;
    for (const { event } of shop.until(timeMs)) events.push(event);
  }
  const packer = new FramePacker(schema, startMs * 1000, DELAY_US);
  const whole = Math.floor(rows / FRAME_ROWS) * FRAME_ROWS;
  for (let first = 0; first < whole; first += FRAME_ROWS) {
    const slice = events.slice(first, first + FRAME_ROWS);
    const times = slice.map(({ timestamp }) => Date.parse(timestamp) * 1000);
    packer.add(times, encode(slice, times));
  }
  return packer.packed(timeMs * 1000 - startMs * 1000);
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
  const columns: Record<string, Vector> = { _event_time: timeColumn(times) };
  for (const [index, [name, type, role]] of FIELDS.entries()) {
    const cells = events.map((event) => event[name] ?? null);
    if (type === 'int64')
      columns[name] = vectorFromArray(
        cells.map((cell) => (cell === null ? null : BigInt(cell))),
        new Int64(),
      );
    else if (type === 'float64') columns[name] = vectorFromArray(cells, new Float64());
    else if (role === 'dimension') columns[name] = dictionaryColumn(cells as (string | null)[], index);
    else columns[name] = vectorFromArray(cells, new Utf8());
  }
  return tableToIPC(new Table(columns), 'stream');
}
