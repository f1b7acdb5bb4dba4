import { Admin, Consumer, FetchIsolationLevels, GenericError, MultipleErrors } from '@platformatic/kafka';
import { type Fault, KafkaFault } from './fault.ts';

/**
 * The one importer of the Kafka client. Only its protocol level is used: fetches by offset, without a consumer group, so
 * that nothing rebalances and nothing is committed. What it returns still holds aborted transactions (aborted.ts).
 */
export interface KafkaClient {
  /** Rejects with a fault `topic-missing` when there is no such topic; never creates one. */
  topic(name: string): Promise<Topic>;
  topicNames(): Promise<string[]>;
  /** The first offset that can be read, or the one after the last committed record, per partition. */
  bounds(topic: string, end: 'first' | 'next'): Promise<Map<number, number>>;
  fetch(request: FetchRequest): Promise<PartitionFetch[]>;
  close(): Promise<void>;
}

export interface Topic {
  readonly clusterId: string;
  readonly topicId: string;
  /** By partition number. */
  readonly partitions: readonly { readonly leader: number; readonly leaderEpoch: number }[];
}

export interface FetchRequest {
  /** The broker that leads these partitions. */
  readonly node: number;
  readonly topicId: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly leaderEpoch: number;
    readonly fetchOffset: number;
  }[];
  /** How long the broker waits for something to send. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitionMaxBytes: number;
}

/** What a broker said of one partition. */
export interface PartitionFetch {
  readonly partition: number;
  /** Kafka's error code; 0: none. */
  readonly errorCode: number;
  readonly highWatermark: number;
  /** Committed readers see no further: a transaction is open there. */
  readonly lastStableOffset: number;
  readonly batches: readonly Batch[];
  readonly aborted: readonly AbortedTransaction[];
}

export interface AbortedTransaction {
  readonly producerId: bigint;
  readonly firstOffset: bigint;
}

/** The client's own shape, as far as it is used. */
export interface Batch {
  readonly firstOffset: bigint;
  readonly lastOffsetDelta: number;
  readonly attributes: number;
  readonly firstTimestamp: bigint;
  readonly maxTimestamp: bigint;
  readonly producerId: bigint;
  readonly records: readonly BatchRecord[];
}

export interface BatchRecord {
  readonly offsetDelta: number;
  readonly timestampDelta: bigint;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
}

const EARLIEST = -2n;
const LATEST = -1n;
const REQUEST_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 5_000;

export function createKafkaClient(brokers: readonly string[]): KafkaClient {
  const options = {
    clientId: 'highwater',
    bootstrapBrokers: [...brokers],
    retries: 0,
    autocreateTopics: false,
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
  };
  const consumer = new Consumer({ ...options, groupId: 'highwater-joins-no-group' });
  let admin: Admin | null = null;
  return {
    async topic(name) {
      const metadata = await told(consumer.metadata({ topics: [name], forceUpdate: true }));
      const topic = metadata.topics.get(name);
      if (topic === undefined) throw new KafkaFault('topic-missing', `no topic ${name}`);
      return { clusterId: metadata.id, topicId: topic.id, partitions: topic.partitions };
    },
    async topicNames() {
      admin ??= new Admin(options);
      return told(admin.listTopics());
    },
    async bounds(topic, end) {
      const timestamp = end === 'first' ? EARLIEST : LATEST;
      const isolationLevel = FetchIsolationLevels.READ_COMMITTED;
      const offsets = await told(consumer.listOffsets({ topics: [topic], timestamp, isolationLevel }));
      return new Map((offsets.get(topic) ?? []).map((offset, partition) => [partition, Number(offset)]));
    },
    async fetch(request) {
      const partitions = request.partitions.map(({ partition, leaderEpoch, fetchOffset }) => ({
        partition,
        currentLeaderEpoch: leaderEpoch,
        fetchOffset: BigInt(fetchOffset),
        lastFetchedEpoch: -1,
        partitionMaxBytes: request.partitionMaxBytes,
      }));
      return fetched(
        consumer.fetch({
          node: request.node,
          topics: [{ topicId: request.topicId, partitions }],
          isolationLevel: FetchIsolationLevels.READ_COMMITTED,
          minBytes: 1,
          maxBytes: request.maxBytes,
          maxWaitTime: request.maxWaitMs,
        }),
      );
    },
    async close() {
      await Promise.allSettled([consumer.close(true), admin?.close()]);
    },
  };
}

type Response = Awaited<ReturnType<Consumer['fetch']>>;

/** Where only some partitions failed, the client rejects with the whole response inside: the others' records are in it. */
async function fetched(response: Promise<Response>): Promise<PartitionFetch[]> {
  try {
    return partitionsOf(await response);
  } catch (error) {
    if (error instanceof MultipleErrors && isResponse(error.response) && error.response.errorCode === 0)
      return partitionsOf(error.response);
    throw faultOf(error);
  }
}

function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'responses' in value && Array.isArray(value.responses);
}

function partitionsOf(response: Response): PartitionFetch[] {
  return response.responses.flatMap((topic) =>
    topic.partitions.map((partition) => ({
      partition: partition.partitionIndex,
      errorCode: partition.errorCode,
      highWatermark: Number(partition.highWatermark),
      lastStableOffset: Number(partition.lastStableOffset),
      batches: partition.records ?? [],
      aborted: partition.abortedTransactions ?? [],
    })),
  );
}

async function told<T>(promise: Promise<T>): Promise<T> {
  try {
    return await promise;
  } catch (error) {
    throw faultOf(error);
  }
}

function faultOf(error: unknown): KafkaFault {
  const errors = flatten(error);
  const message = errors.at(-1)?.message ?? String(error);
  const is = (test: (found: Error & { readonly apiId?: unknown; readonly code?: unknown }) => boolean) =>
    errors.some(test);
  let fault: Fault = 'refused';
  if (is((found) => /^Unknown topic /.test(found.message) || found.apiId === 'UNKNOWN_TOPIC_OR_PARTITION'))
    fault = 'topic-missing';
  else if (is((found) => found.code === 'PLT_KFK_AUTHENTICATION')) fault = 'unauthenticated';
  else if (is((found) => found.code === 'PLT_KFK_NETWORK' || found.code === 'PLT_KFK_TIMEOUT')) fault = 'unreachable';
  else if (is((found) => typeof found.apiId === 'string' && MOVED.has(found.apiId))) fault = 'moved';
  return new KafkaFault(fault, message, { cause: error });
}

/** Answered by opening again: the topic, its leaders or our fetch session are no longer what they were. */
const MOVED = new Set([
  'UNKNOWN_TOPIC_ID',
  'INCONSISTENT_TOPIC_ID',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_OR_FOLLOWER',
  'FENCED_LEADER_EPOCH',
  'UNKNOWN_LEADER_EPOCH',
  'OFFSET_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'FETCH_SESSION_ID_NOT_FOUND',
  'INVALID_FETCH_SESSION_EPOCH',
  'FETCH_SESSION_TOPIC_ID_ERROR',
]);

/** The error, what it is made of, and what caused it. */
function flatten(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const parts = error instanceof AggregateError ? error.errors.flatMap(flatten) : [];
  return [error, ...parts, ...(error instanceof GenericError || error.cause !== undefined ? flatten(error.cause) : [])];
}
