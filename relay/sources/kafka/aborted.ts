import type { RawRecord } from '../source.ts';
import type { Batch, BatchRecord } from './batches.ts';
import type { AbortedTransaction } from './fetch-api.ts';

/**
 * A committed reader's view of one partition's fetch. The broker sends everything up to the last stable offset, and beside
 * it the transactions that were aborted, each by producer and first offset; its end is the producer's next abort marker:
 *
 *     offset   10 p1 data   11 p2 data   12 p1 ABORT marker   13 p1 data   14 p1 COMMIT marker
 *     aborted  (p1, 10)                  → p1's records of [10, 12) are not there; 13 is
 *
 * The client's own filter knows one aborted transaction per producer and fetch, and none whose marker lies beyond the
 * fetch; a producer stays aborted here until its marker is seen. Records below `fromOffset` (a batch is sent whole) are left out.
 */
export function committedRecords(fetch: Fetched, topic: string, fromOffset: number): RawRecord[] {
  const aborted = fetch.aborted.toSorted(byFirstOffset);
  const abortedProducers = new Set<bigint>();
  const records: RawRecord[] = [];
  let begun = 0;
  for (const batch of fetch.batches) {
    const lastOffset = batch.firstOffset + batch.lastOffsetDelta;
    for (let next = aborted[begun]; next !== undefined && next.firstOffset <= lastOffset; next = aborted[++begun])
      abortedProducers.add(next.producerId);
    if (batch.attributes & CONTROL) {
      if (isAbortMarker(batch)) abortedProducers.delete(batch.producerId);
    } else if (!(batch.attributes & TRANSACTIONAL && abortedProducers.has(batch.producerId))) {
      appendRecords(records, batch, topic, fromOffset);
    }
  }
  return records;
}

interface Fetched {
  readonly batches: readonly Batch[];
  readonly aborted: readonly AbortedTransaction[];
}

/** The offset after everything fetched, holes, markers and aborted records included; `fromOffset` when nothing was. */
export function nextOffsetAfter(fetch: Pick<Fetched, 'batches'>, fromOffset: number): number {
  const last = fetch.batches.at(-1);
  return last === undefined ? fromOffset : Math.max(fromOffset, last.firstOffset + last.lastOffsetDelta + 1);
}

const LOG_APPEND_TIME = 1 << 3;
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;
/** A control record's key: int16 version, int16 type; type 0 aborts, 1 commits. */
const CONTROL_TYPE_AT = 3;

function isAbortMarker(batch: Batch): boolean {
  return batch.records[0]?.key?.[CONTROL_TYPE_AT] === 0;
}

function appendRecords(records: RawRecord[], batch: Batch, topic: string, fromOffset: number): void {
  const { firstOffset } = batch;
  const firstTimestampMs = batch.firstTimestamp;
  const appendTimeMs = batch.attributes & LOG_APPEND_TIME ? batch.maxTimestamp : null;
  for (const record of batch.records) {
    const offset = firstOffset + record.offsetDelta;
    if (offset < fromOffset) continue;
    records.push({
      offset,
      topic,
      timestampMs: appendTimeMs ?? firstTimestampMs + record.timestampDelta,
      key: record.key,
      value: record.value,
      ...(record.headers.length === 0 ? NO_HEADERS : { headers: record.headers.map(headerText) }),
    });
  }
}

const NO_HEADERS = {};

function headerText([name, value]: BatchRecord['headers'][number]): readonly [string, string] {
  return [utf8(name), utf8(value)];
}

function utf8(bytes: Uint8Array | null): string {
  return bytes === null ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

function byFirstOffset(left: AbortedTransaction, right: AbortedTransaction): number {
  return left.firstOffset - right.firstOffset;
}
