import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

/** The one importer of the MQTT client. A link lives until it is lost or closed; whoever wants another opens another. */
export interface MqttLink {
  /** 5, or 4 (which is 3.1.1) where the broker refuses 5. */
  readonly protocolVersion: 4 | 5;
  /** Resolves when the broker has granted the filter. `receive` gets one message at a time; the next, and the
   * acknowledgement to the broker, wait for the promise it returned. With `retained: false`, what the broker has kept is not
   * received again. */
  subscribe(
    filter: string,
    receive: (message: MqttMessage) => Promise<void> | undefined,
    options?: { readonly retained?: boolean },
  ): Promise<void>;
  /** QoS 1: resolves when the broker has it. */
  publish(topic: string, payload: string | Buffer, options?: { readonly retain?: boolean }): Promise<void>;
  /** Resolves once the link is gone, with what happened; null after `close`. */
  readonly lost: Promise<Error | null>;
  close(): Promise<void>;
}

export interface MqttMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** While a reader holds the acknowledgement back, answers to pings are not read either: give it some time. */
const KEEPALIVE_S = 60;
/** Retain handling of MQTT 5. 3.1.1 always sends what is retained, with a flag. */
const RETAINED_NEVER = 2;
/** CONNACK codes for "unacceptable protocol version", in MQTT 3.1.1 and in 5. */
const REFUSED_VERSION = new Set<unknown>([1, 132]);

/** Connects by MQTT 5, or by 3.1.1 to a broker that refuses 5. Rejects with what the broker or the network said. */
export async function connectMqtt(url: string, signal?: AbortSignal): Promise<MqttLink> {
  try {
    return await connect(url, 5, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && REFUSED_VERSION.has(error.code))) throw error;
    return connect(url, 4, signal);
  }
}

function connect(url: string, protocolVersion: 4 | 5, signal?: AbortSignal): Promise<MqttLink> {
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

function makeLink(client: MqttClient, protocolVersion: 4 | 5, failure: () => Error | null): MqttLink {
  let closing = false;
  const lost = new Promise<Error | null>((resolve) => {
    client.once('close', () => resolve(closing ? null : (failure() ?? new Error('the connection was closed'))));
  });
  return {
    protocolVersion,
    lost,
    async subscribe(filter, receive, { retained = true } = {}) {
      // mqtt.js sends the acknowledgement, and reads the next packet, once this callback is called.
      client.handleMessage = (packet, done) => {
        if (packet.retain && !retained) return done();
        const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
        const received = receive({ topic: packet.topic, payload });
        if (received === undefined) done();
        else received.then(() => done(), done);
      };
      const [grant] = await client.subscribeAsync(filter, {
        qos: 1,
        ...(protocolVersion === 5 && !retained && { rh: RETAINED_NEVER }),
      });
      if (grant !== undefined && Number(grant.qos) >= 128) throw new Error(`the broker does not allow "${filter}"`);
    },
    async publish(topic, payload, options = {}) {
      await client.publishAsync(topic, payload, { qos: 1, retain: options.retain ?? false });
    },
    async close() {
      closing = true;
      await client.endAsync(true);
    },
  };
}
