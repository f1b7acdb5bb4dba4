import type { Browser } from 'playwright';
import { launchChromium } from '../../support/chromium.ts';
import {
  type KafkaBroker,
  type KafkaCluster,
  startKafkaBroker,
  startKafkaCluster,
} from '../../support/kafka-broker.ts';
import { startProxy, type TcpProxy } from '../../support/proxy.ts';

/** What scenarios share, each part started when it is first asked for: brokers and the browser. */
export interface World {
  /** True durations of the fault matrix, or short ones. */
  readonly long: boolean;
  /** Records of a run, at least. */
  readonly records: number;
  kafka(): Promise<ProxiedKafka>;
  /** Three brokers. */
  cluster(): Promise<KafkaCluster>;
  browser(): Promise<Browser>;
  close(): Promise<void>;
}

/** A broker that is reached directly, and by a proxy. */
export interface ProxiedKafka {
  readonly broker: KafkaBroker;
  readonly proxy: TcpProxy;
  stop(): Promise<void>;
}

export function createWorld(options: { readonly long: boolean; readonly records: number }): World {
  const kafka = once(startProxiedKafka);
  const cluster = once(() => startKafkaCluster(3));
  const browser = once(launchChromium);
  return {
    ...options,
    kafka: kafka.get,
    cluster: cluster.get,
    browser: browser.get,
    async close() {
      await Promise.all([
        browser.started()?.then((one) => one.close()),
        kafka.started()?.then((one) => one.stop()),
        cluster.started()?.then((one) => one.stop()),
      ]);
    },
  };
}

export async function startProxiedKafka(): Promise<ProxiedKafka> {
  let target = 0;
  const proxy = await startProxy({ target: () => target });
  const broker = await startKafkaBroker({ advertisedPort: proxy.port });
  target = broker.proxiedPort ?? 0;
  return {
    broker,
    proxy,
    async stop() {
      await proxy.stop();
      await broker.stop();
    },
  };
}

function once<T>(start: () => Promise<T>): { get(): Promise<T>; started(): Promise<T> | null } {
  let started: Promise<T> | null = null;
  return {
    get() {
      started ??= start();
      return started;
    },
    started: () => started,
  };
}
