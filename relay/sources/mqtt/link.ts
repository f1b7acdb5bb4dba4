import type { IConnackPacket, IPublishPacket, Packet } from 'mqtt-packet';
import type { Clock } from '../../../contract/clock.ts';
import { told } from '../../feed-state.ts';
import type { MqttAddress } from './address.ts';
import { BrokerRefusal, refusalText } from './refusal.ts';
import { type Certificates, openWire, type Wire } from './wire.ts';

/**
 * One connection to a broker, as a reader.
 *
 *     connect ─▶ connack ─▶ open (messages, pings) ─▶ lost | closed
 */
export interface MqttLink {
  /** 5, or 4 (which is 3.1.1) where the broker refuses 5. */
  readonly protocolVersion: 4 | 5;
  /** The broker took up the session it had under the client id. */
  readonly sessionPresent: boolean;
  /** Asks for the filter with QoS 2, so that messages keep the QoS they were published with. Resolves with what was granted. */
  subscribe(filter: string, retained: 'all' | 'none'): Promise<0 | 1 | 2>;
  send(packet: Packet): void;
  pause(): void;
  resume(): void;
  /** Resolves once the link is gone, with what happened; null after `close`. */
  readonly lost: Promise<Error | null>;
  /** Says goodbye. `endSession`: the broker need not keep it. */
  close(endSession: boolean): Promise<void>;
}

