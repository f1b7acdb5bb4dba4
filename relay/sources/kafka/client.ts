import {
  Base,
  type Connection,
  type ConnectionOptions,
  kGetApi,
  kGetBootstrapConnection,
  kGetConnection,
  ResponseError,
} from '@platformatic/kafka';
import { faultOf } from './client-fault.ts';
import { KafkaFault } from './fault.ts';
import { FETCH_BY_NAME, type FetchedPartition, type FetchResponse, fetchApi } from './fetch-api.ts';

/**
 * The importer of the Kafka client, with client-fault.ts, which reads its errors, and fetch-api.ts. Only connections and the encoding
 * of requests are used: fetches by offset, without a consumer group and without fetch sessions, so that nothing
 * rebalances, nothing is committed, and every answer names every partition asked for. What it returns still holds aborted
 * transactions (aborted.ts).
 */
export interface KafkaClient {
  /** Of the named topics those there are, or all but Kafka's own. Never creates one. */
  cluster(topics: readonly string[] | 'all'): Promise<Cluster>;
  /** By stream partition. Of a time: the first record at or after it, or the end where there is none. */
  offsets(partitions: readonly PartitionPlace[], at: OffsetAt): Promise<Map<number, number>>;
  fetch(request: FetchRequest): Promise<PartitionFetch[]>;
  close(): Promise<void>;
}

/** first: that can be read · end: after the last record · committed: after the last committed one. */
export type OffsetAt = 'first' | 'end' | 'committed' | { readonly timeMs: number };

export interface Cluster {
  readonly clusterId: string;
  /** `host:port` of all brokers. */
  readonly brokers: readonly string[];
  readonly topics: readonly Topic[];
}

export interface Topic {
  readonly name: string;
  readonly topicId: string;
  /** By partition number; leader −1: none now. */
  readonly partitions: readonly { readonly leader: number; readonly leaderEpoch: number }[];
}

/** A partition of a topic, its number in the stream, and who leads it. */
export interface PartitionPlace {
  readonly streamPartition: number;
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly leader: number;
  readonly leaderEpoch: number;
}

