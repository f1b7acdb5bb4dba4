import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { generate, type Packet, parser } from 'mqtt-packet';
import type { MqttAddress } from './address.ts';

/** The one importer of the MQTT codec: packets over a TCP or TLS connection. */
export interface Wire {
  /** Packets sent in one turn of the event loop leave together. */
  send(packet: Packet): void;
  /** What has not arrived yet stays with the broker, by TCP's own flow control. */
  pause(): void;
  resume(): void;
  readonly paused: boolean;
  /** Sends what is under way, then closes. */
  end(): void;
  /** Resolves once packets leave; never, where it does not come to that. */
  readonly connected: Promise<void>;
  /** Closes at once; `error` is what `closed` tells. */
  destroy(error?: Error): void;
  /** Resolves once the connection is gone, with what happened; null where it was only closed. */
  readonly closed: Promise<Error | null>;
}

export interface WireOptions {
  readonly address: MqttAddress;
  readonly protocolVersion: 4 | 5;
  /** PEM texts; null: the system's, and none to show. */
  readonly certificates: Certificates | null;
  readonly receive: (packet: Packet) => void;
}

export interface Certificates {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Begins to connect; packets sent before it is connected wait. */
export function openWire({ address, protocolVersion, certificates, receive }: WireOptions): Wire {
  const { host, port, tls } = address;
  const socket: Socket = tls
    ? connectTls({ host, port, ...certificates, ...(isIP(host) === 0 && { servername: host }) })
    : connectTcp({ host, port });
  socket.setNoDelay(true);
  let failure: Error | null = null;
  const packets = parser({ protocolVersion });
  packets.on('packet', receive);
  packets.on('error', (error: Error) => socket.destroy(error));
  socket.on('data', (chunk) => packets.parse(chunk));
  socket.on('error', (error) => {
    failure = error;
  });
  const closed = new Promise<Error | null>((resolve) => {
    socket.once('close', () => resolve(failure));
  });
  const connected = new Promise<void>((resolve) => socket.once(tls ? 'secureConnect' : 'connect', () => resolve()));
  let corked = false;
  return {
    closed,
    connected,
    get paused() {
      return socket.isPaused();
    },
    send(packet) {
      if (socket.destroyed || socket.writableEnded) return;
      if (!corked) {
        corked = true;
        socket.cork();
        process.nextTick(() => {
          corked = false;
          socket.uncork();
        });
      }
      socket.write(generate(packet, { protocolVersion }));
    },
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    end() {
      socket.end();
      socket.resume();
    },
    destroy: (error) => void socket.destroy(error),
  };
}
