import { execFile } from 'node:child_process';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Child, listening, startChild } from './child.ts';
import { findKafka } from './tools.ts';

/** One JVM of a Kafka cluster, broker and controller in one, with its own folder and ports. */
export interface KafkaNode {
  readonly id: number;
  /** `127.0.0.1:port`, without TLS. */
  readonly address: string;
  start(): Promise<void>;
  /** kill -9: what a crash leaves. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay, nothing is answered. */
  pause(): void;
  resume(): void;
}

/** The ports of one node. */
export interface NodePlace {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
  /** Of the listener with TLS and users; 0: none. */
  readonly securePort: number;
  /** Of the listener with TLS alone; 0: none. */
  readonly tlsPort: number;
  /** A listener without TLS whose clients are told another port: a proxy's, that leads to this one. */
  readonly proxied?: { readonly port: number; readonly advertisedPort: number };
}

export interface NodeOptions {
  /** Of the whole cluster. */
  readonly folder: string;
  readonly clusterId: string;
  /** All nodes of the cluster, this one among them. */
  readonly places: readonly NodePlace[];
  readonly heapMiB: number;
  /** Who may use the listener with users: name → password, by PLAIN and both SCRAMs. */
  readonly users: Readonly<Record<string, string>>;
}

const START_TIMEOUT_MS = 100_000;
const runProgram = promisify(execFile);
const STORE_PASSWORD = 'for-tests-only';

export function jvmOptions(heapMiB: number): string[] {
  return [
    `-Xmx${heapMiB}m`,
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  ];
}

/** Formats the node's storage; it does not run yet. */
export async function makeKafkaNode(place: NodePlace, options: NodeOptions): Promise<KafkaNode> {
  const { java, jars } = await findKafka();
  const folder = join(options.folder, `node-${place.id}`);
  await mkdir(folder, { recursive: true });
  const properties = join(folder, 'server.properties');
  await writeFile(properties, serverProperties(folder, place, options));
  const program = [...jvmOptions(options.heapMiB), '-cp', join(jars, '*')];
  const scram = Object.entries(options.users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  );
  const format = [...program, 'kafka.tools.StorageTool', 'format', '-t', options.clusterId, '-c', properties];
  const formatting = startChild(java, [...format, ...scram]);
  await formatting.ended;
  await access(join(folder, 'data', 'meta.properties')).catch((cause: unknown) => {
    throw new Error(`the storage of node ${place.id} was not formatted:\n${formatting.output()}`, { cause });
  });
  let child: Child | null = null;
  return {
    id: place.id,
    address: `127.0.0.1:${place.port}`,
    async start() {
      if (child !== null) throw new Error(`node ${place.id} is running`);
      const started = startChild(java, [...program, 'kafka.Kafka', properties]);
      child = started;
      const died = started.ended.then(() => {
        throw new Error(`node ${place.id} ended while it started:\n${started.output()}`);
      });
      died.catch(() => undefined);
      await Promise.race([listening(started, place.port, START_TIMEOUT_MS), died]);
    },
    async kill() {
      await child?.end('SIGKILL');
      child = null;
    },
    pause: () => signal(child, 'SIGSTOP'),
    resume: () => signal(child, 'SIGCONT'),
  };
}

function signal(child: Child | null, name: 'SIGSTOP' | 'SIGCONT'): void {
  if (child !== null) process.kill(child.pid, name);
}

/** A key pair for localhost and 127.0.0.1, signed by itself: its certificate is the one to trust. */
export async function makeCertificate(folder: string): Promise<string> {
  const { java } = await findKafka();
  const store = join(folder, 'broker.p12');
  const keytool = java.includes('/') ? join(dirname(java), 'keytool') : 'keytool';
  const shared = ['-alias', 'broker', '-keystore', store, '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD];
  const names = ['-dname', 'CN=localhost', '-ext', 'SAN=dns:localhost,ip:127.0.0.1', '-ext', 'bc=ca:true'];
  await runProgram(keytool, [
    '-genkeypair',
    '-keyalg',
    'RSA',
    '-keysize',
    '2048',
    '-validity',
    '2',
    ...names,
    ...shared,
  ]);
  const file = join(folder, 'broker.pem');
  await runProgram(keytool, ['-exportcert', '-rfc', '-file', file, ...shared]);
  return file;
}

function serverProperties(folder: string, place: NodePlace, { folder: shared, places, users }: NodeOptions): string {
  const several = places.length > 1;
  const { proxied } = place;
  const listeners = [
    `PLAINTEXT://127.0.0.1:${place.port}`,
    ...(place.securePort > 0 ? [`SECURE://127.0.0.1:${place.securePort}`] : []),
    ...(place.tlsPort > 0 ? [`TLS://127.0.0.1:${place.tlsPort}`] : []),
  ];
  const replicas = Math.min(places.length, 3);
  return `process.roles=broker,controller
node.id=${place.id}
controller.quorum.voters=${places.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(',')}
listeners=${[...listeners, ...(proxied ? [`PROXIED://127.0.0.1:${proxied.port}`] : []), `CONTROLLER://127.0.0.1:${place.controllerPort}`].join(',')}
advertised.listeners=${[...listeners, ...(proxied ? [`PROXIED://127.0.0.1:${proxied.advertisedPort}`] : [])].join(',')}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,TLS:SSL,PROXIED:PLAINTEXT
log.dirs=${join(folder, 'data')}
auto.create.topics.enable=false
message.max.bytes=26214400
replica.fetch.max.bytes=26214400
default.replication.factor=${replicas}
min.insync.replicas=${several ? 2 : 1}
offsets.topic.replication.factor=${replicas}
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=${replicas}
transaction.state.log.min.isr=${several ? 2 : 1}
transaction.state.log.num.partitions=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=300
replica.lag.time.max.ms=3000
log.cleaner.backoff.ms=100
log.retention.check.interval.ms=500
log.segment.delete.delay.ms=500
controller.quorum.election.timeout.ms=500
controller.quorum.fetch.timeout.ms=1000
${place.securePort > 0 || place.tlsPort > 0 ? securityProperties(shared, users) : ''}`;
}

function securityProperties(folder: string, users: Readonly<Record<string, string>>): string {
  const names = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`);
  const plain = 'org.apache.kafka.common.security.plain.PlainLoginModule';
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule';
  return `ssl.keystore.type=PKCS12
ssl.keystore.location=${join(folder, 'broker.p12')}
ssl.keystore.password=${STORE_PASSWORD}
ssl.key.password=${STORE_PASSWORD}
listener.name.secure.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config=${plain} required ${names.join(' ')};
listener.name.secure.scram-sha-256.sasl.jaas.config=${scram} required;
listener.name.secure.scram-sha-512.sasl.jaas.config=${scram} required;
`;
}
