import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin } from '@platformatic/kafka';
import { type KafkaNode, makeCertificate, makeKafkaNode, type NodePlace } from './kafka-node.ts';
import { type KafkaTraffic, kafkaTraffic } from './kafka-traffic.ts';
import { lastingPorts } from './ports.ts';

export type { KafkaRecord } from './kafka-traffic.ts';

/** A real Kafka broker: one KRaft node in a folder of its own, up in about three seconds. */
export interface KafkaBroker extends KafkaTraffic {
  /** `127.0.0.1:port`, without TLS. */
  readonly address: string;
  /** Where the proxy of `advertisedPort` is to lead; null unless asked for. */
  readonly proxiedPort: number | null;
  /** The same broker by TLS and users; null unless asked for. */
  readonly secure: KafkaSecure | null;
  /** kill -9: what a crash leaves. */
  kill(): Promise<void>;
  /** Starts again after `kill`, with the same log and address. */
  start(): Promise<void>;
  /** SIGSTOP: connections stay, nothing is answered, until `resume`. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

export interface KafkaSecure {
  /** SASL_SSL: TLS, and a user by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512. */
  readonly address: string;
  /** TLS, no user. */
  readonly tlsAddress: string;
  /** File of the certificate to trust, good for localhost and 127.0.0.1. */
  readonly ca: string;
}

/**
 * Several brokers, each its own JVM (about 300 MB), controllers as well: of three, one may be away and the cluster goes on.
 * Topics have three replicas and need two of them to take a record that is to be acknowledged by all, unless told otherwise.
 *
 *     const cluster = await startKafkaCluster(3);
 *     await cluster.createTopic('orders', 3);
 *     const leader = await cluster.leaderOf('orders', 0);   // 1, 2 or 3
 *     await cluster.kill(leader);                           // another leads within about three seconds
 *     await cluster.start(leader);                          // comes back and catches up
 *     await cluster.stop();
 */
export interface KafkaCluster extends KafkaTraffic {
  /** `127.0.0.1:port` of every node: node n is at index n − 1. A client is given all of them, joined by commas. */
  readonly addresses: readonly string[];
  /** The node that leads the partition now; waits while there is none. */
  leaderOf(topic: string, partition: number): Promise<number>;
  /** The nodes in sync with the leader, smallest first; empty while there is no leader. */
  inSyncOf(topic: string, partition: number): Promise<readonly number[]>;
  /** kill -9 of one node. */
  kill(node: number): Promise<void>;
  /** Starts a killed node again, with its log and address; resolves when it accepts connections. */
  start(node: number): Promise<void>;
  /** SIGSTOP and SIGCONT of one node. */
  pause(node: number): void;
  resume(node: number): void;
  /** Ends every node, and removes the cluster's folder. */
  stop(): Promise<void>;
}

const POLL_MS = 100;

export interface BrokerOptions {
  /** Given: the broker listens by TLS too, for these users (name → password). */
  readonly users?: Readonly<Record<string, string>>;
  /** Given: a proxy's port. The broker has a listener whose clients are told to come by it. */
  readonly advertisedPort?: number;
}

export async function startKafkaBroker({ users, advertisedPort }: BrokerOptions = {}): Promise<KafkaBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-kafka-'));
  const [port = 0, controllerPort = 0, securePort = 0, tlsPort = 0, proxiedPort = 0] = await lastingPorts(5);
  const place = {
    id: 1,
    port,
    controllerPort,
    ...(users ? { securePort, tlsPort } : { securePort: 0, tlsPort: 0 }),
    ...(advertisedPort === undefined ? {} : { proxied: { port: proxiedPort, advertisedPort } }),
  };
  const ca = users === undefined ? null : await makeCertificate(folder);
  const node = await makeKafkaNode(place, {
    folder,
    clusterId: newClusterId(),
    places: [place],
    heapMiB: 384,
    users: users ?? {},
  });
  await node.start();
  return {
    ...kafkaTraffic([node.address], 1),
    address: node.address,
    proxiedPort: advertisedPort === undefined ? null : proxiedPort,
    secure: ca === null ? null : { address: `127.0.0.1:${securePort}`, tlsAddress: `127.0.0.1:${tlsPort}`, ca },
    start: node.start,
    kill: node.kill,
    pause: node.pause,
    resume: node.resume,
    async stop() {
      await node.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function startKafkaCluster(nodeCount: number): Promise<KafkaCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'highwater-kafka-'));
  const ports = await lastingPorts(nodeCount * 2);
  const places: NodePlace[] = Array.from({ length: nodeCount }, (_, index) => ({
    id: index + 1,
    port: ports[index * 2] ?? 0,
    controllerPort: ports[index * 2 + 1] ?? 0,
    securePort: 0,
    tlsPort: 0,
  }));
  const clusterId = newClusterId();
  const nodes: KafkaNode[] = await Promise.all(
    places.map((place) => makeKafkaNode(place, { folder, clusterId, places, heapMiB: 256, users: {} })),
  );
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    await rm(folder, { recursive: true, force: true });
  };
  await Promise.all(nodes.map((node) => node.start())).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const addresses = nodes.map(({ address }) => address);
  const nodeOf = (id: number): KafkaNode => {
    const node = nodes[id - 1];
    if (node === undefined) throw new Error(`the cluster has nodes 1 to ${nodes.length}, and no ${id}`);
    return node;
  };
  const partitionOf = async (topic: string, partition: number) => {
    const admin = new Admin({ clientId: 'highwater-tests', bootstrapBrokers: addresses, retries: 100, retryDelay: 50 });
    try {
      const metadata = await admin.metadata({ topics: [topic], forceUpdate: true });
      return metadata.topics.get(topic)?.partitions[partition];
    } finally {
      await admin.close();
    }
  };
  return {
    ...kafkaTraffic(addresses, Math.min(nodeCount, 3)),
    addresses,
    async leaderOf(topic, partition) {
      for (;;) {
        // Without a leader the metadata is an error.
        const leader = (await partitionOf(topic, partition).catch(() => undefined))?.leader ?? -1;
        if (leader > 0) return leader;
        await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      }
    },
    inSyncOf: async (topic, partition) =>
      (await partitionOf(topic, partition))?.isr.toSorted((left, right) => left - right) ?? [],
    kill: (node) => nodeOf(node).kill(),
    start: (node) => nodeOf(node).start(),
    pause: (node) => nodeOf(node).pause(),
    resume: (node) => nodeOf(node).resume(),
    stop,
  };
}

function newClusterId(): string {
  const bytes = randomBytes(16);
  // Else one in 64 begins with "-", which the command line takes for an option.
  bytes[0] = (bytes[0] ?? 0) & 0x7f;
  return bytes.toString('base64url');
}
