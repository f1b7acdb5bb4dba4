import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin, Consumer, FetchIsolationLevels, Producer } from '@platformatic/kafka';
import { jvmOptions } from './kafka-node.ts';
import { findKafka } from './tools.ts';

/** What tests do to a cluster as its administrator and its producers. */
export interface KafkaTraffic {
  createTopic(name: string, partitions?: number, options?: TopicOptions): Promise<void>;
  deleteTopic(name: string): Promise<void>;
  addPartitions(name: string, added: number): Promise<void>;
  produce(topic: string, records: readonly KafkaRecord[], options?: ProduceOptions): Promise<void>;
  /** By Kafka's own producer, whose compressed batches are framed in its own way. */
  produceByJava(topic: string, lines: readonly string[], codec: Codec): Promise<void>;
  /** Several transactions of one producer, in this order. */
  transactions(topic: string, transactions: readonly KafkaTransaction[]): Promise<void>;
  /** A transaction that stays open until it is ended. */
  openTransaction(topic: string, records: readonly KafkaRecord[]): Promise<OpenTransaction>;
  /** Drops everything below the offset, as retention does. */
  deleteRecords(topic: string, partition: number, beforeOffset: number): Promise<void>;
  /** The first offset there still is, and the one after the last record, committed or not. */
  bounds(topic: string, partition?: number): Promise<{ readonly first: number; readonly end: number }>;
}

export interface TopicOptions {
  /** Left out: the cluster's own, at most 3. */
  readonly replicas?: number;
  /** Of a topic of one partition: the nodes that have it, its first leader first. Left out: as the cluster likes. */
  readonly nodes?: readonly number[];
  /** Such as `{ 'cleanup.policy': 'compact' }`. */
  readonly configs?: Readonly<Record<string, string>>;
}

export interface KafkaRecord {
  readonly value: string | Uint8Array | null;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default 0. */
  readonly partition?: number;
  readonly timestampMs?: number;
}

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export interface ProduceOptions {
  readonly compression?: Codec;
  /** all: once the in-sync replicas have it (the default). leader: once its leader has. */
  readonly acknowledged?: 'all' | 'leader';
}

export interface KafkaTransaction {
  readonly records: readonly KafkaRecord[];
  readonly end: 'commit' | 'abort';
}

export interface OpenTransaction {
  commit(): Promise<void>;
  abort(): Promise<void>;
}

const runProgram = promisify(execFile);
/** The client's `timeout` is also how long the broker lets a transaction stay open before it aborts it. */
const TRANSACTION_MS = 120_000;
const POLL_MS = 20;
const JAVA_HEAP_MIB = 256;
const ACKS = { all: -1, leader: 1 } as const;
/** As ListOffsets names them. */
const EARLIEST = -2n;
const LATEST = -1n;

type FetchIsolationLevelValue = (typeof FetchIsolationLevels)[keyof typeof FetchIsolationLevels];