export interface FetchRequest {
  /** The broker that leads these partitions. */
  readonly node: number;
  readonly partitions: readonly (PartitionPlace & {
    readonly fetchOffset: number;
    /** Leader epoch of the record before `fetchOffset`; −1: not known. The broker then says where its log is another. */
    readonly lastFetchedEpoch: number;
  })[];
  /** How long the broker waits for something to send. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitionMaxBytes: number;
}

/** What a broker said of one partition of a fetch. */
export type PartitionFetch = Omit<FetchedPartition, 'partition'> & { readonly streamPartition: number };

export interface ClientOptions {
  /** `host:port`; the first that can be connected to is asked. */
  readonly brokers: readonly string[];
  readonly security: ClientSecurity;
  /** A broker that has not answered by then is taken for lost. */
  readonly requestTimeoutMs: number;
}

export type ClientSecurity = Pick<ConnectionOptions, 'tls' | 'sasl'>;

const EARLIEST = -2n;
const LATEST = -1n;
const NO_OFFSET = -1;
const CONSUMER = -1;
const READ_UNCOMMITTED = 0;
const READ_COMMITTED = 1;
/** A fetch of its own: no session is made. */
const NO_SESSION_ID = 0;
const NO_SESSION_EPOCH = -1;
const CONNECT_TIMEOUT_MS = 5_000;
const UNKNOWN_TOPIC = 3;
const NOT_ALLOWED = 29;

interface MetadataResponse {
  readonly clusterId: string | null;
  readonly brokers: readonly { readonly nodeId: number; readonly host: string; readonly port: number }[];
  readonly topics: readonly {
    readonly errorCode: number;
    readonly name: string | null;
    readonly topicId?: string;
    readonly isInternal: boolean;
    readonly partitions: readonly {
      readonly partitionIndex: number;
      readonly leaderId: number;
      readonly leaderEpoch?: number;
    }[];
  }[];
}

interface OffsetsResponse {
  readonly topics: readonly {
    readonly name: string;
    readonly partitions: readonly { readonly partitionIndex: number; readonly offset: bigint }[];
  }[];
}

export function createKafkaClient({ brokers, security, requestTimeoutMs }: ClientOptions): KafkaClient {
  const base = new Base({
    clientId: 'highwater',
    bootstrapBrokers: [...brokers],
    retries: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    ...security,
  });
  let addresses = new Map<number, { host: string; port: number }>();

  const anyBroker = () => promised<Connection>((done) => base[kGetBootstrapConnection](done));
  const brokerOf = (node: number) => {
    const address = addresses.get(node);
    if (address === undefined) throw new KafkaFault('moved', `broker ${node} is not there now`);
    return promised<Connection>((done) => base[kGetConnection](address, done));
  };
  /** Where only a part of what was asked failed, the client rejects with the whole response inside: that part says so. */
  const ask = async <Response extends object>(
    connection: Promise<Connection>,
    api: 'Metadata' | 'ListOffsets' | 'Fetch',
    request: (version: number) => readonly unknown[],
  ): Promise<Response> => {
    try {
      const connected = await connection;
      const known = await promised<Api>((done) => base[kGetApi]<unknown[], unknown>(api, done));
      const call: Api = api === 'Fetch' ? fetchApi(known.version) : known;
      const response = await promised((done) => call(connected, ...request(call.version), done)).catch((error) => {
        if (error instanceof ResponseError && isObject(error.response)) return error.response;
        throw error;
      });
      return response as Response;
    } catch (error) {
      throw error instanceof KafkaFault ? error : faultOf(error);
    }
  };

  return {
    async cluster(topics) {
      const named = topics === 'all' ? null : [...topics];
      const response = await ask<MetadataResponse>(anyBroker(), 'Metadata', () => [named, false, false]);
      addresses = new Map(response.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
      const found = response.topics.filter(({ errorCode, isInternal }) => errorCode !== UNKNOWN_TOPIC && !isInternal);
      const refused = found.find(({ errorCode }) => errorCode === NOT_ALLOWED);
      if (refused !== undefined && topics !== 'all')
        throw new KafkaFault('refused', `this user may not see topic "${refused.name}"`);
      return {
        clusterId: response.clusterId ?? 'unnamed',
        brokers: response.brokers.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`),
        topics: found.filter(({ errorCode }) => errorCode !== NOT_ALLOWED).map(topicOf),
      };
    },

    async offsets(partitions, at) {
      const timestamp = typeof at === 'object' ? BigInt(Math.ceil(at.timeMs)) : at === 'first' ? EARLIEST : LATEST;
      const isolation = at === 'end' ? READ_UNCOMMITTED : READ_COMMITTED;
      const answers = await Promise.all(
        [...Map.groupBy(partitions, ({ leader }) => leader)].map(async ([leader, led]) => {
          const topics = [...Map.groupBy(led, ({ topic }) => topic)].map(([name, places]) => ({
            name,
            partitions: places.map(({ partition, leaderEpoch }) => ({
              partitionIndex: partition,
              currentLeaderEpoch: leaderEpoch,
              timestamp,
            })),
          }));
          return ask<OffsetsResponse & ErrorCodes>(brokerOf(leader), 'ListOffsets', () => [
            CONSUMER,
            isolation,
            topics,
          ]);
        }),
      );
      const offsets = new Map<number, number>();
      const numbers = new Map(partitions.map((place) => [`${place.topic}/${place.partition}`, place.streamPartition]));
      for (const response of answers) {
        const failed = firstError(response);
        if (failed !== 0) throw new KafkaFault('moved', `a leader cannot say its offsets now (Kafka error ${failed})`);
        for (const { name, partitions: told } of response.topics)
          for (const { partitionIndex, offset } of told) {
            const number = numbers.get(`${name}/${partitionIndex}`);
            if (number !== undefined && Number(offset) !== NO_OFFSET) offsets.set(number, Number(offset));
          }
      }
      return offsets;
    },

    async fetch({ node, partitions, maxWaitMs, maxBytes, partitionMaxBytes }) {
      let byName = false;
      const idOf = (place: PartitionPlace) => (byName ? place.topic : place.topicId);
      const response = await ask<FetchResponse>(brokerOf(node), 'Fetch', (version) => {
        byName = version <= FETCH_BY_NAME;
        const topics = [...Map.groupBy(partitions, idOf)].map(([topicId, places]) => ({
          topicId,
          partitions: places.map(({ partition, leaderEpoch, fetchOffset, lastFetchedEpoch }) => ({
            partition,
            currentLeaderEpoch: leaderEpoch,
            fetchOffset: BigInt(fetchOffset),
            lastFetchedEpoch,
            partitionMaxBytes,
          })),
        }));
        const session = [NO_SESSION_ID, NO_SESSION_EPOCH];
        return [maxWaitMs, 1, maxBytes, READ_COMMITTED, ...session, topics, [], ''];
      });
      if (response.errorCode !== 0) throw new KafkaFault('moved', `a fetch failed (Kafka error ${response.errorCode})`);
      const numbers = new Map(partitions.map((place) => [`${idOf(place)}/${place.partition}`, place.streamPartition]));
      return response.topics.flatMap(({ topicId, partitions: answered }) =>
        answered.flatMap(({ partition, ...answer }) => {
          const streamPartition = numbers.get(`${topicId}/${partition}`);
          return streamPartition === undefined ? [] : [{ ...answer, streamPartition }];
        }),
      );
    },

    async close() {
      await base.close();
    },
  };
}

type Api = ((connection: Connection, ...request: unknown[]) => void) & { readonly version: number };

type ErrorCodes = { readonly topics: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[] };

function firstError({ topics }: ErrorCodes): number {
  for (const { partitions } of topics) for (const { errorCode } of partitions) if (errorCode !== 0) return errorCode;
  return 0;
}

function topicOf({ name, topicId, partitions }: MetadataResponse['topics'][number]): Topic {
  const byNumber: { leader: number; leaderEpoch: number }[] = [];
  for (const { partitionIndex, leaderId, leaderEpoch = -1 } of partitions)
    byNumber[partitionIndex] = { leader: leaderId, leaderEpoch };
  // Brokers before topics had ids: their name stands for it.
  return { name: name ?? '', topicId: topicId ?? name ?? '', partitions: byNumber };
}

function promised<T>(start: (done: (error: Error | null, value?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, value) => (error ? reject(error) : resolve(value as T)));
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
