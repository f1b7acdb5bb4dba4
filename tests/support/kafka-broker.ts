import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Admin, Consumer, FetchIsolationLevels, Producer } from '@platformatic/kafka';
import { type Child, listening, startChild } from './child.ts';
import { freePorts } from './ports.ts';
import { findKafka } from './tools.ts';

/** A real Kafka broker: one KRaft node in a folder of its own, up in about three seconds. */
export interface KafkaBroker {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** The port of the listener whose clients are told to come by `advertisedPort`; null: there is none. */
  readonly proxiedPort: number | null;
  createTopic(name: string, partitions?: number): Promise<void>;
  deleteTopic(name: string): Promise<void>;
  addPartitions(name: string, added: number): Promise<void>;
  produce(topic: string, records: readonly KafkaRecord[], options?: ProduceOptions): Promise<void>;
  /** By Kafka's own producer, whose compressed batches are framed in its own way. */
  produceByJava(topic: string, lines: readonly string[], codec: Codec): Promise<void>;
  /** Several transactions of one producer, in this order. */
  transactions(topic: string, transactions: readonly KafkaTransaction[]): Promise<void>;
  /** Drops everything below the offset, as retention does. */
  deleteRecords(topic: string, partition: number, beforeOffset: number): Promise<void>;
  /** kill -9: what a crash leaves. */
  kill(): Promise<void>;
  /** Starts again after `kill`, with the same log and address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface KafkaRecord {
  readonly value: string | Uint8Array | null;
  readonly key?: string;
  /** Default 0. */
  readonly partition?: number;
  readonly timestampMs?: number;
}

export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export interface ProduceOptions {
  readonly compression?: Codec;
}

export interface KafkaTransaction {
  readonly records: readonly KafkaRecord[];
  readonly end: 'commit' | 'abort';
}

const runProgram = promisify(execFile);
const NODE_ID = 1;
const START_TIMEOUT_MS = 60_000;
const MARKER_POLL_MS = 20;
/** As ListOffsets names the end. */
const LATEST = -1n;

type FetchIsolationLevelValue = (typeof FetchIsolationLevels)[keyof typeof FetchIsolationLevels];
const JVM = [
  '-Xmx384m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
];

export interface KafkaBrokerOptions {
  /** A second listener, which names this port as its own: a proxy's, that leads to `proxiedPort`. */
  readonly advertisedPort?: number;
}

export async function startKafkaBroker({ advertisedPort }: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const { java, jars } = await findKafka();
  const folder = await mkdtemp(join(tmpdir(), 'highwater-kafka-'));
  const [port = 0, controllerPort = 0, otherPort = 0] = await freePorts(3);
  const proxied = advertisedPort === undefined ? null : { port: otherPort, advertisedPort };
  const address = `127.0.0.1:${port}`;
  const properties = join(folder, 'server.properties');
  await writeFile(properties, serverProperties(folder, port, controllerPort, proxied));
  const classpath = ['-cp', join(jars, '*')];
  const clusterId = randomBytes(16).toString('base64url');
  const format = startChild(java, [
    ...JVM,
    ...classpath,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    clusterId,
    '-c',
    properties,
  ]);
  await format.ended;
  let child: Child | null = null;
  const client = { clientId: 'highwater-tests', bootstrapBrokers: [address], retries: 100, retryDelay: 50 };
  const start = async () => {
    child = startChild(java, [...JVM, ...classpath, 'kafka.Kafka', properties]);
    await listening(child, port, START_TIMEOUT_MS);
  };
  const kill = async () => {
    await child?.end('SIGKILL');
    child = null;
  };
  const asAdmin = async (use: (admin: Admin) => Promise<unknown>) => {
    const admin = new Admin(client);
    try {
      await use(admin);
    } finally {
      await admin.close();
    }
  };
  /** The broker answers the end of a transaction before its marker is in the log: the next record might come first. */
  const transactionsEnded = async (topic: string) => {
    const consumer = new Consumer({ ...client, groupId: 'highwater-tests-joins-no-group' });
    try {
      const ends = async (isolationLevel: FetchIsolationLevelValue) =>
        String((await consumer.listOffsets({ topics: [topic], timestamp: LATEST, isolationLevel })).get(topic));
      while ((await ends(FetchIsolationLevels.READ_COMMITTED)) !== (await ends(FetchIsolationLevels.READ_UNCOMMITTED)))
        await new Promise((resolve) => setTimeout(resolve, MARKER_POLL_MS));
    } finally {
      await consumer.close(true);
    }
  };
  await start();
  return {
    address,
    proxiedPort: proxied?.port ?? null,
    start,
    kill,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
    createTopic: (name, partitions = 1) =>
      asAdmin((admin) => admin.createTopics({ topics: [name], partitions, replicas: 1 })),
    deleteTopic: (name) => asAdmin((admin) => admin.deleteTopics({ topics: [name] })),
    addPartitions: (name, added) =>
      asAdmin(async (admin) => {
        const metadata = await admin.metadata({ topics: [name], forceUpdate: true });
        const count = (metadata.topics.get(name)?.partitionsCount ?? 0) + added;
        const assignments = Array.from({ length: added }, () => ({ brokerIds: [NODE_ID] }));
        await admin.createPartitions({ topics: [{ name, count, assignments }] });
      }),
    deleteRecords: (topic, partition, beforeOffset) =>
      asAdmin((admin) =>
        admin.deleteRecords({ topics: [{ name: topic, partitions: [{ partition, offset: BigInt(beforeOffset) }] }] }),
      ),
    async produce(topic, records, options = {}) {
      const producer = new Producer<Buffer, Buffer | null>({ ...client, compression: options.compression ?? 'none' });
      try {
        // One partition at a time: where a request fails for one of several, the client sends all of it again.
        for (const part of Map.groupBy(messages(topic, records), ({ partition }) => partition).values())
          await producer.send({ messages: part });
      } finally {
        await producer.close();
      }
    },
    async produceByJava(topic, lines, codec) {
      const main = [...JVM, ...classpath, 'org.apache.kafka.tools.ConsoleProducer'];
      const options = ['--bootstrap-server', address, '--topic', topic, '--compression-codec', codec];
      const done = runProgram(java, [...main, ...options]);
      done.child.stdin?.end(`${lines.join('\n')}\n`);
      await done;
    },
    async transactions(topic, transactions) {
      const transactionalId = `tests-${randomBytes(4).toString('hex')}`;
      const producer = new Producer<Buffer, Buffer | null>({ ...client, transactionalId, idempotent: true });
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
  };
}

function messages(topic: string, records: readonly KafkaRecord[]) {
  return records.map(({ value, key, partition = 0, timestampMs }) => ({
    topic,
    partition,
    ...(key === undefined ? {} : { key: Buffer.from(key) }),
    ...(timestampMs === undefined ? {} : { timestamp: BigInt(timestampMs) }),
    value: value === null ? null : Buffer.from(value),
  }));
}

interface Proxied {
  readonly port: number;
  readonly advertisedPort: number;
}

function serverProperties(folder: string, port: number, controllerPort: number, proxied: Proxied | null): string {
  const also = (text: (by: Proxied) => string) => (proxied === null ? '' : text(proxied));
  return `process.roles=broker,controller
node.id=${NODE_ID}
controller.quorum.voters=${NODE_ID}@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}${also((by) => `,PROXIED://127.0.0.1:${by.port}`)}
advertised.listeners=PLAINTEXT://127.0.0.1:${port}${also((by) => `,PROXIED://127.0.0.1:${by.advertisedPort}`)}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
message.max.bytes=26214400
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=300
`;
}
