import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

/**
 * The one importer of the MQTT client, to publish by. A link lives until it is lost or closed; whoever wants another opens
 * another. What reads is in sources/mqtt/: it answers messages when they are kept, which this client cannot.
 */
export interface MqttPublisher {
  /** 5, or 4 (which is 3.1.1) where the broker refuses 5. */
  readonly protocolVersion: 4 | 5;
  /** QoS 1: resolves when the broker has it. */
  publish(topic: string, payload: string | Buffer, options?: { readonly retain?: boolean }): Promise<void>;
  /** Resolves once the link is gone, with what happened; null after `close`. */
  readonly lost: Promise<Error | null>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const KEEPALIVE_S = 60;
/** CONNACK codes for "unacceptable protocol version", in MQTT 3.1.1 and in 5. */
const REFUSED_VERSION = new Set<unknown>([1, 132]);

/** Connects by MQTT 5, or by 3.1.1 to a broker that refuses 5. Rejects with what the broker or the network said. */
export async function connectMqtt(url: string, signal?: AbortSignal): Promise<MqttPublisher> {
  try {
    return await connect(url, 5, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && REFUSED_VERSION.has(error.code))) throw error;
    return connect(url, 4, signal);
  }
}

function connect(url: string, protocolVersion: 4 | 5, signal?: AbortSignal): Promise<MqttPublisher> {
  const options: IClientOptions = {
    protocolVersion,
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepalive: KEEPALIVE_S,
    resubscribe: false,
    queueQoSZero: false,
  };
  return new Promise((resolve, reject) => {
    const client = mqtt.connect(url, options);
    let failure: Error | null = null;
    const abort = () => fail(new Error('stopped'));
    const fail = (error: Error) => {
      signal?.removeEventListener('abort', abort);
      client.end(true);
      reject(error);
    };
    signal?.addEventListener('abort', abort);
    client.on('error', (error) => {
      failure = error;
    });
    client.on('disconnect', (packet) => {
      failure = new Error(`the broker ended it (reason ${packet.reasonCode ?? 'not given'})`);
    });
    client.once('close', () => fail(failure ?? new Error('the connection was closed')));
    client.once('connect', () => {
      signal?.removeEventListener('abort', abort);
      resolve(makeLink(client, protocolVersion, () => failure));
    });
  });
}

function makeLink(client: MqttClient, protocolVersion: 4 | 5, failure: () => Error | null): MqttPublisher {
  let closing = false;
  const lost = new Promise<Error | null>((resolve) => {
    client.once('close', () => resolve(closing ? null : (failure() ?? new Error('the connection was closed'))));
  });
  return {
    protocolVersion,
    lost,
    async publish(topic, payload, options = {}) {
      await client.publishAsync(topic, payload, { qos: 1, retain: options.retain ?? false });
    },
    async close() {
      closing = true;
      await client.endAsync(true);
    },
  };
}