export interface LinkOptions {
  readonly address: MqttAddress;
  readonly certificates: Certificates | null;
  readonly clientId: string;
  /** Whatever session the broker has is to be dropped first. */
  readonly clean: boolean;
  /** The session is taken up again by later runs of the relay. */
  readonly lasting: boolean;
  /** Unanswered messages of QoS 1 and 2 the broker may have sent. MQTT 5; with 3.1.1 the broker decides alone. */
  readonly receiveMaximum: number;
  readonly clock: Clock;
  /** Awaited before the broker is asked for the session: from then on it may have made one. */
  readonly asking: () => Promise<void>;
  /** The broker has answered no: it has made none. */
  readonly refused: () => void;
  /** Called before anything else that comes over the link. */
  readonly opened: (link: MqttLink) => void;
  readonly publish: (packet: IPublishPacket) => void;
  readonly release: (packetId: number) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** What the broker is told; it is asked at half of that, so that silence of as much is a lost connection. */
const KEEPALIVE_S = 30;
/** MQTT 5: how long the broker keeps the session of a client that is away. 3.1.1 knows only "not at all" and "for ever". */
const LASTING_EXPIRY_S = 7 * 24 * 3600;
const PASSING_EXPIRY_S = 300;
const RETAIN_HANDLING = { all: 0, none: 2 } as const;

/** Connects by MQTT 5, or by 3.1.1 to a broker that refuses 5. Rejects with what the broker or the network said. */
export async function openLink(options: LinkOptions, signal: AbortSignal): Promise<MqttLink> {
  try {
    return await open(options, 5, signal);
  } catch (error) {
    if (!(error instanceof BrokerRefusal) || error.kind !== 'version') throw error;
    return open(options, 4, signal);
  }
}

function open(options: LinkOptions, protocolVersion: 4 | 5, signal: AbortSignal): Promise<MqttLink> {
  const { address, certificates, clock } = options;
  return new Promise((resolve, reject) => {
    const grants = new Map<number, (codes: readonly number[]) => void>();
    let heard = (): void => undefined;
    const wire: Wire = openWire({
      address,
      protocolVersion,
      certificates,
      receive(packet) {
        heard();
        if (packet.cmd === 'connack') welcomed(packet);
        else if (packet.cmd === 'publish') options.publish(packet);
        else if (packet.cmd === 'pubrel') options.release(packet.messageId ?? 0);
        else if (packet.cmd === 'suback') grants.get(packet.messageId ?? 0)?.(packet.granted.map(Number));
        else if (packet.cmd === 'disconnect')
          wire.destroy(new BrokerRefusal(packet.reasonCode ?? 0, packet.properties?.reasonString));
      },
    });
    const stop = () => wire.destroy(new Error('stopped'));
    signal.addEventListener('abort', stop);
    const cancelTimeout = clock.after(CONNECT_TIMEOUT_MS, () =>
      wire.destroy(Object.assign(new Error('no answer to the connection request'), { code: 'ETIMEDOUT' })),
    );
    // Once it is open, that does nothing.
    wire.closed.then((error) => {
      cancelTimeout();
      signal.removeEventListener('abort', stop);
      reject(error ?? new Error(''));
    });
    function welcomed(packet: IConnackPacket): void {
      const code = packet.reasonCode ?? packet.returnCode ?? 0;
      if (code !== 0) {
        options.refused();
        wire.destroy(new BrokerRefusal(code, packet.properties?.reasonString));
        return;
      }
      cancelTimeout();
      signal.removeEventListener('abort', stop);
      const keepaliveS = Math.min(KEEPALIVE_S, packet.properties?.serverKeepAlive || KEEPALIVE_S);
      heard = watchSilence(wire, keepaliveS, clock);
      const link = makeLink(wire, protocolVersion, packet.sessionPresent, grants, clock);
      options.opened(link);
      resolve(link);
    }
    if (signal.aborted) stop();
    else
      wire.connected
        .then(() => options.asking())
        .then(
          () => wire.send(connectPacket(options, protocolVersion)),
          (error: unknown) => wire.destroy(new Error(told(error).message, { cause: error })),
        );
  });
}

/** Pings, and closes a wire over which nothing has come for `keepaliveS`. To be called whenever something comes. */
function watchSilence(wire: Wire, keepaliveS: number, clock: Clock): () => void {
  const pingMs = (keepaliveS * 1000) / 2;
  // What opened the wire was an answer.
  let answered = true;
  const ping = () => {
    // While nothing is read, no answer is read either.
    if (!answered && !wire.paused) return wire.destroy(new Error(`it was silent for ${keepaliveS} s`));
    answered = wire.paused;
    wire.send({ cmd: 'pingreq' });
    cancel = clock.after(pingMs, ping);
  };
  let cancel = clock.after(pingMs, ping);
  wire.closed.then(() => cancel());
  return () => {
    answered = true;
  };
}

function makeLink(
  wire: Wire,
  protocolVersion: 4 | 5,
  sessionPresent: boolean,
  grants: Map<number, (codes: readonly number[]) => void>,
  clock: Clock,
): MqttLink {
  let closing = false;
  const lost = wire.closed.then((error) => (closing ? null : (error ?? new Error('the broker closed it'))));
  let packetIds = 0;
  return {
    protocolVersion,
    sessionPresent,
    lost,
    send: (packet) => wire.send(packet),
    pause: () => wire.pause(),
    resume: () => wire.resume(),
    async subscribe(filter, retained) {
      const messageId = ++packetIds;
      const granted = new Promise<readonly number[]>((resolve) => grants.set(messageId, resolve));
      const rh = RETAIN_HANDLING[retained];
      const subscription = { topic: filter, qos: 2, ...(protocolVersion === 5 && { rh }) } as const;
      wire.send({ cmd: 'subscribe', messageId, subscriptions: [subscription] });
      const codes = await Promise.race([granted, lost]);
      grants.delete(messageId);
      if (codes === null || codes instanceof Error) throw codes ?? new Error('it was closed');
      const [code = 0x80] = codes;
      if (code === 0 || code === 1 || code === 2) return code;
      throw new BrokerRefusal(code, `it does not grant the filter "${filter}": ${refusalText(code)}`);
    },
    async close(endSession) {
      closing = true;
      const properties = { sessionExpiryInterval: 0 };
      wire.send({
        cmd: 'disconnect',
        ...(protocolVersion === 5 && { reasonCode: 0, ...(endSession && { properties }) }),
      });
      wire.end();
      const cancel = clock.after(CLOSE_TIMEOUT_MS, () => wire.destroy());
      await wire.closed;
      cancel();
    },
  };
}

const CLOSE_TIMEOUT_MS = 1_000;

function connectPacket(options: LinkOptions, protocolVersion: 4 | 5): Packet {
  const { clientId, address, lasting, clean, receiveMaximum } = options;
  const sessionExpiryInterval = lasting ? LASTING_EXPIRY_S : PASSING_EXPIRY_S;
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion,
    clientId,
    clean: clean || (protocolVersion === 4 && !lasting),
    keepalive: KEEPALIVE_S,
    ...(address.username !== null && { username: address.username }),
    ...(address.password !== null && { password: Buffer.from(address.password) }),
    ...(protocolVersion === 5 && { properties: { sessionExpiryInterval, receiveMaximum } }),
  };
}
