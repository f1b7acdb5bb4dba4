import {
  Data,
  Dictionary,
  Int32,
  makeData,
  TimestampMicrosecond,
  tableFromIPC,
  Utf8,
  Vector,
  vectorFromArray,
} from 'apache-arrow';
import type { StreamSchema } from '../contract/protocol/down.ts';
import type { FrameHeader } from '../contract/protocol/frame.ts';

/**
 * Events as the relay would frame them, encoded beforehand: header, and where its payload lies in one long run of bytes.
 */
export interface PackedFrames {
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

/** Rows of a frame, as the relay seals them. */
export const FRAME_ROWS = 8_192;

/** Numbers and packs the frames of one partition; the watermark before each is what the relay would say. */
export class FramePacker {
  readonly #schema: StreamSchema;
  readonly #delayUs: number;
  readonly #frames: PackedFrame[] = [];
  readonly #payloads: Uint8Array[] = [];
  #start = 0;
  #rows = 0;
  #maxTimeUs: number;

  constructor(schema: StreamSchema, startUs: number, delayUs: number) {
    this.#schema = schema;
    this.#delayUs = delayUs;
    this.#maxTimeUs = startUs;
  }

  /** `payload` is one Arrow stream whose first column is `times`, in µs. */
  add(times: readonly number[], payload: Uint8Array): void {
    const minEventTimeUs = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY);
    const maxEventTimeUs = times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY);
    const header = {
      stream: this.#schema.stream,
      epoch: 'bench',
      partition: 0,
      firstOffset: this.#rows,
      nextOffset: this.#rows + times.length,
      rows: times.length,
      minEventTimeUs,
      maxEventTimeUs,
      watermarkBeforeUs: this.#maxTimeUs - this.#delayUs,
      sealedAtUs: maxEventTimeUs,
      schemaVersion: 0,
      contiguous: true,
    };
    this.#frames.push({ header, start: this.#start, length: payload.length, timesAt: timesAt(payload) });
    this.#payloads.push(payload);
    this.#start += Math.ceil(payload.length / 8) * 8;
    this.#rows += times.length;
    this.#maxTimeUs = Math.max(this.#maxTimeUs, maxEventTimeUs);
  }

  packed(spanUs: number): PackedFrames {
    const bytes = new Uint8Array(this.#start);
    for (const [index, payload] of this.#payloads.entries()) bytes.set(payload, this.#frames[index]?.start);
    return { schema: this.#schema, frames: this.#frames, bytes, rows: this.#rows, spanUs };
  }
}

/** The `_event_time` column. */
export function timeColumn(times: readonly number[]): Vector {
  const values = BigInt64Array.from(times, BigInt);
  return new Vector([new Data(new TimestampMicrosecond(), 0, values.length, 0, [undefined, values])]);
}

/** A frame stands alone: its dictionary holds its own values. Its `id` is the column's, in every frame, as the relay's is. */
export function dictionaryColumn(cells: readonly (string | null)[], id: number): Vector {
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
