import type { StreamSchema } from '../../contract/protocol/down.ts';
import { encodeFrame, type FrameHeader } from '../../contract/protocol/frame.ts';
import { OpenBatch } from '../batch/open-batch.ts';
import type { PlacedRow } from '../batch/read-frame.ts';
import type { LogEntry } from '../log/log.ts';

/** What of the header the rows do not say. */
export type Place = Pick<
  FrameHeader,
  'stream' | 'epoch' | 'partition' | 'firstOffset' | 'nextOffset' | 'watermarkBeforeUs' | 'sealedAtUs' | 'parts'
>;

/** A frame of rows from all over a stretch of a partition, in offset order. */
export function encodeRows(
  place: Place,
  schema: StreamSchema,
  rows: readonly PlacedRow[],
): Extract<LogEntry, { kind: 'frame' }> {
  const batch = new OpenBatch(schema);
  for (const row of rows) batch.append(row.offset, row);
  const { payload, contiguous } = batch.encode(place.firstOffset);
  const { minEventTimeUs, maxEventTimeUs } = batch;
  const schemaVersion = schema.version;
  const message = encodeFrame(
    { ...place, rows: rows.length, minEventTimeUs, maxEventTimeUs, schemaVersion, contiguous },
    payload,
  );
  const { partition, firstOffset, nextOffset } = place;
  const payloadBytes = payload.length;
  return { kind: 'frame', partition, firstOffset, nextOffset, schemaVersion, maxEventTimeUs, message, payloadBytes };
}