export function kafkaTraffic(addresses: readonly string[], defaultReplicas: number): KafkaTraffic {
  const client = { clientId: 'highwater-tests', bootstrapBrokers: [...addresses], retries: 100, retryDelay: 50 };
  const asAdmin = async <T>(use: (admin: Admin) => Promise<T>): Promise<T> => {
    const admin = new Admin(client);
    try {
      return await use(admin);
    } finally {
      await admin.close();
    }
  };
  const listing = async <T>(
    topic: string,
    use: (
      ask: (timestamp: bigint, isolationLevel: FetchIsolationLevelValue) => Promise<readonly bigint[]>,
    ) => Promise<T>,
  ): Promise<T> => {
    const consumer = new Consumer({ ...client, groupId: 'highwater-tests-joins-no-group' });
    try {
      return await use(
        async (timestamp, isolationLevel) =>
          (await consumer.listOffsets({ topics: [topic], timestamp, isolationLevel })).get(topic) ?? [],
      );
    } finally {
      await consumer.close(true);
    }
  };
  /** The broker answers the end of a transaction before its marker is in the log: the next record might come first. */
  const transactionsEnded = (topic: string) =>
    listing(topic, async (ask) => {
      const ends = async (isolation: FetchIsolationLevelValue) => String(await ask(LATEST, isolation));
      while ((await ends(FetchIsolationLevels.READ_COMMITTED)) !== (await ends(FetchIsolationLevels.READ_UNCOMMITTED)))
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    });
  const transactional = () => {
    const transactionalId = `tests-${randomBytes(4).toString('hex')}`;
    const options = { ...client, transactionalId, idempotent: true, timeout: TRANSACTION_MS };
    return new Producer<Buffer, Buffer | null, Buffer, Buffer>(options);
  };
  return {
    createTopic: (name, partitions = 1, { replicas = defaultReplicas, nodes, configs = {} } = {}) =>
      asAdmin(async (admin) => {
        const settings = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
        await admin.createTopics({
          topics: [name],
          configs: settings,
          ...(nodes === undefined
            ? { partitions, replicas }
            : { assignments: [{ partition: 0, brokers: [...nodes] }] }),
        });
      }),
    deleteTopic: (name) => asAdmin((admin) => admin.deleteTopics({ topics: [name] })),
    addPartitions: (name, added) =>
      asAdmin(async (admin) => {
        const metadata = await admin.metadata({ topics: [name], forceUpdate: true });
        const topic = metadata.topics.get(name);
        const brokerIds = topic?.partitions[0]?.replicas ?? [];
        const count = (topic?.partitionsCount ?? 0) + added;
        const assignments = Array.from({ length: added }, () => ({ brokerIds }));
        await admin.createPartitions({ topics: [{ name, count, assignments }] });
      }),
    deleteRecords: (topic, partition, beforeOffset) =>
      asAdmin(async (admin) => {
        const partitions = [{ partition, offset: BigInt(beforeOffset) }];
        await admin.deleteRecords({ topics: [{ name: topic, partitions }] });
      }),
    bounds: (topic, partition = 0) =>
      listing(topic, async (ask) => {
        const at = async (timestamp: bigint) =>
          Number((await ask(timestamp, FetchIsolationLevels.READ_UNCOMMITTED))[partition]);
        return { first: await at(EARLIEST), end: await at(LATEST) };
      }),
    async produce(topic, records, { compression = 'none', acknowledged = 'all' } = {}) {
      const producer = new Producer<Buffer, Buffer | null, Buffer, Buffer>({ ...client, compression });
      try {
        // One partition at a time: where a request fails for one of several, the client sends all of it again.
        for (const part of Map.groupBy(messages(topic, records), ({ partition }) => partition).values())
          await producer.send({ messages: part, acks: ACKS[acknowledged] });
      } finally {
        await producer.close();
      }
    },
    async produceByJava(topic, lines, codec) {
      const { java, jars } = await findKafka();
      const main = [...jvmOptions(JAVA_HEAP_MIB), '-cp', join(jars, '*'), 'org.apache.kafka.tools.ConsoleProducer'];
      const options = ['--bootstrap-server', addresses.join(','), '--topic', topic, '--compression-codec', codec];
      const done = runProgram(java, [...main, ...options]);
      done.child.stdin?.end(`${lines.join('\n')}\n`);
      await done;
    },
    async transactions(topic, transactions) {
      const producer = transactional();
      try {
        for (const { records, end } of transactions) {
          const transaction = await producer.beginTransaction();
          await transaction.send({ messages: messages(topic, records) });
          if (end === 'commit') await transaction.commit();
          else await transaction.abort();
        }
      } finally {
        await producer.close();
      }
      await transactionsEnded(topic);
    },
    async openTransaction(topic, records) {
      const producer = transactional();
      const transaction = await producer.beginTransaction();
      await transaction.send({ messages: messages(topic, records) });
      const end = (by: () => Promise<unknown>) => async () => {
        await by();
        await producer.close();
        await transactionsEnded(topic);
      };
      return { commit: end(() => transaction.commit()), abort: end(() => transaction.abort()) };
    },
  };
}

function messages(topic: string, records: readonly KafkaRecord[]) {
  return records.map(({ value, key, headers, partition = 0, timestampMs }) => ({
    topic,
    partition,
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
    ...(headers === undefined
      ? {}
      : { headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])) }),
    ...(timestampMs === undefined ? {} : { timestamp: BigInt(timestampMs) }),
    value: value === null ? null : Buffer.from(value),
  }));
}
