import {
  createAPI,
  fetchV12,
  fetchV13,
  fetchV14,
  fetchV15,
  fetchV16,
  fetchV17,
  type Reader,
  readKnownTaggedFields,
} from '@platformatic/kafka';
import { type Batch, readBatches } from './batches.ts';
import { KafkaFault } from './fault.ts';

/** A fetch's answer, as the protocol's versions 12 to 17 write it. */
export interface FetchResponse {
  readonly errorCode: number;
  readonly topics: readonly {
    /** Its name, up to version 12. */
    readonly topicId: string;
    readonly partitions: readonly FetchedPartition[];
  }[];
}

export interface FetchedPartition {
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly lastStableOffset: number;
  /** Where the log ends for the leader epoch asked with; null: beyond the offset asked for. */
  readonly divergesAt: number | null;
  readonly aborted: readonly AbortedTransaction[];
  readonly batches: readonly Batch[];
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: number;
}

/** Up to this version topics are named by name. */
export const FETCH_BY_NAME = 12;

const API_KEY = 1;
const REQUESTS = new Map(
  [fetchV12, fetchV13, fetchV14, fetchV15, fetchV16, fetchV17].map(({ api, createRequest }) => [
    api.version,
    createRequest,
  ]),
);

/**
 * The fetch of a version. The client's own reads all batches of all partitions or none: one that cannot be unpacked would
 * hold up everything for ever.
 */
export function fetchApi(version: number) {
  const createRequest = REQUESTS.get(version);
  if (createRequest === undefined) throw new KafkaFault('refused', 'its brokers are older than Kafka 2.7');
  return createAPI<unknown[], FetchResponse>(API_KEY, version, createRequest, (_correlation, _key, read, reader) =>
    readResponse(reader, read <= FETCH_BY_NAME),
  );
}

function readResponse(reader: Reader, byName: boolean): FetchResponse {
  reader.readInt32(); // throttled for so long
  const errorCode = reader.readInt16();
  reader.readInt32(); // session
  const topics = reader.readArray((topic) => ({
    topicId: byName ? topic.readString() : topic.readUUID(),
    partitions: topic.readArray(readPartition, true, false),
  }));
  return { errorCode, topics };
}

function readPartition(reader: Reader): FetchedPartition {
  const partition = reader.readInt32();
  const errorCode = reader.readInt16();
  const highWatermark = Number(reader.readInt64());
  const lastStableOffset = Number(reader.readInt64());
  reader.readInt64(); // log start
  const aborted = reader.readNullableArray((entry) => ({
    producerId: entry.readInt64(),
    firstOffset: Number(entry.readInt64()),
  }));
  reader.readInt32(); // preferred replica
  // One more than the length; 0: null.
  const length = Math.max(0, reader.readUnsignedVarInt() - 1);
  const batches = readBatches(reader.buffer.slice(reader.position, reader.position + length));
  reader.skip(length);
  let divergesAt: number | null = null;
  readKnownTaggedFields(reader, {
    0: (field) => {
      const epoch = field.readInt32();
      const endOffset = Number(field.readInt64());
      if (epoch >= 0) divergesAt = endOffset;
    },
  });
  return { partition, errorCode, highWatermark, lastStableOffset, divergesAt, aborted: aborted ?? [], batches };
}
